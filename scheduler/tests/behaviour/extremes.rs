//! Numbers at the ends of their ranges, and calls that make no sense.

use crate::common::{NOW, at, finish, id, run_one_by_one, scheduler, spec, started};
use graph_runtime_scheduler::{
    Cancelled, Dependents, EndState, Event, FailurePolicy, GraphPlan, GroupLimit, Jitter,
    LookAhead, Overdue, Policy, RateLimit, Reason, ResourceRequirements, RetryPolicy,
    SchedulerConfig, TaskId, TaskScheduler, TaskSpec,
};
use primitives::Timestamp;
use std::time::Duration;

const END_OF_TIME: Timestamp = Timestamp::MAX;
/// The longest wait between attempts that is accepted.
const CENTURY: Duration = Duration::from_secs(36_525 * 86_400);

fn cores(number: u64, cpu_cores: f64) -> TaskSpec<&'static str> {
    let needs = ResourceRequirements { cpu_cores, ..Default::default() };
    spec(number, &[]).requirements(needs)
}

#[test]
fn a_rate_that_is_charged_without_end_owes_and_does_not_overflow() {
    let mut scheduler = scheduler(|config| {
        let year = Duration::from_secs(366 * 86_400);
        config.rates = vec![RateLimit::new("calls", 1, year)];
    });
    scheduler.submit(spec(1, &[]).costs("calls", 1.0), NOW).unwrap();
    for _ in 0..1_000 {
        scheduler.charge("calls", f64::MAX, NOW).unwrap();
    }
    assert!(scheduler.dispatch(NOW).is_none());
    assert_eq!(scheduler.next_wake(), None, "not before the end of time");
    assert!(matches!(scheduler.why(id(1), NOW), Some(Reason::Rate { .. })));
    assert!(scheduler.dispatch(END_OF_TIME).is_none());
    for wrong in [f64::NAN, f64::INFINITY, -1.0, f64::MIN] {
        assert!(scheduler.charge("calls", wrong, NOW).unwrap_err().is_invalid());
    }
}

#[test]
fn tasks_that_take_for_ever_can_be_rehearsed_and_run() {
    let config = SchedulerConfig { cpu_cores: 10.0, max_in_flight: 4, ..Default::default() };
    let tasks: Vec<_> = [6.0, 6.0, 5.0, 1.0].into_iter().zip(1..).collect();
    let task = |&(needs, number): &(f64, u64)| cores(number, needs).estimate(Duration::MAX);
    let specs: Vec<_> = tasks.iter().map(task).collect();
    let plan = GraphPlan::new(&config, specs.len(), |n| specs[n].terms()).unwrap();
    let plan = plan.look_ahead(&config, LookAhead { slots: 4, starts_max: 1_000, seed: 0 });
    let mut scheduler = TaskScheduler::new(config).unwrap();
    scheduler.submit_plan(plan, |_| "payload", FailurePolicy::default(), NOW).unwrap();
    // Even when time is up.
    let mut now = NOW;
    while !scheduler.is_idle() {
        let running: Vec<_> = std::iter::from_fn(|| scheduler.dispatch(now)).collect();
        assert!(!running.is_empty(), "deadlock");
        now = END_OF_TIME;
        for task in running {
            scheduler.finish(task.ticket, EndState::Completed, now).unwrap();
        }
    }
}

#[test]
fn the_largest_numbers_change_no_rule_under_any_policy() {
    for policy in [
        Policy::Deadline,
        Policy::Demote,
        Policy::StaticBoost,
        Policy::CriticalPath,
        Policy::Fifo,
        Policy::LevelBarrier,
    ] {
        let mut scheduler = scheduler(|config| {
            config.policy = policy;
            config.overdue = Overdue::Cancel;
            config.cpu_cores = f64::MAX;
            config.max_in_flight = 1;
            config.patience = Duration::ZERO;
        });
        let extreme = |number: u64, after: &[u64]| {
            let policy = RetryPolicy { base: CENTURY, cap: CENTURY, ..RetryPolicy::default() };
            cores(number, f64::MAX)
                .after_all(after.iter().copied().map(id))
                .priority(u32::MAX)
                .estimate(Duration::MAX)
                .deadline(END_OF_TIME)
                .timeout(Duration::MAX)
                .total_timeout(Duration::MAX)
                .idle_timeout(Duration::MAX)
                .retry(policy)
        };
        scheduler
            .submit_graph(vec![extreme(1, &[]), extreme(2, &[1])], FailurePolicy::FailFast, NOW)
            .unwrap();
        scheduler.submit(extreme(3, &[2]), NOW).unwrap();
        scheduler.submit(extreme(4, &[]).deadline(NOW), NOW).unwrap();
        let order = run_one_by_one(&mut scheduler);
        assert_eq!(order.len(), 4, "{policy:?} {order:?}");
        let place = |task| order.iter().position(|&it| it == task);
        assert!(place(1) < place(2) && place(2) < place(3), "{policy:?} {order:?}");
    }
}

