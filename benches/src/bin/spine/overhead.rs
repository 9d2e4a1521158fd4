//! What everything costs that watches and adapts: the same work on a runtime with all of it and on
//! one with none of it, by turns.

use benches::{Report, Rounds, Row};
use graph_runtime::dag::{Dag, DagBuilder};
use graph_runtime::runtime::{Builder, Runtime};
use graph_runtime::{AsyncTaskExecutor, ExecutorConfig, Graph, History, ResourceMonitorConfig};
use std::convert::Infallible;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

const WORKERS: usize = 2;
const IN_FLIGHT: usize = 64;
/// Tasks that are spawned, and those of an executor's graph that do nothing.
const TASKS: usize = 50_000;
/// Nodes of a plain graph.
const NODES: usize = 500_000;
/// Of an executor's graph whose tasks compute.
const COMPUTING_TASKS: usize = 2_000;
/// Steps of a task that computes: some 20 us.
const STEPS: u64 = 140_000;
/// Measurements of each side in a round. The least of them is compared: what the machine does
/// meanwhile only ever adds to it.
const TURNS: usize = 16;
/// What it may cost, in per cent of the time.
const MOST: f64 = 1.0;
/// What it may cost each task of an executor, however short that is, in ns.
const MOST_NS: f64 = 250.0;

/// One of the two, and an executor on it.
struct Side {
    runtime: Runtime,
    executor: AsyncTaskExecutor,
}

pub(crate) fn measure(report: &mut Report, count: usize) {
    let [with, without] = [Side::new(true), Side::new(false)];
    let mut row = |what: &str, claim, (limit, unit), excess: fn(&Side, &Side) -> f64| {
        let figures = (0..count.max(1)).map(|_| excess(&with, &without));
        let figures = Rounds::of(figures.collect());
        report.row(&Row { name: format!("everything on: {what}"), claim, limit, unit, figures });
    };
    let percent = (MOST, "%");
    let claim = "monitor, stall watch and sampling cost less than 1 %";
    row("spawn and join", claim, percent, |with, without| {
        in_percent(compare(with, without, spawn_and_join))
    });
    row("plain graph, fan of no-op nodes", claim, percent, |with, without| {
        in_percent(compare(with, without, plain_graph))
    });
    let claim = "with adaptive limit and history, too, a graph costs less than 1 % more";
    row("executor, tasks of 20 us", claim, percent, |with, without| {
        in_percent(compare(with, without, |side| executed(side, COMPUTING_TASKS, STEPS)))
    });
    let claim = "adaptive limit and history cost a task less than a quarter of a microsecond";
    row("executor, a no-op task", claim, (MOST_NS, "ns"), |with, without| {
        let [with, without] = compare(with, without, |side| executed(side, TASKS, 0));
        (with - without) * 1e9 / TASKS as f64
    });
}

fn in_percent([with, without]: [f64; 2]) -> f64 {
    (with / without - 1.0) * 100.0
}

impl Side {
    fn new(has_everything: bool) -> Self {
        let mut builder = Builder::new_multi_thread();
        builder.worker_threads(WORKERS);
        if has_everything {
            builder.resource_monitor(ResourceMonitorConfig::default());
        } else {
            builder.max_spare_workers(0).poll_sampling(None);
        }
        let runtime = builder.build().expect("the machine has threads and descriptors left");
        let config = ExecutorConfig {
            max_in_flight: IN_FLIGHT,
            adaptive_scheduling: has_everything,
            history: has_everything.then(History::default),
            ..ExecutorConfig::default()
        };
        let executor = AsyncTaskExecutor::on(runtime.handle().clone(), config);
        Self { runtime, executor: executor.expect("a sound configuration") }
    }
}

/// The least time that it takes with everything and without, in seconds.
fn compare(with: &Side, without: &Side, measure: fn(&Side) -> f64) -> [f64; 2] {
    let mut least = [f64::MAX; 2];
    for turn in 0..TURNS {
        let mut sides = [(0, with), (1, without)];
        // Neither is always the one that comes after the other.
        sides.rotate_left(turn % 2);
        for (at, side) in sides {
            least[at] = least[at].min(measure(side));
        }
    }
    least
}

fn spawn_and_join(side: &Side) -> f64 {
    let start = Instant::now();
    let all = side.runtime.spawn(async {
        let tasks: Vec<_> =
            (0..TASKS).map(|it| graph_runtime::spawn(async move { black_box(it) })).collect();
        for task in tasks {
            task.await.expect("it does not panic");
        }
    });
    side.runtime.block_on(all).expect("it does not panic");
    start.elapsed().as_secs_f64()
}

fn plain_graph(side: &Side) -> f64 {
    let graph = fan();
    let start = Instant::now();
    side.runtime.block_on(graph.run_on(side.runtime.handle())).expect("every node completes");
    start.elapsed().as_secs_f64()
}

/// One node before all others, and one after them.
fn fan() -> Dag {
    let mut graph = DagBuilder::with_capacity(NODES, 2 * NODES);
    let nodes: Vec<_> =
        (0..NODES).map(|it| graph.node(move || async move { _ = black_box(it) })).collect();
    for &node in &nodes[1..NODES - 1] {
        graph.edge(nodes[0], node);
        graph.edge(node, nodes[NODES - 1]);
    }
    graph.build().expect("it has no cycle")
}

/// Independent tasks of one kind, from their submission to the report.
fn executed(side: &Side, tasks: usize, steps: u64) -> f64 {
    let mut graph = Graph::new();
    let name: Arc<str> = "compute".into();
    for _ in 0..tasks {
        let compute = move |_| async move {
            (0..steps).for_each(|step| _ = black_box(step));
            Ok::<_, Infallible>(())
        };
        graph.task(Arc::clone(&name), compute).add();
    }
    let start = Instant::now();
    let report = side.runtime.block_on(side.executor.run(graph)).expect("a sound graph");
    let elapsed = start.elapsed().as_secs_f64();
    assert!(report.is_complete(), "every task completes");
    elapsed
}
