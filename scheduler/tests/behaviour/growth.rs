//! Graphs that grow while they run.

use crate::common::{NOW, Scheduler, events, finish, id, run_one_by_one, scheduler, spec, timed};
use crate::common::{start_all, started};
use graph_runtime_scheduler::{
    Dependents, EndState, FailurePolicy, GraphId, GraphPlan, Policy, Reason, SchedulerConfig,
    SchedulerError, TaskScheduler, TaskSpec, TaskState,
};
use primitives::Timestamp;
use std::time::Duration;

const CONTINUE: FailurePolicy = FailurePolicy::ContinueIndependent;

/// A graph of the tasks `specs`.
fn graph(scheduler: &mut Scheduler, specs: Vec<TaskSpec<&'static str>>) -> GraphId {
    scheduler.submit_graph(specs, CONTINUE, NOW).unwrap()
}

#[test]
fn a_graph_ends_when_what_was_added_has_ended() {
    let mut scheduler = scheduler(|_| ());
    let graph = graph(&mut scheduler, vec![spec(1, &[])]);
    assert_eq!(started(&mut scheduler), [1]);
    scheduler.submit_into(graph, spec(2, &[1]), NOW).unwrap();
    scheduler.grow(graph, vec![spec(4, &[3]), spec(3, &[2])], NOW).unwrap();
    finish(&mut scheduler, 1, EndState::Completed);
    assert_eq!(scheduler.graph_counts(graph).unwrap().unfinished(), 3);
    assert_eq!(run_one_by_one(&mut scheduler), [2, 3, 4]);
    let expected = ["1 completed", "2 completed", "3 completed", "4 completed"];
    assert_eq!(events(&mut scheduler), [&expected[..], &["graph ended, 4 tasks"]].concat());
}

#[test]
fn nothing_is_added_to_a_graph_that_has_ended_or_is_stopping() {
    let mut scheduler = scheduler(|_| ());
    let ended = graph(&mut scheduler, vec![spec(1, &[])]);
    assert_eq!(run_one_by_one(&mut scheduler), [1]);
    let refused = scheduler.submit_into(ended, spec(2, &[]), NOW).unwrap_err();
    assert!(refused.error.is_too_late());
    assert!(refused.to_string().contains("has ended"), "{refused}");
    assert_eq!(refused.into_parts().1.id, id(2));
    assert!(scheduler.forget_graph(ended));
    let refused = scheduler.grow(ended, vec![spec(2, &[])], NOW).unwrap_err();
    assert_eq!(refused.error, SchedulerError::UnknownGraph { graph: ended });

    let stopping = graph(&mut scheduler, vec![spec(3, &[])]);
    let running = start_all(&mut scheduler);
    assert_eq!(scheduler.cancel_graph(stopping, NOW), [running[0].ticket]);
    let refused = scheduler.grow(stopping, vec![spec(4, &[])], NOW).unwrap_err();
    assert!(refused.to_string().contains("is stopping"), "{refused}");
}

#[test]
fn a_plan_with_a_timeout_of_its_own_is_refused() {
    let config = SchedulerConfig::default();
    let mut scheduler = TaskScheduler::new(config.clone()).unwrap();
    let graph = graph(&mut scheduler, vec![spec(1, &[])]);
    let added = spec(2, &[]);
    let plan = GraphPlan::new(&config, 1, |_| added.terms()).unwrap();
    let plan = plan.timeout(Duration::from_secs(9));
    let refused = scheduler.grow_plan(graph, plan, |_| "added", NOW).unwrap_err();
    assert!(refused.error.is_invalid());
    assert_eq!(
        refused.to_string(),
        "the graph: timeout is 9s; expected none, because what is added to a graph has the graph's"
    );
    assert_eq!(run_one_by_one(&mut scheduler), [1]);
}

#[test]
fn what_was_added_shares_the_fate_of_its_graph() {
    for is_failure in [true, false] {
        let mut scheduler = scheduler(|config| config.max_in_flight = 2);
        let specs = vec![spec(1, &[])];
        let graph = scheduler.submit_graph(specs, FailurePolicy::FailFast, NOW).unwrap();
        scheduler.submit_into(graph, spec(2, &[]), NOW).unwrap();
        scheduler.submit_into(graph, spec(3, &[]), NOW).unwrap();
        assert_eq!(started(&mut scheduler), [1, 2]);
        if is_failure {
            finish(&mut scheduler, 2, EndState::Failed);
        } else {
            assert_eq!(scheduler.cancel_graph(graph, NOW).len(), 2);
            finish(&mut scheduler, 2, EndState::Cancelled);
        }
        assert_eq!(scheduler.state(id(3)), Some(TaskState::Ended(EndState::Cancelled)));
        finish(&mut scheduler, 1, EndState::Cancelled);
        let counts = scheduler.graph_counts(graph).unwrap();
        assert_eq!((counts.unfinished(), counts.ended()), (0, 3));
    }
}

