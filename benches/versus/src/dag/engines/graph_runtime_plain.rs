//! Ours, a graph of which nothing is asked but its dependencies.

use crate::dag::body::Body;
use crate::dag::engine::{Engine, Times};
use crate::dag::shape::Shape;
use graph_runtime::{AsyncTaskExecutor, ExecutableTask, ExecutorConfig, Graph, TaskId, task_fn};
use std::convert::Infallible;
use std::time::Instant;

/// A [`Graph`] on an executor with default options.
pub struct GraphRuntimePlain;

impl Engine for GraphRuntimePlain {
    const READS_SHAPE: bool = false;

    fn execute<B: Body>(shape: &'static Shape, body: &'static B, workers: usize) -> Times {
        let config = ExecutorConfig { worker_count: workers, ..ExecutorConfig::default() };
        let executor = AsyncTaskExecutor::new(config).expect("the executor starts");
        let start = Instant::now();
        let graph = build(shape, body);
        let build = start.elapsed();
        let start = Instant::now();
        let report = executor.block_on(executor.run(graph)).expect("the graph is accepted");
        let run = start.elapsed();
        assert!(report.is_complete(), "every task completes");
        Times { build, run }
    }
}

fn build<B: Body>(shape: &'static Shape, body: &'static B) -> Graph {
    let mut graph = Graph::new();
    let mut ids: Vec<TaskId> = Vec::with_capacity(shape.tasks());
    for number in 0..shape.tasks() as u32 {
        let task = task_fn(move |_| async move {
            body.execute(number);
            Ok::<_, Infallible>(())
        });
        let dependencies = shape.predecessors(number).iter().map(|&it| ids[it as usize]);
        ids.push(graph.push(ExecutableTask::new(task).after_all(dependencies)));
    }
    graph
}
