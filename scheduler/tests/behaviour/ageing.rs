//! Nothing starves.

use crate::common::{NOW, at, id, scheduler, spec, timed};
use graph_runtime_scheduler::{EndState, FailurePolicy, Policy, TaskState};
use std::time::Duration;

/// More important tasks are submitted for ever, one a second, and one runs at a time: how many of
/// them start before the tasks that were there first.
fn starts_before(policy: Policy, patience: Duration, old: u64) -> Option<u64> {
    let mut scheduler = scheduler(|config| {
        config.policy = policy;
        config.patience = patience;
        config.max_in_flight = 1;
    });
    for n in 0..old {
        scheduler.submit(spec(n, &[]), NOW).unwrap();
    }
    for second in 0..1_000 {
        let urgent = timed(1_000 + second, 9, &[]).priority(20_000).deadline(at(second + 90_000));
        scheduler.submit(urgent, at(second)).unwrap();
        let task = scheduler.dispatch(at(second)).expect("one is ready");
        scheduler.finish(task.ticket, EndState::Completed, at(second)).unwrap();
        let is_ready = |n: u64| scheduler.state(id(n)) == Some(TaskState::Ready);
        if !(0..old).any(is_ready) {
            return Some(second + 1);
        }
    }
    None
}

#[test]
fn whoever_waits_longer_than_the_patience_gets_one_start_in_eight() {
    let policies = [Policy::Deadline, Policy::Demote, Policy::StaticBoost, Policy::CriticalPath];
    for policy in policies {
        let patience = Duration::from_secs(10);
        for old in [1, 7] {
            let starts = starts_before(policy, patience, old).expect("it does not starve");
            assert!((10..=20 + 8 * old).contains(&starts), "{policy}, {old}: {starts}");
        }
        assert_eq!(starts_before(policy, Duration::MAX, 1), None, "{policy} would starve it");
    }
}

#[test]
fn tasks_that_were_submitted_together_keep_their_order() {
    let mut scheduler = scheduler(|config| config.max_in_flight = 1);
    let graph = (0..50).map(|n| timed(n, n, &[])).collect();
    scheduler.submit_graph(graph, FailurePolicy::default(), NOW).unwrap();
    for n in (0..50).rev() {
        let task = scheduler.dispatch(at(1_000 * (50 - n))).expect("one is ready");
        assert_eq!(task.id, id(n));
        scheduler.finish(task.ticket, EndState::Completed, at(1_000 * (50 - n))).unwrap();
    }
}

#[test]
fn an_old_task_that_is_cancelled_leaves_its_turn_to_others() {
    let mut scheduler = scheduler(|config| config.max_in_flight = 1);
    scheduler.submit(spec(1, &[]), NOW).unwrap();
    for n in 10..40 {
        scheduler.submit(spec(n, &[]).priority(1), at(500)).unwrap();
    }
    let _ = scheduler.cancel(id(1), at(500));
    for n in 10..40 {
        let task = scheduler.dispatch(at(600)).expect("one is ready");
        assert_eq!(task.id, id(n));
        scheduler.finish(task.ticket, EndState::Completed, at(600)).unwrap();
    }
    assert!(scheduler.is_idle());
}
