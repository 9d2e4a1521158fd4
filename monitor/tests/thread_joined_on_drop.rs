//! Dropping a monitor joins its thread, without waiting for the interval to pass.

use graph_runtime_monitor::{ResourceMonitor, ResourceMonitorConfig};
use std::fs;
use std::time::{Duration, Instant};

/// The threads of this process that carry the monitor's name.
fn monitor_threads() -> usize {
    let tasks = fs::read_dir("/proc/self/task").expect("a list of threads");
    let names =
        tasks.flatten().filter_map(|task| fs::read_to_string(task.path().join("comm")).ok());
    names.filter(|name| name.trim_end() == "graph-monitor").count()
}

// One test only: tests of the same file share a process, and so its threads.
#[test]
fn threads_come_and_go_with_their_monitors() {
    let hour = Duration::from_secs(3600);
    let config = ResourceMonitorConfig { monitoring_interval: hour, ..Default::default() };
    let start = Instant::now();
    for idle in [false, true] {
        let monitors: Vec<_> =
            (0..3).map(|_| ResourceMonitor::start(config.clone()).expect("starts")).collect();
        for monitor in &monitors {
            monitor.set_idle(idle);
        }
        // A thread names itself once it runs.
        while monitor_threads() < 3 {
            assert!(start.elapsed() < Duration::from_secs(60), "three threads never ran");
            std::thread::yield_now();
        }
        monitors[0].stop();
        monitors[0].stop();
        assert_eq!(monitor_threads(), 2);
        drop(monitors);
        assert_eq!(monitor_threads(), 0);
    }
    assert!(start.elapsed() < hour / 2, "an interval was waited out");
}