#[test]
fn what_was_added_is_due_with_its_graph() {
    let config = SchedulerConfig::default();
    let mut scheduler = TaskScheduler::new(config.clone()).unwrap();
    let first = spec(1, &[]);
    let plan = GraphPlan::new(&config, 1, |_| first.terms()).unwrap();
    let plan = plan.due_by(Timestamp::from_nanos(50));
    let graph = scheduler.submit_plan(plan, |_| "", CONTINUE, NOW).unwrap();
    scheduler.submit(spec(2, &[]).deadline(Timestamp::from_nanos(60)), NOW).unwrap();
    scheduler.submit_into(graph, spec(3, &[]), NOW).unwrap();
    scheduler.grow(graph, vec![spec(4, &[])], NOW).unwrap();
    assert_eq!(run_one_by_one(&mut scheduler), [1, 3, 4, 2]);
}

#[test]
fn without_deadlines_what_was_added_takes_the_place_of_its_graph() {
    let mut scheduler = scheduler(|_| ());
    let first = graph(&mut scheduler, vec![spec(1, &[])]);
    graph(&mut scheduler, vec![spec(2, &[])]);
    scheduler.submit_into(first, spec(3, &[]), NOW).unwrap();
    assert_eq!(run_one_by_one(&mut scheduler), [1, 3, 2]);
}

#[test]
fn an_addition_that_is_refused_changes_nothing() {
    let mut scheduler = scheduler(|config| config.max_pending = 3);
    let graph = graph(&mut scheduler, vec![spec(1, &[])]);
    let before = (scheduler.counts(), scheduler.known());
    let mut refused = |specs| scheduler.grow(graph, specs, NOW).unwrap_err().error;
    assert!(refused(vec![spec(2, &[]), spec(1, &[])]).is_duplicate_id());
    assert!(refused(vec![spec(2, &[3]), spec(3, &[2])]).is_cycle());
    assert!(refused(vec![spec(2, &[9])]).is_unknown_dependency());
    assert!(refused(vec![spec(2, &[]), spec(3, &[]), spec(4, &[])]).is_queue_full());
    assert_eq!((scheduler.counts(), scheduler.known()), before);
    assert!(scheduler.next_event().is_none());
}

#[test]
fn an_edge_makes_a_ready_task_wait_again() {
    let mut scheduler = scheduler(|_| ());
    graph(&mut scheduler, vec![spec(1, &[]), spec(2, &[]), spec(3, &[1])]);
    scheduler.connect(id(3), id(2), NOW).unwrap();
    assert_eq!(scheduler.state(id(2)), Some(TaskState::Waiting { unmet: 1 }));
    assert_eq!(run_one_by_one(&mut scheduler), [1, 3, 2]);
    assert!(scheduler.connect(id(1), id(2), NOW).unwrap_err().is_too_late());
}

#[test]
fn the_ring_that_an_edge_would_close_is_named() {
    let mut scheduler = scheduler(|_| ());
    let specs = vec![spec(1, &[]), spec(2, &[1]), spec(3, &[2]), spec(4, &[3]), spec(5, &[1])];
    graph(&mut scheduler, specs);
    let tasks = [2, 3, 4].map(id).to_vec();
    assert_eq!(scheduler.connect(id(4), id(2), NOW), Err(SchedulerError::Cycle { tasks }));
    let itself = scheduler.connect(id(5), id(5), NOW);
    assert_eq!(itself, Err(SchedulerError::Cycle { tasks: vec![id(5)] }));
    scheduler.connect(id(4), id(5), NOW).unwrap();
    assert!(scheduler.connect(id(5), id(2), NOW).unwrap_err().is_cycle());
}

#[test]
fn an_edge_from_a_task_that_has_ended_is_met_or_broken() {
    let mut scheduler = scheduler(|_| ());
    graph(&mut scheduler, vec![spec(1, &[]), spec(2, &[]), spec(3, &[]), spec(4, &[3])]);
    start_all(&mut scheduler);
    finish(&mut scheduler, 1, EndState::Completed);
    finish(&mut scheduler, 2, EndState::Failed);
    scheduler.connect(id(1), id(4), NOW).unwrap();
    assert_eq!(scheduler.state(id(4)), Some(TaskState::Waiting { unmet: 1 }));
    scheduler.connect(id(2), id(4), NOW).unwrap();
    assert_eq!(scheduler.state(id(4)), Some(TaskState::Ended(EndState::Skipped)));
}

