//! Groups, rates and who may overtake whom, one promise at a time.

use crate::common::{NOW, Scheduler, at, finish, id, run_one_by_one, scheduler, spec, started};
use graph_runtime_scheduler::{
    EndState, FailurePolicy, GroupLimit, RateLimit, Reason, ResourceRequirements, SchedulerError,
    TaskSpec, TaskState,
};
use std::time::Duration;

fn cores(number: u64, cpu_cores: f64) -> TaskSpec<&'static str> {
    let needs = ResourceRequirements { cpu_cores, ..Default::default() };
    spec(number, &[]).requirements(needs)
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn submit(scheduler: &mut Scheduler, specs: impl IntoIterator<Item = TaskSpec<&'static str>>) {
    specs.into_iter().for_each(|spec| scheduler.submit(spec, NOW).unwrap());
}

#[test]
fn small_tasks_overtake_a_large_one_only_if_they_do_not_delay_it() {
    let mut scheduler = scheduler(|config| config.cpu_cores = 2.0);
    submit(
        &mut scheduler,
        [
            cores(1, 1.0).estimate(seconds(10)),
            cores(2, 2.0).estimate(seconds(1)),
            cores(3, 0.6).estimate(seconds(11)),
            cores(4, 0.5).estimate(seconds(10)),
        ]
        .map(|spec| {
            let last = 9 - spec.id.as_u64() as u32;
            spec.priority(last)
        }),
    );
    assert_eq!(started(&mut scheduler), [1, 4], "2 fits at 10, and 3 would still be there");
    let reason = scheduler.why(id(3), NOW);
    assert!(matches!(reason, Some(Reason::Cpu { .. } | Reason::Reserved { .. })), "{reason:?}");
    finish(&mut scheduler, 4, EndState::Completed);
    assert_eq!(started(&mut scheduler), []);
    assert_eq!(scheduler.why(id(3), NOW), Some(Reason::Reserved { first: id(2) }));
    finish(&mut scheduler, 1, EndState::Completed);
    assert_eq!(started(&mut scheduler), [2]);
}

#[test]
fn without_estimates_a_large_task_is_overtaken_64_times_at_most() {
    let mut scheduler = scheduler(|config| config.cpu_cores = 2.0);
    submit(&mut scheduler, [cores(0, 1.0), cores(1, 2.0)]);
    submit(&mut scheduler, (2..500).map(|number| cores(number, 0.5)));
    let mut overtaking = 0;
    assert_eq!(started(&mut scheduler)[0], 0);
    finish(&mut scheduler, 0, EndState::Completed);
    // There are always small ones that run.
    for number in 2.. {
        overtaking = number - 1;
        let Some(TaskState::Running { .. }) = scheduler.state(id(number)) else { break };
        let _ = started(&mut scheduler);
        finish(&mut scheduler, number, EndState::Completed);
    }
    assert_eq!(started(&mut scheduler), [1]);
    assert_eq!(overtaking, 65, "64 of them, and the one that did not");
}

#[test]
fn a_task_that_needs_two_groups_gets_them_in_the_end() {
    let mut scheduler = scheduler(|config| {
        config.groups = vec![GroupLimit::new("a", 1), GroupLimit::new("b", 1)];
    });
    let both = spec(0, &[]).group("a").group("b").priority(1);
    let one =
        |number: u64| spec(number, &[]).group(if number.is_multiple_of(2) { "a" } else { "b" });
    submit(&mut scheduler, (2..4).map(one));
    assert_eq!(started(&mut scheduler), [2, 3]);
    scheduler.submit(both, NOW).unwrap();
    submit(&mut scheduler, (4..1_000).map(one));
    // Whenever one group is free, the other is not.
    for number in 2..1_000 {
        let Some(TaskState::Running { .. }) = scheduler.state(id(number)) else { break };
        finish(&mut scheduler, number, EndState::Completed);
        let _ = started(&mut scheduler);
    }
    assert!(matches!(scheduler.state(id(0)), Some(TaskState::Running { .. })));
    assert!(scheduler.counts().completed < 75, "{:?}", scheduler.counts());
}

#[test]
fn a_rate_lets_start_what_has_flowed_in_in_order() {
    let mut scheduler = scheduler(|config| {
        config.rates = vec![RateLimit::new("tokens", 60, seconds(60))];
    });
    submit(
        &mut scheduler,
        [60.0, 10.0, 1.0]
            .into_iter()
            .zip(1..)
            .map(|(units, number)| spec(number, &[]).costs("tokens", units)),
    );
    assert_eq!(started(&mut scheduler), [1]);
    assert_eq!(scheduler.next_wake(), Some(at(10)), "3 is behind 2, however little it costs");
    let enough = Reason::Rate { name: "tokens".into(), left: seconds(7) };
    assert_eq!(scheduler.why(id(2), at(3)), Some(enough));
    assert!(scheduler.dispatch(at(9)).is_none());
    assert_eq!(scheduler.dispatch(at(10)).map(|task| task.id), Some(id(2)));
    assert!(scheduler.dispatch(at(10)).is_none());
    assert_eq!(scheduler.next_wake(), Some(at(11)));
    assert_eq!(scheduler.dispatch(at(11)).map(|task| task.id), Some(id(3)));
    assert_eq!(scheduler.next_wake(), None);
}

