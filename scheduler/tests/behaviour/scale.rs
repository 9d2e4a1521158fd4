//! A million tasks: linear memory, no recursion. A tenth of that without optimisation.

use crate::common::{NOW, id};
use graph_runtime_scheduler::{EndState, FailurePolicy, SchedulerConfig, TaskScheduler, TaskSpec};

const TASKS: u64 = if cfg!(debug_assertions) { 100_000 } else { 1_000_000 };

fn scheduler() -> TaskScheduler<u64> {
    TaskScheduler::new(SchedulerConfig::default()).unwrap()
}

fn chain() -> Vec<TaskSpec<u64>> {
    // Backwards, so that every dependency is a forward reference.
    let after = |n: u64| (n > 0).then(|| id(n - 1));
    (0..TASKS).rev().map(|n| TaskSpec::new(id(n), n).after_all(after(n))).collect()
}

fn run(scheduler: &mut TaskScheduler<u64>) -> u64 {
    let mut ran = 0;
    while let Some(task) = scheduler.dispatch(NOW) {
        scheduler.finish(task.ticket, EndState::Completed, NOW).unwrap();
        ran += 1;
        while scheduler.next_event().is_some() {}
    }
    ran
}

#[test]
fn a_long_chain_runs_to_its_end() {
    let mut scheduler = scheduler();
    let graph = scheduler.submit_graph(chain(), FailurePolicy::FailFast, NOW).unwrap();
    assert_eq!(run(&mut scheduler), TASKS);
    assert!(scheduler.is_idle());
    assert!(scheduler.forget_graph(graph));
}

#[test]
fn a_long_chain_is_skipped_without_recursion() {
    let mut scheduler = scheduler();
    scheduler.submit_graph(chain(), FailurePolicy::ContinueIndependent, NOW).unwrap();
    let first = scheduler.dispatch(NOW).unwrap();
    scheduler.finish(first.ticket, EndState::Failed, NOW).unwrap();
    assert_eq!(scheduler.counts().skipped as u64, TASKS - 1);
    assert!(scheduler.is_idle());
}

#[test]
fn many_independent_tasks_run() {
    let mut scheduler = scheduler();
    let wide = (0..TASKS).map(|n| TaskSpec::new(id(n), n)).collect();
    scheduler.submit_graph(wide, FailurePolicy::FailFast, NOW).unwrap();
    assert_eq!(run(&mut scheduler), TASKS);
}

#[test]
fn a_chain_submitted_link_by_link_costs_a_bounded_number_of_steps_each() {
    let mut scheduler = scheduler();
    let links = TASKS / 10;
    for spec in chain().into_iter().rev().take(links as usize) {
        scheduler.submit(spec, NOW).unwrap();
    }
    assert_eq!(run(&mut scheduler), links);
}

#[test]
fn one_task_may_have_many_successors_and_many_dependencies() {
    let mut scheduler = scheduler();
    let mut graph = vec![TaskSpec::new(id(0), 0)];
    graph.extend((1..TASKS - 1).map(|n| TaskSpec::new(id(n), n).after(id(0))));
    graph.push(TaskSpec::new(id(TASKS), TASKS).after_all((1..TASKS - 1).map(id)));
    scheduler.submit_graph(graph, FailurePolicy::FailFast, NOW).unwrap();
    assert_eq!(run(&mut scheduler), TASKS);
}
