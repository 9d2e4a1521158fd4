//! What is accepted, and that whatever is refused comes back whole.

use crate::common::{NOW, at, events, finish, id, run_one_by_one, scheduler, spec, started};
use graph_runtime_scheduler::{
    EndState, FailurePolicy, Refused, ResourceRequirements, SchedulerError, TaskSpec, TaskState,
};

fn refused_one(result: Result<(), Refused<TaskSpec<&'static str>>>, number: u64) -> SchedulerError {
    let (error, spec) = result.expect_err("a refusal").into_parts();
    assert_eq!((spec.id, spec.payload), (id(number), "payload"), "it is handed back");
    error
}

#[test]
fn a_task_waits_for_its_dependencies() {
    let mut scheduler = scheduler(|_| {});
    scheduler.submit(spec(1, &[]), NOW).unwrap();
    scheduler.submit(spec(2, &[1, 1, 1]), NOW).unwrap();
    assert_eq!(scheduler.state(id(2)), Some(TaskState::Waiting { unmet: 1 }), "counts once");
    assert_eq!(started(&mut scheduler), [1]);
    finish(&mut scheduler, 1, EndState::Completed);
    assert_eq!(scheduler.state(id(2)), Some(TaskState::Ready));
    assert_eq!(started(&mut scheduler), [2]);
}

#[test]
fn a_dependency_that_has_completed_is_met() {
    let mut scheduler = scheduler(|_| {});
    scheduler.submit(spec(1, &[]), NOW).unwrap();
    run_one_by_one(&mut scheduler);
    scheduler.submit(spec(2, &[1]), NOW).unwrap();
    assert_eq!(scheduler.state(id(2)), Some(TaskState::Ready));
}

#[test]
fn a_dependency_that_ended_otherwise_skips_the_task_at_once() {
    for end in [EndState::Failed, EndState::Cancelled, EndState::TimedOut, EndState::Skipped] {
        let mut scheduler = scheduler(|_| {});
        scheduler.submit(spec(1, &[]), NOW).unwrap();
        scheduler.submit(spec(3, &[]), NOW).unwrap();
        started(&mut scheduler);
        finish(&mut scheduler, 1, end);
        events(&mut scheduler);
        scheduler.submit(spec(2, &[3, 1]), NOW).unwrap();
        assert_eq!(events(&mut scheduler), ["2 skipped because of 1, payload returned"]);
        assert_eq!(scheduler.state(id(2)), Some(TaskState::Ended(EndState::Skipped)));
    }
}

#[test]
fn a_duplicate_an_unknown_dependency_and_a_ring_of_one_are_refused() {
    let mut scheduler = scheduler(|_| {});
    scheduler.submit(spec(1, &[]), NOW).unwrap();
    assert!(refused_one(scheduler.submit(spec(1, &[]), NOW), 1).is_duplicate_id());
    assert!(refused_one(scheduler.submit(spec(2, &[9]), NOW), 2).is_unknown_dependency());
    assert!(refused_one(scheduler.submit(spec(3, &[3]), NOW), 3).is_cycle());
    let needs = ResourceRequirements { cpu_cores: -1.0, ..Default::default() };
    let error = refused_one(scheduler.submit(spec(4, &[]).requirements(needs), NOW), 4);
    assert!(error.is_invalid());
    assert_eq!(scheduler.counts().submitted, 1);
}

#[test]
fn a_forgotten_task_is_unknown_and_its_id_is_free_again() {
    let mut scheduler = scheduler(|_| {});
    scheduler.submit(spec(1, &[]), NOW).unwrap();
    assert!(!scheduler.forget(id(1)), "it has not ended");
    run_one_by_one(&mut scheduler);
    assert!(scheduler.forget(id(1)));
    assert_eq!(scheduler.state(id(1)), None);
    assert!(refused_one(scheduler.submit(spec(2, &[1]), NOW), 2).is_unknown_dependency());
    scheduler.submit(spec(1, &[]), NOW).unwrap();
}

#[test]
fn a_graph_is_forgotten_as_a_whole() {
    let mut scheduler = scheduler(|_| {});
    let graph = vec![spec(1, &[]), spec(2, &[1])];
    let graph = scheduler.submit_graph(graph, FailurePolicy::FailFast, NOW).unwrap();
    started(&mut scheduler);
    finish(&mut scheduler, 1, EndState::Completed);
    assert!(!scheduler.forget(id(1)), "another task under its id would be taken for it");
    assert!(!scheduler.forget_graph(graph), "2 has not ended");
    run_one_by_one(&mut scheduler);
    assert!(scheduler.forget_graph(graph));
    assert_eq!((scheduler.state(id(1)), scheduler.graph_counts(graph)), (None, None));
    scheduler.submit(spec(1, &[]), NOW).unwrap();
}