#[test]
fn of_several_pauses_the_latest_end_counts() {
    let mut scheduler = scheduler(|config| {
        config.rates = vec![RateLimit::new("calls", 10, seconds(1))];
    });
    submit(&mut scheduler, [spec(1, &[]).costs("calls", 1.0)]);
    for end in [5, 9, 7] {
        scheduler.pause_rate("calls", at(end)).unwrap();
    }
    assert_eq!(started(&mut scheduler), []);
    assert_eq!(scheduler.next_wake(), Some(at(9)));
    let paused = Reason::RatePaused { name: "calls".into(), left: seconds(9) };
    assert_eq!(scheduler.why(id(1), NOW), Some(paused));
    scheduler.resume_rate("calls").unwrap();
    assert_eq!(started(&mut scheduler), [1]);
}

#[test]
fn a_debt_is_paid_before_anything_starts() {
    let mut scheduler = scheduler(|config| {
        config.rates = vec![RateLimit::new("tokens", 100, seconds(100))];
    });
    submit(&mut scheduler, [1, 2].map(|number| spec(number, &[]).costs("tokens", 50.0)));
    let first = scheduler.dispatch(NOW).unwrap();
    scheduler.correct_cost(first.ticket, "tokens", 130.0, NOW).unwrap();
    assert_eq!(started(&mut scheduler), []);
    assert_eq!(scheduler.next_wake(), Some(at(80)), "30 owed, and 50");
    scheduler.correct_cost(first.ticket, "tokens", 40.0, NOW).unwrap();
    scheduler.finish(first.ticket, EndState::Completed, NOW).unwrap();
    assert_eq!(started(&mut scheduler), [2], "60 are left");
    let late = scheduler.correct_cost(first.ticket, "tokens", 1.0, NOW).unwrap_err();
    assert!(late.is_stale());
}

#[test]
fn an_attempt_that_is_taken_back_has_cost_nothing() {
    let mut scheduler = scheduler(|config| {
        config.rates = vec![RateLimit::new("tokens", 100, seconds(100))];
        config.groups = vec![GroupLimit::new("db", 1)];
    });
    submit(&mut scheduler, [spec(1, &[]).costs("tokens", 100.0).group("db")]);
    for _ in 0..3 {
        let first = scheduler.dispatch(NOW).expect("nothing has been taken");
        assert_eq!(scheduler.group_usage("db"), Some((1, 1)));
        scheduler.take_back(first.ticket, first.payload, NOW).unwrap();
    }
    assert_eq!(scheduler.group_usage("db"), Some((0, 1)));
}

#[test]
fn what_can_never_start_is_refused_with_what_there_is() {
    let mut scheduler = scheduler(|config| {
        config.groups = vec![GroupLimit::new("db", 1), GroupLimit::new("gpu", 1)];
        config.rates = vec![RateLimit::new("tokens", 100, seconds(1)).burst(10)];
    });
    let mut refuse = |spec: TaskSpec<&'static str>| {
        let single = scheduler.submit(spec.clone(), NOW).unwrap_err().error;
        let graph = scheduler.submit_graph(vec![spec], Default::default(), NOW);
        assert_eq!(graph.unwrap_err().error.to_string(), single.to_string());
        single
    };
    let unknown = refuse(spec(1, &[]).group("bd"));
    assert!(unknown.is_unknown_name());
    assert!(unknown.to_string().contains("there is db, gpu"), "{unknown}");
    assert!(refuse(spec(1, &[]).costs("token", 1.0)).is_unknown_name());
    let above = refuse(spec(1, &[]).costs("tokens", 7.0).costs("tokens", 3.5));
    assert!(above.is_unsatisfiable());
    assert!(matches!(above, SchedulerError::CostAboveBurst { wanted: 10.5, burst: 10, .. }));
    for units in [f64::NAN, -0.5, f64::INFINITY] {
        assert!(refuse(spec(1, &[]).costs("tokens", units)).is_invalid());
    }
    assert!(scheduler.set_group_limit("bd", 1).unwrap_err().is_unknown_name());
    assert!(scheduler.set_group_limit("db", 0).unwrap_err().is_invalid());
    assert_eq!(scheduler.known(), 0);
}

#[test]
fn ranks_that_change_while_nothing_is_held_up_leave_groups_alone() {
    let mut scheduler = scheduler(|config| {
        config.groups = vec![GroupLimit::new("db", 1), GroupLimit::new("browser", 1)];
    });
    // None of its kind is left.
    scheduler.submit(spec(1, &[]).group("db"), NOW).unwrap();
    assert_eq!(run_one_by_one(&mut scheduler), [1]);
    let specs = (2..10).map(|number| spec(number, &[])).collect();
    let graph = scheduler.submit_graph(specs, FailurePolicy::default(), NOW).unwrap();
    assert!(scheduler.reestimate(graph, |node| Duration::from_secs(node as u64), |_| None));
    scheduler.submit(spec(10, &[]).group("browser").priority(1), NOW).unwrap();
    scheduler.submit(spec(11, &[]).group("db").priority(2), NOW).unwrap();
    assert_eq!(run_one_by_one(&mut scheduler), [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
}