#[test]
fn a_wait_of_a_century_can_be_cancelled_and_drained() {
    let mut scheduler = scheduler(|_| ());
    let base = CENTURY;
    let policy = RetryPolicy { base, cap: base, jitter: Jitter::None, ..RetryPolicy::attempts(2) };
    for number in [1, 2] {
        scheduler.submit(spec(number, &[]).retry(policy), at(1)).unwrap();
        let attempt = scheduler.dispatch(at(1)).unwrap();
        let until = scheduler.retry(attempt.ticket, EndState::Failed, attempt.payload, at(1));
        assert_eq!(until, Ok(at(1) + CENTURY));
        assert!(matches!(scheduler.why(id(number), at(2)), Some(Reason::Backoff { .. })));
    }
    scheduler.drain(Some(END_OF_TIME));
    scheduler.pass_time(at(3));
    assert_eq!(scheduler.remaining().len(), 2);
    assert_eq!(scheduler.cancel_all(at(3)), []);
    assert_eq!(scheduler.counts().cancelled, 2);
    assert!(scheduler.is_idle());
}

#[test]
fn whoever_is_gone_is_gone_for_every_call() {
    let mut scheduler = scheduler(|_| ());
    let graph = scheduler.submit_graph(vec![spec(1, &[])], FailurePolicy::default(), NOW).unwrap();
    assert_eq!(run_one_by_one(&mut scheduler), [1]);
    for (task, is_known) in [(id(1), true), (id(77), false)] {
        assert_eq!(scheduler.why(task, NOW), None);
        assert_eq!(scheduler.state(task).is_some(), is_known);
        assert!(scheduler.hold(task).is_err());
        assert!(!scheduler.release(task, NOW));
        assert!(scheduler.remove(task, Dependents::Detach, NOW).is_err());
        assert!(scheduler.connect(task, task, NOW).is_err());
        for _ in 0..2 {
            let answer = scheduler.cancel(task, NOW);
            let expected = Cancelled::AlreadyEnded(EndState::Completed);
            assert_eq!(answer, if is_known { expected } else { Cancelled::Unknown });
        }
    }
    assert_eq!(scheduler.cancel_graph(graph, NOW), []);
    assert!(scheduler.forget_graph(graph) && !scheduler.forget_graph(graph));
    assert_eq!(scheduler.cancel_graph(graph, NOW), []);
    assert!(!scheduler.reestimate(graph, |_| Duration::MAX, |_| None));
    assert_eq!(scheduler.added(graph).count(), 0);
    assert!(!scheduler.can_grow(graph));
    while scheduler.next_event().is_some() {}
    assert_eq!(scheduler.next_wake(), None);
}

#[test]
fn what_runs_is_not_removed_and_cancelled_once_however_often_it_is_asked_for() {
    let mut scheduler = scheduler(|_| ());
    let policy = RetryPolicy { jitter: Jitter::None, ..RetryPolicy::attempts(3) };
    scheduler.submit(spec(1, &[]).retry(policy), NOW).unwrap();
    let attempt = scheduler.dispatch(NOW).unwrap();
    assert!(scheduler.remove(id(1), Dependents::Skip, NOW).unwrap_err().is_too_late());
    let until = scheduler.retry(attempt.ticket, EndState::Failed, attempt.payload, NOW).unwrap();
    assert!(scheduler.remove(id(1), Dependents::Skip, NOW).unwrap_err().is_too_late());
    assert!(scheduler.hold(id(1)).is_err());
    assert_eq!(scheduler.cancel(id(1), NOW), Cancelled::Ended);
    let expected = Cancelled::AlreadyEnded(EndState::Cancelled);
    assert_eq!(scheduler.cancel(id(1), NOW), expected);
    scheduler.pass_time(until);
    assert!(scheduler.dispatch(until).is_none());
    let ends = std::iter::from_fn(|| scheduler.next_event());
    assert_eq!(ends.filter(|event| matches!(event, Event::Ended { .. })).count(), 1);
}

