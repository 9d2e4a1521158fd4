//! Which ends of its dependencies let a task start.

use crate::common::{NOW, Scheduler, events, finish, id, scheduler, spec, start_all, started};
use graph_runtime_scheduler::EndState::{Cancelled, Completed, Failed, TimedOut};
use graph_runtime_scheduler::TriggerRule::{
    AllDone, AllFailed, AllSucceeded, AnyFailed, AnySucceeded,
};
use graph_runtime_scheduler::{
    EndState, FailurePolicy, Policy, Reason, TaskSpec, TaskState, TriggerRule,
};

const RULES: [TriggerRule; 5] = [AllSucceeded, AllDone, AnySucceeded, AllFailed, AnyFailed];

fn ruled(number: u64, after: &[u64], rule: TriggerRule) -> TaskSpec<&'static str> {
    spec(number, after).trigger(rule)
}

/// After how many of `ends`, in that order, task 9, which depends on all of them, is ready, and
/// after how many it is skipped.
fn decided(
    rule: TriggerRule,
    ends: &[EndState],
    in_a_graph: bool,
) -> (Option<usize>, Option<usize>) {
    let mut scheduler = scheduler(|_| {});
    let numbers: Vec<u64> = (0..ends.len() as u64).collect();
    let mut specs: Vec<_> = numbers.iter().map(|&number| spec(number, &[])).collect();
    specs.push(ruled(9, &numbers, rule));
    if in_a_graph {
        scheduler.submit_graph(specs, FailurePolicy::ContinueIndependent, NOW).unwrap();
    } else {
        specs.into_iter().for_each(|spec| scheduler.submit(spec, NOW).unwrap());
    }
    assert_eq!(started(&mut scheduler), numbers);
    let (mut ready, mut skipped) = (None, None);
    for (&number, &end) in numbers.iter().zip(ends) {
        finish(&mut scheduler, number, end);
        match scheduler.state(id(9)) {
            Some(TaskState::Ready) => ready = ready.or(Some(number as usize + 1)),
            Some(TaskState::Ended(EndState::Skipped)) => {
                skipped = skipped.or(Some(number as usize + 1));
            }
            _ => {}
        }
    }
    assert_eq!(ready.is_some(), skipped.is_none(), "{rule}: {ends:?}");
    (ready, skipped)
}

#[test]
fn each_rule_decides_as_soon_as_it_can() {
    let table = [
        (AllSucceeded, [Completed, Completed, Completed], (Some(3), None)),
        (AllSucceeded, [Completed, Failed, Completed], (None, Some(2))),
        (AllDone, [Failed, Completed, Cancelled], (Some(3), None)),
        (AllDone, [TimedOut, Cancelled, Failed], (Some(3), None)),
        (AnySucceeded, [Failed, Completed, Failed], (Some(2), None)),
        (AnySucceeded, [Failed, Cancelled, TimedOut], (None, Some(3))),
        (AllFailed, [Failed, TimedOut, Cancelled], (Some(3), None)),
        (AllFailed, [Failed, Completed, Failed], (None, Some(2))),
        (AnyFailed, [Completed, Failed, Completed], (Some(2), None)),
        (AnyFailed, [Completed, Completed, Completed], (None, Some(3))),
    ];
    for (rule, ends, expected) in table {
        for in_a_graph in [false, true] {
            assert_eq!(decided(rule, &ends, in_a_graph), expected, "{rule}: {ends:?}");
        }
    }
}

#[test]
fn who_depends_on_nobody_starts_under_every_rule() {
    let mut scheduler = scheduler(|_| {});
    for (rule, number) in RULES.into_iter().zip(0..) {
        scheduler.submit(ruled(number, &[], rule), NOW).unwrap();
        let graph = vec![ruled(number + 10, &[], rule)];
        scheduler.submit_graph(graph, FailurePolicy::FailFast, NOW).unwrap();
    }
    assert_eq!(start_all(&mut scheduler).len(), 10);
}

/// Tasks 1, completed, and 2, failed.
fn with_ended() -> Scheduler {
    let mut scheduler = scheduler(|_| {});
    for (number, end) in [(1, Completed), (2, Failed)] {
        scheduler.submit(spec(number, &[]), NOW).unwrap();
        started(&mut scheduler);
        finish(&mut scheduler, number, end);
    }
    events(&mut scheduler);
    scheduler
}

