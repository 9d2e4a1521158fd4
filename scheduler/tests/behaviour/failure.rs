//! What follows when a task does not complete.

use crate::common::{NOW, events, finish, id, scheduler, spec, start_all, started};
use graph_runtime_scheduler::{EndState, FailurePolicy, TaskState};

#[test]
fn what_depends_on_a_failed_task_is_skipped_and_the_rest_goes_on() {
    for end in [EndState::Failed, EndState::TimedOut, EndState::Cancelled] {
        let mut scheduler = scheduler(|_| {});
        let graph =
            vec![spec(1, &[]), spec(2, &[1]), spec(3, &[2, 1]), spec(4, &[]), spec(5, &[4])];
        scheduler.submit_graph(graph, FailurePolicy::ContinueIndependent, NOW).unwrap();
        started(&mut scheduler);
        finish(&mut scheduler, 1, end);
        let expected = [
            format!("1 {end}"),
            "2 skipped because of 1, payload returned".into(),
            // Told once, though both of its dependencies did not complete.
            "3 skipped because of 1, payload returned".into(),
        ];
        assert_eq!(events(&mut scheduler), expected);
        finish(&mut scheduler, 4, EndState::Completed);
        assert_eq!(started(&mut scheduler), [5]);
        finish(&mut scheduler, 5, EndState::Completed);
        assert_eq!(events(&mut scheduler), ["4 completed", "5 completed", "graph ended, 5 tasks"]);
    }
}

#[test]
fn a_fail_fast_graph_stops_at_the_first_failure() {
    let mut scheduler = scheduler(|config| config.max_in_flight = 3);
    let graph =
        vec![spec(1, &[]), spec(2, &[]), spec(3, &[]), spec(4, &[]), spec(5, &[1]), spec(6, &[2])];
    let graph = scheduler.submit_graph(graph, FailurePolicy::FailFast, NOW).unwrap();
    scheduler.submit(spec(9, &[]), NOW).unwrap();
    let running = start_all(&mut scheduler);
    assert_eq!(running.len(), 3);
    finish(&mut scheduler, 1, EndState::Failed);
    let mut told = events(&mut scheduler);
    told[2..].sort();
    let mut stops = [1, 2].map(|n: usize| format!("stop {}", running[n].ticket));
    stops.sort();
    let expected = [
        "1 failed",
        "5 skipped because of 1, payload returned",
        "4 cancelled, payload returned",
        "6 cancelled, payload returned",
        &stops[0],
        &stops[1],
    ];
    assert_eq!(told, expected);
    assert_eq!(started(&mut scheduler), [9], "other tasks are not concerned");
    finish(&mut scheduler, 2, EndState::TimedOut);
    assert_eq!(events(&mut scheduler), ["2 timed out"], "3 has been told");
    finish(&mut scheduler, 3, EndState::Cancelled);
    assert_eq!(events(&mut scheduler), ["3 cancelled", "graph ended, 6 tasks"]);
    let counts = scheduler.graph_counts(graph).unwrap();
    assert_eq!((counts.failed, counts.skipped, counts.cancelled), (1, 1, 3));
}

#[test]
fn a_fail_fast_graph_goes_on_when_one_task_is_cancelled() {
    let mut scheduler = scheduler(|_| {});
    let graph = vec![spec(1, &[]), spec(2, &[])];
    scheduler.submit_graph(graph, FailurePolicy::FailFast, NOW).unwrap();
    started(&mut scheduler);
    finish(&mut scheduler, 1, EndState::Cancelled);
    assert_eq!(events(&mut scheduler), ["1 cancelled"]);
    finish(&mut scheduler, 2, EndState::Completed);
    assert_eq!(events(&mut scheduler), ["2 completed", "graph ended, 2 tasks"]);
}

#[test]
fn a_failure_reaches_tasks_submitted_alone_and_other_graphs() {
    let mut scheduler = scheduler(|_| {});
    scheduler.submit_graph(vec![spec(1, &[])], FailurePolicy::FailFast, NOW).unwrap();
    scheduler.submit(spec(2, &[1]), NOW).unwrap();
    let other = vec![spec(3, &[2]), spec(4, &[])];
    scheduler.submit_graph(other, FailurePolicy::FailFast, NOW).unwrap();
    started(&mut scheduler);
    finish(&mut scheduler, 1, EndState::Failed);
    assert_eq!(scheduler.state(id(3)), Some(TaskState::Ended(EndState::Skipped)));
    assert!(matches!(scheduler.state(id(4)), Some(TaskState::Running { .. })));
}

#[test]
fn a_ticket_is_good_for_one_end() {
    let mut scheduler = scheduler(|_| {});
    scheduler.submit(spec(1, &[]), NOW).unwrap();
    let first = scheduler.dispatch(NOW).unwrap().ticket;
    scheduler.finish(first, EndState::Completed, NOW).unwrap();
    assert!(scheduler.finish(first, EndState::Failed, NOW).unwrap_err().is_stale());

    // The next task gets the same slot: the late completion must not end it, waiting or running.
    scheduler.submit(spec(2, &[]), NOW).unwrap();
    assert!(scheduler.finish(first, EndState::Failed, NOW).unwrap_err().is_stale());
    let second = scheduler.dispatch(NOW).unwrap().ticket;
    assert!(scheduler.finish(first, EndState::Failed, NOW).unwrap_err().is_stale());
    scheduler.finish(second, EndState::Completed, NOW).unwrap();
    assert_eq!(scheduler.counts().completed, 2);
}
