//! Limits and budgets hold at every moment.

use crate::common::{executor, wait};
use graph_runtime::{
    AsyncTaskExecutor, ExecutableTask, Graph, ResourceRequirements, TaskError, task, task_fn,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What is in use now, and was at most.
#[derive(Default)]
struct Meter {
    now: AtomicU64,
    most: AtomicU64,
}

impl Meter {
    fn add(&self, amount: u64) {
        let now = self.now.fetch_add(amount, Ordering::SeqCst) + amount;
        self.most.fetch_max(now, Ordering::SeqCst);
    }
}

/// A task that uses `amount` of the meter for a few polls.
fn task(meter: &Arc<Meter>, amount: u64) -> ExecutableTask {
    let meter = Arc::clone(meter);
    ExecutableTask::new(task_fn(move |_| {
        let meter = Arc::clone(&meter);
        async move {
            meter.add(amount);
            for _ in 0..3 {
                task::yield_now().await;
            }
            meter.now.fetch_sub(amount, Ordering::SeqCst);
            Ok::<_, TaskError>(())
        }
    }))
}

/// The most that was in use while tasks of all `amounts` ran.
fn most(
    executor: &AsyncTaskExecutor,
    amounts: &[u64],
    requirements: impl Fn(u64) -> ResourceRequirements,
) -> u64 {
    let meter = Arc::new(Meter::default());
    let mut graph = Graph::new();
    for _ in 0..20 {
        for &amount in amounts {
            graph.push(task(&meter, amount).requires(requirements(amount)));
        }
    }
    assert!(wait(executor.run(graph)).unwrap().is_complete());
    meter.most.load(Ordering::SeqCst)
}

#[test]
fn of_tasks_in_flight() {
    let executor = executor(|config| config.max_in_flight = 3);
    let most = most(&executor, &[1], |_| ResourceRequirements::default());
    assert!((1..=3).contains(&most), "{most}");
}

#[test]
fn of_cores() {
    let executor = executor(|config| config.cpu_cores = 2.5);
    let cores = |tenths| ResourceRequirements {
        cpu_cores: tenths as f64 / 10.0,
        ..ResourceRequirements::default()
    };
    let most = most(&executor, &[3, 7, 10, 25], cores);
    assert!((25..=25).contains(&most), "{most} tenths of a core");
}

#[test]
fn of_memory() {
    let executor = executor(|config| config.memory_bytes = 1_000);
    let bytes = |bytes| ResourceRequirements {
        memory_bytes: bytes as usize,
        ..ResourceRequirements::default()
    };
    let most = most(&executor, &[100, 400, 900], bytes);
    assert!((900..=1_000).contains(&most), "{most} bytes");
}

#[test]
fn of_io() {
    let executor = executor(|config| config.io_capacity = 1.5);
    let share = |tenths| ResourceRequirements {
        io_intensity: tenths as f64 / 10.0,
        ..ResourceRequirements::default()
    };
    let most = most(&executor, &[2, 5, 10], share);
    assert!((10..=15).contains(&most), "{most} tenths of a channel");
}

#[test]
fn what_exceeds_a_whole_budget_is_refused() {
    let executor = executor(|config| config.memory_bytes = 1_000);
    let needs = ResourceRequirements { memory_bytes: 1_001, ..ResourceRequirements::default() };
    let refused = executor.try_submit(crate::common::noop().requires(needs)).unwrap_err();
    assert!(refused.error.is_rejected());
    assert!(refused.to_string().contains("memory_bytes"), "{refused}");
}
