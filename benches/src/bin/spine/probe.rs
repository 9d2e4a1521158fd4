//! Measuring one graph in a process of its own, because the most memory a process ever had cannot
//! be measured twice.

use benches::{peak_bytes, resident_bytes};
use graph_runtime::{
    AsyncTaskExecutor, ExecutableTask, ExecutorConfig, Graph, TaskContext, TaskId, task_fn,
};
use serde_json::{Value, json};
use std::convert::Infallible;
use std::env;
use std::fmt;
use std::process::Command;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

/// A graph to measure.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Probe {
    pub(crate) shape: Shape,
    pub(crate) tasks: usize,
}

/// How its tasks depend on each other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Shape {
    /// No dependencies.
    Wide,
    /// Each task depends on the one before.
    Chain,
}

impl Probe {
    /// Runs this program again for one measurement.
    pub(crate) fn in_own_process(self) -> Value {
        let this = env::current_exe().expect("a program knows its path");
        let output = Command::new(this).arg(format!("--probe={self}")).output();
        let output = output.expect("what runs can be started again");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("a probe prints JSON")
    }

    /// Builds the graph, runs it, and reports nanoseconds and bytes per task.
    pub(crate) fn run(self) -> Value {
        let config = ExecutorConfig {
            max_queue_size: self.tasks,
            max_in_flight: 64,
            ..ExecutorConfig::default()
        };
        let executor = AsyncTaskExecutor::new(config).expect("a sound configuration");
        let before = resident_bytes();
        let ran = Arc::new(AtomicUsize::new(0));
        let start = Instant::now();
        let graph = self.graph(&ran);
        let report = executor.block_on(executor.run(graph)).expect("a sound graph");
        let elapsed = start.elapsed();
        let grown = peak_bytes().saturating_sub(before);
        assert_eq!(report.counts().completed, self.tasks, "every task has completed");
        assert_eq!(ran.load(Ordering::Relaxed), self.tasks, "every task has run once");
        json!({
            "ns_per_task": elapsed.as_nanos() as f64 / self.tasks as f64,
            "bytes_per_task": grown as f64 / self.tasks as f64,
        })
    }

    fn graph(self, ran: &Arc<AtomicUsize>) -> Graph {
        let mut graph = Graph::new();
        let mut previous: Option<TaskId> = None;
        for _ in 0..self.tasks {
            let ran = Arc::clone(ran);
            let body = move |_: TaskContext| {
                ran.fetch_add(1, Ordering::Relaxed);
                std::future::ready(Ok::<_, Infallible>(()))
            };
            let mut task = ExecutableTask::new(task_fn(body));
            if self.shape == Shape::Chain {
                task = task.after_all(previous);
                previous = Some(task.id);
            }
            graph.push(task);
        }
        graph
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Wide => "wide",
            Self::Chain => "chain",
        })
    }
}

impl fmt::Display for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.shape, self.tasks)
    }
}

impl FromStr for Probe {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (shape, tasks) = text.split_once(':').ok_or("expected SHAPE:TASKS")?;
        let shape = match shape {
            "wide" => Shape::Wide,
            "chain" => Shape::Chain,
            _ => return Err(format!("unknown shape {shape}")),
        };
        let tasks = tasks.parse().map_err(|error| format!("{tasks}: {error}"))?;
        Ok(Self { shape, tasks })
    }
}