#[test]
fn an_edge_that_is_added_twice_is_released_and_broken_once() {
    for (end, expected) in [
        (EndState::Completed, TaskState::Ready),
        (EndState::Failed, TaskState::Ended(EndState::Skipped)),
    ] {
        let mut scheduler = scheduler(|_| ());
        graph(&mut scheduler, vec![spec(1, &[]), spec(2, &[1])]);
        scheduler.connect(id(1), id(2), NOW).unwrap();
        scheduler.connect(id(1), id(2), NOW).unwrap();
        start_all(&mut scheduler);
        finish(&mut scheduler, 1, end);
        assert_eq!(scheduler.state(id(2)), Some(expected));
    }
}

#[test]
fn additions_raise_the_ranks_of_what_they_wait_for() {
    let mut scheduler = scheduler(|_| ());
    let graph = graph(&mut scheduler, vec![timed(1, 1, &[]), timed(2, 2, &[])]);
    assert_eq!(scheduler.peek(), Some(id(2)));
    scheduler.submit_into(graph, timed(3, 5, &[1]), NOW).unwrap();
    assert_eq!(scheduler.peek(), Some(id(1)));
    scheduler.grow(graph, vec![timed(4, 9, &[])], NOW).unwrap();
    scheduler.submit_into(graph, timed(5, 9, &[4]), NOW).unwrap();
    scheduler.connect(id(2), id(4), NOW).unwrap();
    assert_eq!(run_one_by_one(&mut scheduler), [2, 4, 5, 1, 3]);
}

#[test]
fn barriers_are_lifted_when_a_graph_grows() {
    let mut scheduler = scheduler(|config| config.policy = Policy::LevelBarrier);
    let graph = graph(&mut scheduler, vec![spec(1, &[]), spec(2, &[]), spec(3, &[1])]);
    assert_eq!(started(&mut scheduler), [1, 2]);
    finish(&mut scheduler, 1, EndState::Completed);
    assert_eq!(started(&mut scheduler), [0; 0], "3 waits for the level of 2");
    scheduler.submit_into(graph, spec(4, &[2]), NOW).unwrap();
    assert_eq!(started(&mut scheduler), [3]);
    finish(&mut scheduler, 2, EndState::Completed);
    finish(&mut scheduler, 3, EndState::Completed);
    assert_eq!(run_one_by_one(&mut scheduler), [4]);
    assert!(scheduler.is_idle());
}

#[test]
fn a_removed_task_takes_its_dependents_along_or_lets_them_go() {
    let mut scheduler = scheduler(|_| ());
    graph(&mut scheduler, vec![spec(1, &[]), spec(2, &[1]), spec(3, &[2]), spec(4, &[1])]);
    scheduler.remove(id(4), Dependents::Skip, NOW).unwrap();
    scheduler.remove(id(2), Dependents::Detach, NOW).unwrap();
    assert_eq!(scheduler.state(id(3)), Some(TaskState::Ready));
    assert!(scheduler.remove(id(2), Dependents::Skip, NOW).unwrap_err().is_too_late());
    let unknown = scheduler.remove(id(9), Dependents::Skip, NOW);
    assert_eq!(unknown, Err(SchedulerError::UnknownTask { task: id(9) }));
    assert_eq!(run_one_by_one(&mut scheduler), [1, 3]);

    graph(&mut scheduler, vec![spec(11, &[]), spec(12, &[11])]);
    scheduler.remove(id(11), Dependents::Skip, NOW).unwrap();
    assert_eq!(scheduler.state(id(12)), Some(TaskState::Ended(EndState::Skipped)));
}

#[test]
fn a_held_task_waits_for_every_hold() {
    let mut scheduler = scheduler(|_| ());
    graph(&mut scheduler, vec![spec(1, &[]), spec(2, &[])]);
    scheduler.hold(id(1)).unwrap();
    scheduler.hold(id(1)).unwrap();
    assert_eq!(started(&mut scheduler), [2]);
    assert_eq!(scheduler.why(id(1), NOW), Some(Reason::Held { holds: 2 }));
    assert!(scheduler.hold(id(2)).unwrap_err().is_too_late());
    assert!(scheduler.release(id(1), NOW));
    assert_eq!(started(&mut scheduler), [0; 0]);
    assert!(scheduler.release(id(1), NOW));
    assert_eq!(started(&mut scheduler), [1]);
    assert!(!scheduler.release(id(1), NOW), "there is none left");
}
