//! While the runtime is idle, the monitor takes no samples; when it is not, it does.

mod common {
    pub(crate) mod scripted;
}

use common::scripted::{PATIENCE, Scripted};
use graph_runtime_monitor::{ResourceMonitor, ResourceMonitorConfig, Sample};
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::Duration;

fn started() -> (ResourceMonitor, Receiver<u64>) {
    let (sampler, reports) = Scripted::new(|_, now| Sample::unknown(now));
    let interval = Duration::from_millis(10);
    let config = ResourceMonitorConfig { monitoring_interval: interval, ..Default::default() };
    (ResourceMonitor::with_sampler(config, sampler).expect("starts"), reports)
}

#[test]
fn an_idle_monitor_stands_still_while_another_goes_on() {
    let (idle, idle_reports) = started();
    let (busy, busy_reports) = started();
    idle.set_idle(true);
    let taken = idle.samples();
    // The other monitor is the clock: it lives through the intervals that this one sleeps through.
    for _ in 0..30 {
        busy_reports.recv_timeout(PATIENCE).expect("the busy monitor goes on");
    }
    assert!(idle.samples() <= taken + 1, "only one sample can have been under way");
    assert!(busy.samples() >= 29);

    let taken = idle.samples();
    while idle_reports.try_recv().is_ok() {}
    idle.set_idle(false);
    for _ in 0..3 {
        idle_reports.recv_timeout(PATIENCE).expect("the woken monitor goes on");
    }
    assert!(idle.samples() >= taken + 2);
}

#[test]
fn a_flickering_runtime_loses_no_wake_up() {
    let (monitor, reports) = started();
    for _ in 0..50_000 {
        monitor.set_idle(true);
        monitor.set_idle(false);
    }
    while reports.try_recv().is_ok() {}
    reports.recv_timeout(PATIENCE).expect("it ended up awake");
    reports.recv_timeout(PATIENCE).expect("and stays so");
}

#[test]
fn a_stopped_monitor_stays_stopped_and_keeps_its_latest_sample() {
    let (monitor, reports) = started();
    reports.recv_timeout(PATIENCE).expect("the first sample");
    reports.recv_timeout(PATIENCE).expect("the thread's first");
    monitor.stop();
    let (taken, latest) = (monitor.samples(), monitor.latest());
    monitor.set_idle(true);
    monitor.set_idle(false);
    // The thread is gone, and with it the sampler and its end of the channel.
    while reports.try_recv().is_ok() {}
    assert_eq!(reports.try_recv(), Err(TryRecvError::Disconnected));
    assert_eq!(monitor.samples(), taken);
    assert_eq!(monitor.latest(), latest);
}
