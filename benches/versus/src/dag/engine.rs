//! The engines, behind one small trait, and how one is measured.

use super::body::{Body, Checking, Counting};
use super::engines::{
    Dagrs, GraphRuntimeFull, GraphRuntimePlain, Rayon, SpinningThreads, TokioCounters,
};
use super::shape::{Shape, ShapeName};
use crate::measure::memory;
use crate::workloads::repeat::MINIMUM;
use clap::ValueEnum;
use std::fmt;
use std::time::{Duration, Instant};

/// Tasks of the graph that is executed first, to check the order.
pub const CHECKED_SIZE: usize = 2_000;

/// Something that executes a graph of tasks.
pub trait Engine {
    /// More tasks than this would take too long; figures are per task.
    const LARGEST: usize = usize::MAX;
    /// Whether it runs on the lists of the [`Shape`], which its memory then includes.
    const READS_SHAPE: bool;

    /// Builds the graph and executes it on `workers` threads.
    fn execute<B: Body>(shape: &'static Shape, body: &'static B, workers: usize) -> Times;
}

/// How long an execution took. Starting threads is in neither.
#[derive(Debug, Clone, Copy, Default)]
pub struct Times {
    /// From the shape to the engine's own graph.
    pub build: Duration,
    /// From the first task to the news that all are done.
    pub run: Duration,
}

/// One sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measurement {
    /// Execution, nanoseconds per task.
    pub run_ns: f64,
    /// Building, nanoseconds per task.
    pub build_ns: f64,
    /// The most memory that was resident while the graph was built and executed, per task, beyond
    /// what was before.
    pub bytes: f64,
    /// How many tasks there were.
    pub tasks: usize,
}

impl From<Measurement> for Vec<f64> {
    fn from(it: Measurement) -> Self {
        vec![it.run_ns, it.build_ns, it.bytes, it.tasks as f64]
    }
}

/// Who is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EngineName {
    /// Ours, a graph of which nothing is asked but its dependencies.
    #[value(name = "graph_runtime")]
    GraphRuntimePlain,
    /// Ours, with priorities, deadlines, estimates, admission and metrics.
    #[value(name = "graph_runtime-full")]
    GraphRuntimeFull,
    /// tokio, a task for every node, with join counters by hand.
    Tokio,
    /// rayon, a job for every node, with join counters by hand.
    Rayon,
    /// oneTBB's flow graph.
    Tbb,
    /// dagrs.
    Dagrs,
    /// The floor: threads that spin, numbers for tasks.
    Spin,
}

impl EngineName {
    /// Whether it is an engine of others, so that it can be the best peer.
    pub fn is_rival(self) -> bool {
        !matches!(self, Self::GraphRuntimePlain | Self::GraphRuntimeFull | Self::Spin)
    }

    /// Measures it in this process.
    ///
    /// # Panics
    ///
    /// If it executes a graph wrongly, and for oneTBB, which is measured in a process of its own.
    pub fn measure(self, shape: ShapeName, workers: usize) -> Measurement {
        match self {
            Self::GraphRuntimePlain => measure::<GraphRuntimePlain>(shape, workers),
            Self::GraphRuntimeFull => measure::<GraphRuntimeFull>(shape, workers),
            Self::Tokio => measure::<TokioCounters>(shape, workers),
            Self::Rayon => measure::<Rayon>(shape, workers),
            Self::Dagrs => measure::<Dagrs>(shape, workers),
            Self::Spin => measure::<SpinningThreads>(shape, workers),
            Self::Tbb => panic!("oneTBB is not in this process"),
        }
    }
}

impl fmt::Display for EngineName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.to_possible_value().expect("no engine is skipped");
        f.write_str(value.get_name())
    }
}

fn measure<E: Engine>(name: ShapeName, workers: usize) -> Measurement {
    check::<E>(name, workers);
    let shape: &'static Shape = Box::leak(Box::new(name.of_size(name.full_size().min(E::LARGEST))));
    memory::forget_peak();
    let before = memory::resident_bytes();
    count::<E>(shape, workers);
    let grown = memory::peak_bytes().saturating_sub(before) as usize;
    let bytes = grown + if E::READS_SHAPE { shape.bytes() } else { 0 };
    let times = repeat::<E>(shape, workers);
    let per_task = |total: f64| total / shape.tasks() as f64;
    Measurement {
        run_ns: per_task(times.run.as_secs_f64() * 1e9),
        build_ns: per_task(times.build.as_secs_f64() * 1e9),
        bytes: per_task(bytes as f64),
        tasks: shape.tasks(),
    }
}

/// Executes a small graph whose tasks check their order.
fn check<E: Engine>(name: ShapeName, workers: usize) {
    let shape: &'static Shape = Box::leak(Box::new(name.of_size(CHECKED_SIZE)));
    let checking: &'static Checking = Box::leak(Box::new(Checking::new(shape)));
    E::execute(shape, checking, workers);
    assert!(checking.is_right(), "every task runs once, after all it depends on");
}

/// Executes the graph once, and counts its tasks.
fn count<E: Engine>(shape: &'static Shape, workers: usize) -> Times {
    let before = Counting.total();
    let times = E::execute(shape, &Counting, workers);
    assert_eq!(Counting.total() - before, shape.tasks() as u64, "every task runs once");
    times
}

/// The mean times of as many executions as it takes for the clocks.
fn repeat<E: Engine>(shape: &'static Shape, workers: usize) -> Times {
    let (start, mut sum, mut executions) = (Instant::now(), Times::default(), 0);
    while start.elapsed() < MINIMUM {
        let times = count::<E>(shape, workers);
        sum.build += times.build;
        sum.run += times.run;
        executions += 1;
    }
    Times { build: sum.build / executions, run: sum.run / executions }
}
