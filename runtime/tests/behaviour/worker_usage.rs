//! The monitor watches the workers' threads.

use crate::support::{PATIENCE, watched};
use graph_runtime::runtime::{Builder, Runtime};
use monitor::ResourceMonitorConfig;
use std::sync::Arc;
use std::time::{Duration, Instant};

fn monitored(mut builder: Builder) -> Runtime {
    let monitoring_interval = Duration::from_millis(10);
    let config = ResourceMonitorConfig { monitoring_interval, ..Default::default() };
    builder.resource_monitor(config).build().unwrap()
}

#[test]
fn the_cpu_time_of_each_worker_is_known() {
    watched(|| {
        for (mut builder, workers) in
            [(Builder::new_multi_thread(), 3), (Builder::new_current_thread(), 1)]
        {
            if workers > 1 {
                builder.worker_threads(workers);
            }
            let runtime = monitored(builder);
            let monitor = Arc::clone(runtime.handle().resource_monitor().unwrap());
            let watched = Arc::clone(&monitor);
            let is_known = move |worker| {
                let usage = watched.worker_usage(worker);
                usage.is_some_and(|usage| usage.total.is_some() && usage.cpu.is_some())
            };
            let known = runtime.spawn(async move {
                let start = Instant::now();
                while !(0..workers).all(&is_known) {
                    assert!(start.elapsed() < PATIENCE);
                    // Not asleep, or there are no samples.
                    graph_runtime::task::yield_now().await;
                }
            });
            runtime.block_on(known).unwrap();
            assert_eq!(monitor.worker_usage(workers), None);
        }
    });
}
