//! dagrs: a channel for every node's output, a task of tokio for every node.

use crate::dag::body::Body;
use crate::dag::engine::{Engine, Times};
use crate::dag::shape::Shape;
use dagrs::async_trait::async_trait;
use dagrs::{
    Action, CompletionStatus, Content, DefaultNode, EnvVar, Graph, InChannels, Node, NodeId,
    NodeTable, OutChannels, Output,
};
use std::sync::Arc;
use std::time::Instant;
use tokio::runtime::Builder;

/// A graph of dagrs on a multi-thread runtime of tokio.
pub struct Dagrs;

impl Engine for Dagrs {
    const LARGEST: usize = 10_000;
    const READS_SHAPE: bool = false;

    fn execute<B: Body>(shape: &'static Shape, body: &'static B, workers: usize) -> Times {
        let runtime = Builder::new_multi_thread().worker_threads(workers).enable_all().build();
        let runtime = runtime.expect("tokio starts");
        let start = Instant::now();
        let mut graph = build(shape, body);
        let build = start.elapsed();
        let start = Instant::now();
        let report = runtime.block_on(graph.async_start()).expect("the graph is accepted");
        let run = start.elapsed();
        assert_eq!(report.status, CompletionStatus::Succeeded, "every task completes");
        Times { build, run }
    }
}

fn build<B: Body>(shape: &'static Shape, body: &'static B) -> Graph {
    let (mut graph, mut names) = (Graph::new(), NodeTable::new());
    let mut ids: Vec<NodeId> = Vec::with_capacity(shape.tasks());
    for task in 0..shape.tasks() as u32 {
        let action = Step { body, task };
        let node = DefaultNode::with_action(task.to_string(), action, &mut names);
        ids.push(node.id());
        graph.add_node(node).expect("names differ");
    }
    for task in 0..shape.tasks() as u32 {
        let successors: Vec<_> =
            shape.successors(task).iter().map(|&it| ids[it as usize]).collect();
        if !successors.is_empty() {
            graph.add_edge(ids[task as usize], successors).expect("both ends are there");
        }
    }
    graph
}

struct Step<B: 'static> {
    body: &'static B,
    task: u32,
}

#[async_trait]
impl<B: Body> Action for Step<B> {
    async fn run(
        &self,
        input: &mut InChannels,
        output: &mut OutChannels,
        _environment: Arc<EnvVar>,
    ) -> Output {
        input.map(|content| content.expect("every dependency sends")).await;
        self.body.execute(self.task);
        output.broadcast(Content::new(())).await;
        Output::empty()
    }
}