#[test]
fn what_had_ended_before_counts_as_if_it_ended_now() {
    let table = [
        (AllSucceeded, [false, true, false]),
        (AllDone, [true, true, true]),
        (AnySucceeded, [true, true, false]),
        (AllFailed, [false, false, true]),
        (AnyFailed, [true, false, true]),
    ];
    for (rule, runs) in table {
        for (after, runs) in [&[1, 2][..], &[1], &[2, 2]].into_iter().zip(runs) {
            let expected = if runs { vec![9] } else { vec![] };
            let mut alone = with_ended();
            alone.submit(ruled(9, after, rule), NOW).unwrap();
            assert_eq!(started(&mut alone), expected, "{rule} after {after:?}");
            let mut whole = with_ended();
            let graph = vec![ruled(9, after, rule)];
            whole.submit_graph(graph, FailurePolicy::FailFast, NOW).unwrap();
            assert_eq!(started(&mut whole), expected, "{rule} after {after:?}");
            assert_eq!(whole.counts().unfinished(), usize::from(runs));
        }
    }
}

#[test]
fn what_has_ended_and_what_has_not_decide_together() {
    let mut scheduler = with_ended();
    // 6 is skipped at once because of 2; 5, which depends on it, must start because of 1 all the
    // same, and 7 must wait for 8, since 2 alone does not decide.
    let graph = vec![
        ruled(6, &[2], AllSucceeded),
        ruled(5, &[6, 1], AnySucceeded),
        spec(8, &[]),
        ruled(7, &[2, 8], AnySucceeded),
        ruled(4, &[6, 8], AllDone),
    ];
    scheduler.submit_graph(graph, FailurePolicy::ContinueIndependent, NOW).unwrap();
    assert_eq!(started(&mut scheduler), [5, 8]);
    finish(&mut scheduler, 8, Cancelled);
    assert_eq!(scheduler.state(id(7)), Some(TaskState::Ended(EndState::Skipped)));
    assert_eq!(started(&mut scheduler), [4]);
}

#[test]
fn who_started_early_is_left_alone_by_the_others() {
    let mut scheduler = scheduler(|_| {});
    let graph = vec![spec(1, &[]), spec(2, &[]), ruled(3, &[1, 2], AnySucceeded)];
    scheduler.submit_graph(graph, FailurePolicy::ContinueIndependent, NOW).unwrap();
    started(&mut scheduler);
    finish(&mut scheduler, 1, Completed);
    assert_eq!(started(&mut scheduler), [3]);
    finish(&mut scheduler, 2, Failed);
    finish(&mut scheduler, 3, Completed);
    let told = ["1 completed", "2 failed", "3 completed", "graph ended, 3 tasks"];
    assert_eq!(events(&mut scheduler), told);
}

#[test]
fn the_cause_is_whoever_decided() {
    for (rule, ends, told) in [
        (AnySucceeded, [Failed, Cancelled], "9 skipped because of 1, payload returned"),
        (AllFailed, [Completed, Failed], "9 skipped because of 0, payload returned"),
        (AnyFailed, [Completed, Completed], "9 skipped because of 1, payload returned"),
    ] {
        let mut scheduler = scheduler(|_| {});
        let graph = vec![spec(0, &[]), spec(1, &[]), ruled(9, &[0, 1], rule)];
        scheduler.submit_graph(graph, FailurePolicy::ContinueIndependent, NOW).unwrap();
        started(&mut scheduler);
        finish(&mut scheduler, 0, ends[0]);
        finish(&mut scheduler, 1, ends[1]);
        assert!(events(&mut scheduler).contains(&told.to_owned()));
    }
}

#[test]
fn a_skipped_dependency_has_not_succeeded() {
    let mut scheduler = scheduler(|_| {});
    let graph =
        vec![spec(1, &[]), spec(2, &[1]), ruled(3, &[2], AllFailed), ruled(4, &[2], AllDone)];
    scheduler.submit_graph(graph, FailurePolicy::ContinueIndependent, NOW).unwrap();
    started(&mut scheduler);
    finish(&mut scheduler, 1, Failed);
    assert_eq!(started(&mut scheduler), [3, 4]);
}

