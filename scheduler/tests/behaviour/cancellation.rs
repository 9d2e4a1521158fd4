//! Stopping one task, a graph, everything.

use crate::common::{NOW, events, finish, id, scheduler, spec, started};
use graph_runtime_scheduler::{Cancelled, EndState, FailurePolicy, Policy, TaskState};

#[test]
fn a_task_that_has_not_started_ends_at_once() {
    let mut scheduler = scheduler(|_| {});
    scheduler.submit(spec(1, &[]), NOW).unwrap();
    scheduler.submit(spec(2, &[1]), NOW).unwrap();
    scheduler.submit(spec(3, &[2]), NOW).unwrap();
    assert_eq!(scheduler.cancel(id(2), NOW), Cancelled::Ended);
    let expected = ["2 cancelled, payload returned", "3 skipped because of 2, payload returned"];
    assert_eq!(events(&mut scheduler), expected);
    assert_eq!(scheduler.cancel(id(1), NOW), Cancelled::Ended, "ready, not started");
    assert_eq!(started(&mut scheduler), []);
    assert_eq!(scheduler.cancel(id(1), NOW), Cancelled::AlreadyEnded(EndState::Cancelled));
    assert_eq!(scheduler.cancel(id(8), NOW), Cancelled::Unknown);
    assert!(scheduler.is_idle());
}

#[test]
fn a_running_task_is_left_to_the_driver() {
    let mut scheduler = scheduler(|_| {});
    scheduler.submit(spec(1, &[]), NOW).unwrap();
    scheduler.submit(spec(2, &[1]), NOW).unwrap();
    let ticket = scheduler.dispatch(NOW).unwrap().ticket;
    assert_eq!(scheduler.cancel(id(1), NOW), Cancelled::Running(ticket));
    assert_eq!(scheduler.cancel(id(1), NOW), Cancelled::Running(ticket), "as often as asked");
    assert_eq!(events(&mut scheduler), Vec::<String>::new());
    // It may still win the race against its cancellation.
    scheduler.finish(ticket, EndState::Completed, NOW).unwrap();
    assert_eq!(started(&mut scheduler), [2]);
}

#[test]
fn cancelling_a_graph_ends_what_waits_and_names_what_runs() {
    for policy in [Policy::CriticalPath, Policy::Fifo, Policy::LevelBarrier] {
        let mut scheduler = scheduler(|config| {
            config.policy = policy;
            config.max_in_flight = 2;
        });
        let graph = vec![spec(1, &[]), spec(2, &[1]), spec(3, &[2]), spec(4, &[]), spec(5, &[])];
        let graph = scheduler.submit_graph(graph, FailurePolicy::FailFast, NOW).unwrap();
        scheduler.submit(spec(9, &[3]), NOW).unwrap();
        assert_eq!(started(&mut scheduler), [1, 4]);
        assert_eq!(scheduler.cancel_graph(graph, NOW).len(), 2);
        let counts = scheduler.graph_counts(graph).unwrap();
        assert_eq!((counts.cancelled, counts.skipped, counts.running), (3, 0, 2), "{policy}");
        assert_eq!(
            scheduler.state(id(9)),
            Some(TaskState::Ended(EndState::Skipped)),
            "it is not part of the graph"
        );
        events(&mut scheduler);
        finish(&mut scheduler, 1, EndState::Failed);
        assert_eq!(events(&mut scheduler), ["1 failed"], "it is stopping already");
        finish(&mut scheduler, 4, EndState::Cancelled);
        assert_eq!(events(&mut scheduler), ["4 cancelled", "graph ended, 5 tasks"]);
        assert!(scheduler.is_idle());
        assert!(scheduler.forget_graph(graph));
        assert_eq!(scheduler.cancel_graph(graph, NOW), [], "forgotten");
    }
}

#[test]
fn cancelling_everything_leaves_only_what_runs() {
    let mut scheduler = scheduler(|config| config.max_in_flight = 2);
    let graph = vec![spec(1, &[]), spec(2, &[1]), spec(3, &[])];
    scheduler.submit_graph(graph, FailurePolicy::FailFast, NOW).unwrap();
    scheduler.submit(spec(4, &[]), NOW).unwrap();
    scheduler.submit(spec(5, &[2, 4]), NOW).unwrap();
    assert_eq!(started(&mut scheduler), [1, 3]);
    assert_eq!(scheduler.cancel_all(NOW).len(), 2);
    assert_eq!(scheduler.counts().cancelled, 3, "none is skipped: each was asked to stop");
    events(&mut scheduler);
    finish(&mut scheduler, 1, EndState::Failed);
    assert_eq!(events(&mut scheduler), ["1 failed"], "3 is being stopped already");
    finish(&mut scheduler, 3, EndState::Cancelled);
    assert_eq!(events(&mut scheduler), ["3 cancelled", "graph ended, 3 tasks"]);
    assert!(scheduler.is_idle());
}
