//! Ours, with everything on that a graph can ask for.

use crate::dag::body::Body;
use crate::dag::engine::{Engine, Times};
use crate::dag::shape::Shape;
use graph_runtime::{
    AsyncTaskExecutor, ExecutableTask, ExecutorConfig, Graph, ResourceRequirements, TaskId, task_fn,
};
use std::convert::Infallible;
use std::time::{Duration, Instant};

const IN_FLIGHT: usize = 64;
const PRIORITIES: u32 = 4;
const DEADLINE: Duration = Duration::from_secs(60);
const ESTIMATE: Duration = Duration::from_micros(1);

/// A [`Graph`] whose tasks have priorities, deadlines, estimates and requirements, on an executor
/// with a limit, a budget and its metrics.
pub struct GraphRuntimeFull;

impl Engine for GraphRuntimeFull {
    const READS_SHAPE: bool = false;

    fn execute<B: Body>(shape: &'static Shape, body: &'static B, workers: usize) -> Times {
        let config = ExecutorConfig {
            worker_count: workers,
            max_in_flight: IN_FLIGHT,
            cpu_cores: IN_FLIGHT as f64,
            ..ExecutorConfig::default()
        };
        let executor = AsyncTaskExecutor::new(config).expect("the executor starts");
        let start = Instant::now();
        let graph = build(shape, body);
        let build = start.elapsed();
        let start = Instant::now();
        let report = executor.block_on(executor.run(graph)).expect("the graph is accepted");
        let run = start.elapsed();
        assert!(report.is_complete(), "every task completes");
        assert!(
            executor.metrics().tasks.completed >= shape.tasks() as u64,
            "every task is in the metrics"
        );
        Times { build, run }
    }
}

fn build<B: Body>(shape: &'static Shape, body: &'static B) -> Graph {
    let mut graph = Graph::new();
    let mut ids: Vec<TaskId> = Vec::with_capacity(shape.tasks());
    let deadline = Instant::now() + DEADLINE;
    for number in 0..shape.tasks() as u32 {
        let task = task_fn(move |_| async move {
            body.execute(number);
            Ok::<_, Infallible>(())
        });
        let dependencies = shape.predecessors(number).iter().map(|&it| ids[it as usize]);
        let task = ExecutableTask::new(task)
            .after_all(dependencies)
            .priority(number % PRIORITIES)
            .deadline(deadline + ESTIMATE * number)
            .estimate(ESTIMATE)
            .requires(ResourceRequirements { cpu_cores: 1.0, ..ResourceRequirements::default() });
        ids.push(graph.push(task));
    }
    graph
}
