//! A quota that is written while a runtime runs, where a control group can be made for it: fewer
//! workers run.

#[path = "../../monitor/tests/common/cgroup.rs"]
mod cgroup;

use cgroup::{Cgroup, skip};
use graph_runtime::runtime::{Builder, Runtime};
use graph_runtime::task;
use monitor::ResourceMonitorConfig;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Far more than the second within which a quota is to be seen.
const PATIENCE: Duration = Duration::from_secs(60);

/// Whether so many workers may run, and no more do.
fn is_held(runtime: &Runtime, limit: usize) -> bool {
    runtime.handle().worker_limit() == limit && runtime.metrics().awake_workers <= limit
}

// One test only: it moves the whole process.
#[test]
fn workers_park_when_the_quota_shrinks() {
    const TEST: &str = "workers_park_when_the_quota_shrinks";
    if std::thread::available_parallelism().map_or(1, usize::from) < 2 {
        return skip(TEST, &"one core cannot become fewer");
    }
    let cgroup = match Cgroup::enter(200) {
        Ok(cgroup) => cgroup,
        Err(why) => return skip(TEST, &why),
    };
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(2).resource_monitor(ResourceMonitorConfig::default());
    let runtime = builder.build().expect("two workers");
    assert_eq!(runtime.handle().worker_limit(), 2);
    let is_over = Arc::new(AtomicBool::new(false));
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let is_over = Arc::clone(&is_over);
            runtime.spawn(async move {
                while !is_over.load(Ordering::Relaxed) {
                    task::yield_now().await;
                }
            })
        })
        .collect();
    for (percent, limit) in [(50, 1), (150, 2), (100, 1), (200, 2)] {
        cgroup.allow(percent).expect("it could be set before");
        let start = Instant::now();
        while !is_held(&runtime, limit) {
            assert!(start.elapsed() < PATIENCE, "never: {limit} workers at {percent} %");
            std::thread::sleep(Duration::from_millis(5));
        }
        println!("{limit} workers {:?} after a quota of {percent} %", start.elapsed());
    }
    is_over.store(true, Ordering::Relaxed);
    tasks.into_iter().for_each(|task| runtime.block_on(task).expect("it goes on"));
    assert!(cgroup.folder.exists(), "this process is still in it");
}
