//! Dropping a monitor joins its thread, without waiting for the interval to pass.

use graph_runtime_monitor::{ResourceMonitor, ResourceMonitorConfig, Sample, Sampler};
use primitives::Timestamp;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const HOUR: Duration = Duration::from_secs(3600);

/// Takes its time to go, and counts that it is gone.
struct Lingering(Arc<AtomicUsize>);

impl Sampler for Lingering {
    fn sample(&mut self, now: Timestamp) -> Sample {
        Sample::unknown(now)
    }
}

impl Drop for Lingering {
    fn drop(&mut self) {
        // Long enough for whoever does not wait for this thread to be seen not to.
        (0..1_000).for_each(|_| thread::yield_now());
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// Waits until `wanted` threads of this process carry the monitor's name. A thread takes its name
/// when it first runs, and leaves the list a moment after it can be joined.
fn wait_for_threads(wanted: usize) {
    let start = Instant::now();
    let mut found = monitor_threads();
    while found != wanted {
        assert!(start.elapsed() < Duration::from_secs(60), "{found} threads, not {wanted}");
        thread::yield_now();
        found = monitor_threads();
    }
}

fn monitor_threads() -> usize {
    let tasks = fs::read_dir("/proc/self/task").expect("a list of threads");
    let names =
        tasks.flatten().filter_map(|task| fs::read_to_string(task.path().join("comm")).ok());
    names.filter(|name| name.trim_end() == "graph-monitor").count()
}

fn started(gone: &Arc<AtomicUsize>) -> ResourceMonitor {
    let config = ResourceMonitorConfig { monitoring_interval: HOUR, ..Default::default() };
    let sampler = Box::new(Lingering(Arc::clone(gone)));
    ResourceMonitor::with_sampler(config, sampler).expect("starts")
}

// One test only: tests of the same file share a process, and so its threads.
#[test]
fn threads_come_and_go_with_their_monitors() {
    let start = Instant::now();
    for idle in [false, true] {
        let gone = Arc::new(AtomicUsize::new(0));
        let monitors = [started(&gone), started(&gone), started(&gone)];
        monitors.iter().for_each(|monitor| monitor.set_idle(idle));
        wait_for_threads(3);

        monitors[0].stop();
        assert_eq!(gone.load(Ordering::SeqCst), 1, "stop waits for the thread");
        monitors[0].stop();
        wait_for_threads(2);

        drop(monitors);
        assert_eq!(gone.load(Ordering::SeqCst), 3, "so does drop");
        wait_for_threads(0);
    }
    assert!(start.elapsed() < HOUR / 2, "an interval was waited out");
}
