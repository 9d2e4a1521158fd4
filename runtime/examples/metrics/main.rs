//! What can be known of a running program: a graph whose tasks run a few at a time, a dump of what
//! everybody waits for while it does, and all figures at its end: the main ones in tables, and all
//! for another program.
//!
//! ```text
//! cargo run --release --example metrics                       tables, and Prometheus's text
//! cargo run --release --example metrics -- --json             tables, and JSON
//! cargo run --release --example metrics 2>&1 > /dev/null      dump and tables alone
//! ```

mod tables;

use graph_runtime::adaptive::{ControllerSettings, Prober};
use graph_runtime::runtime::Builder;
use graph_runtime::time::sleep;
use graph_runtime::{
    AsyncTaskExecutor, Controller, ExecutorConfig, Graph, ResourceMonitorConfig, TaskError,
};
use std::time::{Duration, Instant};

const TASKS: u64 = 300;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let as_json = std::env::args().any(|argument| argument == "--json");
    let begun = Instant::now();
    let runtime = Builder::new_multi_thread()
        .name("example")
        .resource_monitor(ResourceMonitorConfig::default())
        // Every poll: it is an example.
        .poll_sampling(1)
        .build()?;
    let at_most_8 =
        |settings| Box::new(Prober::new(ControllerSettings { max: 8, ..settings })) as _;
    let config = ExecutorConfig {
        adaptive_scheduling: true,
        controller: Controller::custom(at_most_8),
        ..ExecutorConfig::default()
    };
    let executor = AsyncTaskExecutor::on(runtime.handle().clone(), config)?;

    let mut graph = Graph::new();
    for number in 0..TASKS {
        let work = move |_| async move {
            sleep(Duration::from_millis(1 + number % 7)).await;
            Ok::<_, TaskError>(())
        };
        graph.task(format!("task {number}"), work).add();
    }
    runtime.block_on(async {
        let looks = async {
            sleep(Duration::from_millis(50)).await;
            eprintln!("{}", graph_runtime::dump());
        };
        let (report, ()) = graph_runtime::join!(executor.run(graph), looks);
        report.map(drop)
    })?;

    let snapshot = runtime.metrics().snapshot();
    eprintln!("{}\n", tables::distributions(&executor.metrics(), &snapshot));
    eprintln!("{}\n", tables::workers(&snapshot, begun.elapsed()));
    eprintln!("{}\n", tables::decisions(&executor.concurrency()));
    let export = executor.export();
    let text = if as_json { export.to_json() } else { export.to_prometheus() };
    println!("{}", text.trim_end());
    Ok(())
}
