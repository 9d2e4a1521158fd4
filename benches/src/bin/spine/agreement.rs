//! How far a real run is from what the simulator predicts for it.

use benches::{Report, Rounds, Row};
use graph_runtime::sim::{SimGraph, SimTask, simulate};
use graph_runtime::time::sleep;
use graph_runtime::{AsyncTaskExecutor, ExecutorConfig, Graph, Policy, TaskContext, TaskId};
use std::convert::Infallible;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use wfformat::{SEED_DEFAULT, Workflow, generate};

const SLOTS: usize = 16;
/// A run must be this long to tell: below, timers that fire some 50 us late are what is measured.
const SHORTEST: Duration = Duration::from_millis(250);

/// Compares on our generated workflow and on every one of the files.
pub(crate) fn measure(report: &mut Report, files: &[PathBuf], time_scale: f64) {
    compare(report, &generate(SEED_DEFAULT), time_scale);
    for path in files {
        match Workflow::read(path) {
            Ok(workflow) => compare(report, &workflow, time_scale),
            Err(error) => eprintln!("left out: {error}"),
        }
    }
}

fn compare(report: &mut Report, workflow: &Workflow, time_scale: f64) {
    for policy in [Policy::CriticalPath, Policy::Fifo, Policy::LevelBarrier] {
        let predicted = predict(workflow, policy).mul_f64(time_scale);
        if predicted < SHORTEST {
            eprintln!("left out: {}, {policy}: too short at this time scale", workflow.name);
            continue;
        }
        let measured = run(workflow, policy, time_scale);
        let percent = 100.0 * (measured.as_secs_f64() / predicted.as_secs_f64() - 1.0).abs();
        report.row(&Row {
            name: format!("{}, {policy}: deviation of the makespan", workflow.name),
            claim: "at 16 slots the makespan is within 5 % of the simulator's",
            limit: 5.0,
            unit: "%",
            figures: Rounds::of(vec![percent]),
        });
    }
}

fn predict(workflow: &Workflow, policy: Policy) -> Duration {
    let tasks = workflow.tasks.iter();
    let tasks = tasks.map(|it| SimTask { runtime: it.runtime, parents: it.parents.clone() });
    let graph = SimGraph { tasks: tasks.collect() };
    simulate(&graph, SLOTS, policy).expect("the reader has checked it").makespan
}

/// Runs the workflow with a timer for each task.
fn run(workflow: &Workflow, policy: Policy, time_scale: f64) -> Duration {
    let config = ExecutorConfig {
        max_queue_size: workflow.tasks.len(),
        max_in_flight: SLOTS,
        policy,
        ..ExecutorConfig::default()
    };
    let executor = AsyncTaskExecutor::new(config).expect("a sound configuration");
    let graph = graph_of(workflow, time_scale);
    let start = Instant::now();
    let report = executor.block_on(executor.run(graph)).expect("a sound graph");
    let elapsed = start.elapsed();
    assert_eq!(report.counts().completed, workflow.tasks.len(), "every task has completed");
    elapsed
}

fn graph_of(workflow: &Workflow, time_scale: f64) -> Graph {
    let id = |number: usize| TaskId::new(number as u64);
    let mut graph = Graph::new();
    for (number, task) in workflow.tasks.iter().enumerate() {
        let runtime = task.runtime.mul_f64(time_scale);
        let body = move |_: TaskContext| async move {
            sleep(runtime).await;
            Ok::<_, Infallible>(())
        };
        graph
            .task(task.id.as_str(), body)
            .with_id(id(number))
            .after_all(task.parents.iter().map(|&parent| id(parent)))
            .estimate(task.runtime)
            .add();
    }
    graph
}
