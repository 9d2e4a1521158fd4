//! Ours, a graph of which nothing is asked but its dependencies.

use crate::dag::body::Body;
use crate::dag::engine::{Engine, Times};
use crate::dag::shape::Shape;
use graph_runtime::dag::{Dag, DagBuilder, NodeId};
use graph_runtime::runtime::Builder;
use std::time::Instant;

/// A [`Dag`] on a runtime with default options.
pub struct GraphRuntimePlain;

impl Engine for GraphRuntimePlain {
    const READS_SHAPE: bool = false;

    fn execute<B: Body>(shape: &'static Shape, body: &'static B, workers: usize) -> Times {
        let runtime = Builder::new_multi_thread()
            .worker_threads(workers)
            .build()
            .expect("the runtime starts");
        let start = Instant::now();
        let graph = build(shape, body);
        let build = start.elapsed();
        let start = Instant::now();
        runtime.block_on(graph.run_on(runtime.handle())).expect("every node completes");
        let run = start.elapsed();
        Times { build, run }
    }
}

fn build<B: Body>(shape: &'static Shape, body: &'static B) -> Dag {
    let mut graph = DagBuilder::with_capacity(shape.tasks(), shape.edges());
    let ids: Vec<NodeId> = (0..shape.tasks() as u32)
        .map(|number| graph.node(move || async move { body.execute(number) }))
        .collect();
    for number in 0..shape.tasks() as u32 {
        for &predecessor in shape.predecessors(number) {
            graph.edge(ids[predecessor as usize], ids[number as usize]);
        }
    }
    graph.build().expect("the shapes have no cycles")
}