#[test]
fn graphs_of_nothing_end_and_rings_of_one_are_rings() {
    for policy in [Policy::Deadline, Policy::LevelBarrier] {
        let mut scheduler = scheduler(|config| config.policy = policy);
        let config = SchedulerConfig { policy, ..Default::default() };
        let plan = || {
            let spec = spec(9, &[]);
            GraphPlan::new(&config, 0, |_| spec.terms()).unwrap()
        };
        let empty = plan().timeout(Duration::from_secs(1)).due_by(NOW);
        let empty = scheduler.submit_plan(empty, |_| "", FailurePolicy::FailFast, NOW).unwrap();
        assert!(matches!(scheduler.next_event(), Some(Event::GraphEnded { .. })));
        assert!(scheduler.submit_into(empty, spec(1, &[]), NOW).unwrap_err().error.is_too_late());
        let graph =
            scheduler.submit_graph(vec![spec(1, &[])], FailurePolicy::default(), NOW).unwrap();
        scheduler.grow_plan(graph, plan(), |_| "", NOW).unwrap();
        assert!(scheduler.grow(graph, vec![spec(2, &[2])], NOW).unwrap_err().error.is_cycle());
        let ring = vec![spec(2, &[3]), spec(3, &[2])];
        assert!(scheduler.grow(graph, ring, NOW).unwrap_err().error.is_cycle());
        assert!(scheduler.connect(id(1), id(1), NOW).unwrap_err().is_cycle());
        assert_eq!(run_one_by_one(&mut scheduler), [1]);
        assert!(scheduler.is_idle());
        scheduler.pass_time(END_OF_TIME);
        assert_eq!(scheduler.next_wake(), None);
    }
}

#[test]
fn limits_that_are_changed_while_tasks_run_hold_for_the_next() {
    let mut scheduler = scheduler(|config| {
        config.groups = vec![GroupLimit::new("db", usize::MAX)];
        config.max_in_flight = 4;
    });
    for number in 1..=6 {
        scheduler.submit(spec(number, &[]).group("db"), NOW).unwrap();
    }
    assert_eq!(started(&mut scheduler), [1, 2, 3, 4]);
    assert!(scheduler.set_group_limit("db", 0).unwrap_err().is_invalid());
    scheduler.set_group_limit("db", 1).unwrap();
    scheduler.set_max_in_flight(0);
    for number in 1..=3 {
        finish(&mut scheduler, number, EndState::Completed);
        assert_eq!(started(&mut scheduler), []);
    }
    finish(&mut scheduler, 4, EndState::Completed);
    assert_eq!(started(&mut scheduler), [5]);
    scheduler.set_group_limit("db", usize::MAX).unwrap();
    assert_eq!(started(&mut scheduler), [], "one may run");
    scheduler.set_max_in_flight(usize::MAX);
    assert_eq!(started(&mut scheduler), [6]);
}

#[test]
fn ids_at_the_ends_of_their_range_are_ids() {
    let mut scheduler = scheduler(|_| ());
    let ids = [0, 1, u64::MAX >> 1, (u64::MAX >> 1) - 1].map(TaskId::new);
    let specs = ids.map(|id| TaskSpec::new(id, "payload")).to_vec();
    let graph = scheduler.submit_graph(specs, FailurePolicy::default(), NOW).unwrap();
    assert!(ids.iter().all(|&id| scheduler.member(id).is_some_and(|(it, _)| it == graph)));
    assert_eq!(run_one_by_one(&mut scheduler).len(), 4);
}
