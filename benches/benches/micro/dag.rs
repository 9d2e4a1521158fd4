//! A plain graph: what it costs to hand a node over to the next.
//!
//! Guards that a node with one successor is followed by it in place, and that a join costs one
//! locked instruction an edge.

use benches::{Bench, Claim};
use graph_runtime::dag::{Dag, DagBuilder};
use graph_runtime::runtime::{Builder, Runtime};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// So many that starting a run does not count.
const NODES: u64 = 100_000;

const CHAIN: Claim = Claim {
    part: "plain graph",
    what: "chain, one worker",
    holds: "an only successor is run in place for one locked instruction",
    limit: |machine| 1.25 * machine.locked_ns,
};

const FAN: Claim = Claim {
    part: "plain graph",
    what: "fan out and in, one worker",
    holds: "a node between two joins costs two locked instructions",
    limit: |machine| 2.5 * machine.locked_ns,
};

const SHARED_FAN: Claim = Claim {
    part: "plain graph",
    what: "fan out and in, two workers",
    holds: "workers that share a graph make no system call a node",
    limit: |machine| machine.system_call_ns,
};

pub(crate) fn measure(bench: &mut Bench) {
    bench.measure(CHAIN, || Job::new(1, chain), Job::run);
    bench.measure(FAN, || Job::new(1, fan), Job::run);
    bench.measure(SHARED_FAN, || Job::new(2, fan), Job::run);
}

/// A graph whose last node counts how often it has run.
struct Job {
    runtime: Runtime,
    graph: Dag,
    ends: Arc<AtomicU64>,
}

impl Job {
    fn new(workers: usize, shape: fn(&mut DagBuilder, Arc<AtomicU64>)) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(workers).build();
        let (mut builder, ends) = (Dag::builder(), Arc::default());
        shape(&mut builder, Arc::clone(&ends));
        Self {
            runtime: runtime.expect("the machine has threads and descriptors left"),
            graph: builder.build().expect("a sound graph"),
            ends,
        }
    }

    /// The time of that many nodes, from whole runs.
    fn run(&mut self, nodes: u64) -> Duration {
        let runs = nodes.div_ceil(NODES);
        let before = self.ends.load(Ordering::Relaxed);
        let start = Instant::now();
        for _ in 0..runs {
            let run = self.graph.run_on(self.runtime.handle());
            self.runtime.block_on(run).expect("no node fails");
        }
        let elapsed = start.elapsed();
        assert_eq!(self.ends.load(Ordering::Relaxed) - before, runs, "each run reaches its end");
        elapsed.mul_f64(nodes as f64 / (runs * NODES) as f64)
    }
}

/// Each node waits for the one before.
fn chain(graph: &mut DagBuilder, ends: Arc<AtomicU64>) {
    let mut last = graph.node(|| async {});
    for _ in 2..NODES {
        let next = graph.node(|| async {});
        graph.edge(last, next);
        last = next;
    }
    let end = graph.node(count(ends));
    graph.edge(last, end);
}

/// All nodes wait for the first, and the last one for all of them.
fn fan(graph: &mut DagBuilder, ends: Arc<AtomicU64>) {
    let (first, last) = (graph.node(|| async {}), graph.node(count(ends)));
    for _ in 2..NODES {
        let middle = graph.node(|| async {});
        graph.edge(first, middle);
        graph.edge(middle, last);
    }
}

fn count(ends: Arc<AtomicU64>) -> impl Fn() -> std::future::Ready<()> {
    move || {
        ends.fetch_add(1, Ordering::Relaxed);
        std::future::ready(())
    }
}