#[test]
fn what_tidies_up_runs_when_a_fail_fast_graph_stops() {
    let mut scheduler = scheduler(|_| {});
    let graph = vec![
        spec(1, &[]),
        spec(2, &[]),
        spec(3, &[2]),
        ruled(4, &[1, 2, 3], AllDone),
        ruled(5, &[1], AnyFailed),
        ruled(6, &[], AllDone),
        spec(7, &[4]),
    ];
    scheduler.submit_graph(graph, FailurePolicy::FailFast, NOW).unwrap();
    assert_eq!(started(&mut scheduler), [1, 2, 6]);
    finish(&mut scheduler, 1, Failed);
    let told = events(&mut scheduler);
    assert_eq!(
        told.iter().filter(|line| line.starts_with("stop")).count(),
        1,
        "6 runs on: {told:?}"
    );
    assert_eq!(started(&mut scheduler), [5], "4 still waits for 2");
    finish(&mut scheduler, 2, Cancelled);
    assert_eq!(started(&mut scheduler), [4]);
    // The failure of what tidies up stops nothing that is left.
    finish(&mut scheduler, 4, Failed);
    finish(&mut scheduler, 5, Completed);
    finish(&mut scheduler, 6, Completed);
    assert_eq!(scheduler.state(id(7)), Some(TaskState::Ended(Cancelled)));
    assert!(events(&mut scheduler).contains(&"graph ended, 7 tasks".to_owned()));
}

#[test]
fn cancelling_a_graph_cancels_what_tidies_up_as_well() {
    let mut scheduler = scheduler(|_| {});
    let graph = vec![spec(1, &[]), ruled(2, &[1], AllDone), ruled(3, &[], AllDone)];
    let graph = scheduler.submit_graph(graph, FailurePolicy::FailFast, NOW).unwrap();
    assert_eq!(started(&mut scheduler), [1, 3]);
    assert_eq!(scheduler.cancel_graph(graph, NOW).len(), 2);
    finish(&mut scheduler, 1, Cancelled);
    finish(&mut scheduler, 3, Cancelled);
    assert!(scheduler.is_idle());
    assert_eq!(scheduler.counts().cancelled, 3);
}

#[test]
fn cancelling_one_task_lets_those_run_that_do_not_mind() {
    let mut scheduler = scheduler(|_| {});
    scheduler.submit(spec(1, &[]), NOW).unwrap();
    scheduler.submit(ruled(2, &[1], AllDone), NOW).unwrap();
    assert_eq!(scheduler.cancel(id(1), NOW), graph_runtime_scheduler::Cancelled::Ended);
    assert_eq!(started(&mut scheduler), [2]);
}

#[test]
fn a_level_opens_before_who_could_start_earlier() {
    let mut scheduler = scheduler(|config| config.policy = Policy::LevelBarrier);
    let graph = vec![
        spec(1, &[]),
        spec(2, &[]),
        ruled(3, &[1, 2], AnySucceeded),
        ruled(4, &[1, 2], AllDone),
    ];
    scheduler.submit_graph(graph, FailurePolicy::ContinueIndependent, NOW).unwrap();
    assert_eq!(started(&mut scheduler), [1, 2]);
    finish(&mut scheduler, 1, Completed);
    assert_eq!(scheduler.state(id(3)), Some(TaskState::Waiting { unmet: 0 }));
    let waits_for_its_level = |reason| matches!(reason, Reason::Level { level: 1, open: 0, .. });
    assert!(scheduler.why(id(3), NOW).is_some_and(waits_for_its_level));
    assert_eq!(started(&mut scheduler), []);
    finish(&mut scheduler, 2, Failed);
    assert_eq!(started(&mut scheduler), [3, 4]);
}

#[test]
fn ranks_and_deadlines_travel_over_every_kind_of_dependency() {
    for rule in RULES {
        let mut scheduler = scheduler(|config| config.max_in_flight = 1);
        let graph = vec![
            spec(1, &[]),
            spec(2, &[]),
            ruled(3, &[2], rule).estimate(std::time::Duration::from_secs(9)),
        ];
        scheduler.submit_graph(graph, FailurePolicy::ContinueIndependent, NOW).unwrap();
        assert_eq!(started(&mut scheduler), [2], "{rule}");
    }
}
