//! With one slot, tasks start in the order of the policy.

use crate::common::{Gate, Reports, executor, quick, wait, waiting};
use graph_runtime::{AsyncTaskExecutor, ExecutableTask, Policy};
use std::time::{Duration, Instant};

/// The order in which `tasks`, submitted while the only slot is taken, start.
fn order(
    executor: &AsyncTaskExecutor,
    tasks: impl FnOnce(&Reports<&'static str>) -> Vec<ExecutableTask>,
) -> Vec<&'static str> {
    let (reports, seen) = Reports::new();
    let gate = Gate::default();
    let first = executor.try_submit(waiting("first", &reports, &gate)).unwrap();
    assert_eq!(seen.next(), "first");
    for task in tasks(&reports) {
        drop(executor.try_submit(task).unwrap());
    }
    gate.open();
    wait(first).unwrap();
    wait(executor.idle());
    seen.all()
}

fn one_slot(policy: Policy) -> AsyncTaskExecutor {
    executor(|config| {
        config.max_in_flight = 1;
        config.policy = policy;
    })
}

#[test]
fn higher_priorities_start_first_and_equals_in_order() {
    let started = order(&one_slot(Policy::Deadline), |reports| {
        let task = |name, priority| quick(name, reports).priority(priority);
        vec![task("low", 1), task("a", 5), task("b", 5), task("high", 9)]
    });
    assert_eq!(started, ["high", "a", "b", "low"]);
}

#[test]
fn earlier_deadlines_start_first_within_a_priority() {
    let soon = |seconds| Instant::now() + Duration::from_secs(seconds);
    let started = order(&one_slot(Policy::Deadline), |reports| {
        vec![
            quick("never", reports),
            quick("late", reports).deadline(soon(50)),
            quick("early", reports).deadline(soon(10)),
            quick("urgent", reports).priority(1).deadline(soon(90)),
        ]
    });
    assert_eq!(started, ["urgent", "early", "late", "never"]);
}

#[test]
fn the_longest_way_to_an_end_starts_first() {
    let estimate = Duration::from_secs;
    let started = order(&one_slot(Policy::Deadline), |reports| {
        let head = quick("head", reports).estimate(estimate(1));
        let tail = quick("tail", reports).estimate(estimate(9)).after(head.id);
        vec![quick("long", reports).estimate(estimate(5)), head, tail]
    });
    assert_eq!(started, ["head", "tail", "long"]);
}

#[test]
fn fifo_ignores_everything_but_the_order_of_submission() {
    let started = order(&one_slot(Policy::Fifo), |reports| {
        let task = |name, priority| quick(name, reports).priority(priority);
        vec![task("a", 1), task("b", 9), task("c", 5)]
    });
    assert_eq!(started, ["a", "b", "c"]);
}
