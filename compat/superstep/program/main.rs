//! Runs a graph that fans out and in again, many times at once, and prints the nanoseconds a task
//! took on average. Which runtime that was on, its manifest says.

use std::time::Instant;

use clap::{Parser, ValueEnum};
use juncture_core::node::NodeFnUpdate;
use juncture_core::{CompiledGraph, RunnableConfig, StateGraph};
use juncture_derive::State;
use tokio::runtime::Builder;
use tokio::task::JoinSet;

#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What drives the tasks of a superstep.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Engine {
    /// juncture-core: a graph of 1, `width` and 1 nodes.
    Juncture,
    /// Nothing: as many tasks in a `JoinSet`, so that the runtime is all there is.
    None,
}

#[derive(Debug, Parser)]
struct Options {
    #[arg(long, value_enum, default_value = "juncture")]
    engine: Engine,
    /// Nodes in the middle.
    #[arg(long, default_value_t = 100)]
    width: usize,
    /// Runs of the graph that are under way at once.
    #[arg(long, default_value_t = 32)]
    at_once: usize,
    /// Runs of the graph, after as many to warm up.
    #[arg(long, default_value_t = 320)]
    runs: usize,
    #[arg(long, default_value_t = 2)]
    workers: usize,
}

/// What the nodes write to.
#[derive(State, Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
struct Sum {
    #[reducer(append)]
    values: Vec<u64>,
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let options = Options::parse();
    let runtime =
        Builder::new_multi_thread().worker_threads(options.workers).enable_all().build()?;
    let graph = graph(options.width)?;
    runtime.block_on(runs(&options, &graph))?;
    let started = Instant::now();
    runtime.block_on(runs(&options, &graph))?;
    let tasks = options.runs * (options.width + 2);
    println!("{:.1}", started.elapsed().as_nanos() as f64 / tasks as f64);
    Ok(())
}

fn graph(width: usize) -> Result<CompiledGraph<Sum>, Failure> {
    let mut graph = StateGraph::new();
    let node = |value: u64| {
        NodeFnUpdate(move |_: &Sum| async move { Ok(SumUpdate { values: Some(vec![value]) }) })
    };
    graph.add_node_simple("first", node(0))?;
    graph.add_node_simple("last", node(0))?;
    for index in 0..width {
        let name = format!("middle {index}");
        graph.add_node_simple(&name, node(1))?;
        graph.add_edge("first", &name);
        graph.add_edge(&name, "last");
    }
    graph.set_entry_point("first");
    graph.set_finish_point("last");
    Ok(graph.compile()?)
}

/// Keeps `at_once` runs under way until all are done.
async fn runs(options: &Options, graph: &CompiledGraph<Sum>) -> Result<(), Failure> {
    let mut under_way = JoinSet::new();
    for started in 0..options.runs {
        if started >= options.at_once {
            under_way.join_next().await.expect("some are under way")??;
        }
        let (engine, width, graph) = (options.engine, options.width, graph.clone());
        under_way.spawn(async move {
            match engine {
                Engine::Juncture => through_engine(&graph, width).await,
                Engine::None => bare(width).await,
            }
        });
    }
    while let Some(run) = under_way.join_next().await {
        run??;
    }
    Ok(())
}

async fn through_engine(graph: &CompiledGraph<Sum>, width: usize) -> Result<(), Failure> {
    let output = graph.invoke_async(Sum::default(), &RunnableConfig::new()).await?;
    check(output.value.values.iter().sum(), width)
}

/// The supersteps without an engine: one task, then `width` tasks, then one.
async fn bare(width: usize) -> Result<(), Failure> {
    let mut sum = 0;
    for tasks in [1, width, 1] {
        let mut step = JoinSet::new();
        for _ in 0..tasks {
            step.spawn(async move { u64::from(tasks > 1) });
        }
        while let Some(value) = step.join_next().await {
            sum += value?;
        }
    }
    check(sum, width)
}

fn check(sum: u64, width: usize) -> Result<(), Failure> {
    if sum == width as u64 { Ok(()) } else { Err(format!("{sum} of {width} nodes ran").into()) }
}