#[test]
fn a_graph_may_refer_forwards_and_to_earlier_tasks() {
    let mut scheduler = scheduler(|_| {});
    scheduler.submit(spec(7, &[]), NOW).unwrap();
    let graph = vec![spec(3, &[2]), spec(2, &[1, 7]), spec(1, &[])];
    scheduler.submit_graph(graph, FailurePolicy::FailFast, NOW).unwrap();
    let order = run_one_by_one(&mut scheduler);
    assert_eq!(order.len(), 4);
    assert_eq!(order[2..], [2, 3]);
}

#[test]
fn a_graph_is_refused_as_a_whole() {
    let check = |graph: Vec<TaskSpec<&'static str>>| {
        let mut scheduler = scheduler(|config| config.max_pending = 4);
        scheduler.submit(spec(100, &[]), NOW).unwrap();
        let before: Vec<_> = graph.iter().map(|spec| spec.id).collect();
        let refused = scheduler.submit_graph(graph, FailurePolicy::FailFast, NOW);
        let (error, specs) = refused.expect_err("a refusal").into_parts();
        assert_eq!(specs.iter().map(|spec| spec.id).collect::<Vec<_>>(), before);
        assert_eq!(scheduler.counts().submitted, 1);
        assert_eq!(scheduler.state(before[0]).is_some(), before[0] == id(100));
        assert_eq!(run_one_by_one(&mut scheduler), [100], "nothing else got in");
        error
    };
    assert!(check(vec![spec(1, &[]), spec(1, &[])]).is_duplicate_id());
    assert!(check(vec![spec(100, &[])]).is_duplicate_id());
    assert!(check(vec![spec(1, &[]), spec(2, &[9])]).is_unknown_dependency());
    let ring = check(vec![spec(1, &[3]), spec(2, &[1]), spec(3, &[2]), spec(4, &[3])]);
    assert_eq!(ring, SchedulerError::Cycle { tasks: vec![id(1), id(2), id(3)] });
    assert!(check((1..=4).map(|n| spec(n, &[])).collect()).is_queue_full());
    assert!(check((1..=5).map(|n| spec(n, &[])).collect()).is_unsatisfiable());
}

#[test]
fn a_graph_behind_a_failed_task_is_skipped_from_there_on() {
    let mut scheduler = scheduler(|_| {});
    scheduler.submit(spec(9, &[]), NOW).unwrap();
    started(&mut scheduler);
    finish(&mut scheduler, 9, EndState::Failed);
    events(&mut scheduler);
    let graph = vec![spec(1, &[9]), spec(2, &[1, 9]), spec(3, &[])];
    let graph = scheduler.submit_graph(graph, FailurePolicy::FailFast, NOW).unwrap();
    let skipped = ["1 skipped because of 9", "2 skipped because of 1"];
    assert_eq!(events(&mut scheduler), skipped.map(|line| format!("{line}, payload returned")));
    assert_eq!(run_one_by_one(&mut scheduler), [3], "nothing in the graph itself has failed");
    assert_eq!(scheduler.graph_counts(graph).unwrap().skipped, 2);
}

#[test]
fn a_graph_without_tasks_ends_at_once() {
    let mut scheduler = scheduler(|_| {});
    let graph = scheduler.submit_graph(Vec::new(), FailurePolicy::FailFast, NOW).unwrap();
    assert_eq!(events(&mut scheduler), ["graph ended, 0 tasks"]);
    assert!(scheduler.forget_graph(graph));
}

#[test]
fn a_full_queue_refuses_until_something_has_started() {
    let mut scheduler = scheduler(|config| config.max_pending = 2);
    scheduler.submit(spec(1, &[]), NOW).unwrap();
    scheduler.submit(spec(2, &[1]), NOW).unwrap();
    assert!(!scheduler.has_room(1));
    assert!(refused_one(scheduler.submit(spec(3, &[]), NOW), 3).is_queue_full());
    assert_eq!(started(&mut scheduler), [1]);
    assert!(scheduler.has_room(1) && !scheduler.has_room(2));
    scheduler.submit(spec(3, &[]), NOW).unwrap();
}

#[test]
fn a_dispatch_says_what_was_submitted_and_when() {
    let mut scheduler = scheduler(|_| {});
    let timeout = std::time::Duration::from_secs(3);
    let task = spec(1, &[]).named("align").deadline(at(60)).timeout(timeout);
    scheduler.submit(task, at(5)).unwrap();
    let task = scheduler.dispatch(at(8)).unwrap();
    assert_eq!((task.id, task.attempt, task.graph), (id(1), 1, None));
    assert_eq!(task.name.as_deref(), Some("align"));
    assert_eq!((task.deadline, task.timeout), (Some(at(60)), Some(timeout)));
    assert_eq!((task.ready_at, task.started_at), (at(5), at(8)));
}
