//! The thread is started by whoever the builder is told, and may fail to.

mod common {
    pub(crate) mod scripted;
}

use common::scripted::{PATIENCE, Scripted};
use graph_runtime_monitor::{ResourceMonitor, ResourceMonitorConfig, Sample};
use primitives::Timestamp;
use std::io;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

fn config() -> ResourceMonitorConfig {
    let interval = Duration::from_millis(10);
    ResourceMonitorConfig { monitoring_interval: interval, ..Default::default() }
}

#[test]
fn the_seams_are_used() {
    let (names, started) = mpsc::channel();
    let (sampler, reports) = Scripted::new(|_, now| Sample::unknown(now));
    let monitor = ResourceMonitor::builder(config())
        .sampler(sampler)
        .clock(|| Timestamp::from_nanos(42))
        .thread_start(move |name, work| {
            names.send(name).expect("the test waits");
            thread::Builder::new().name("mine".into()).spawn(work)
        })
        .start()
        .expect("starts");
    assert_eq!(started.recv(), Ok("graph-monitor"));
    for _ in 0..3 {
        reports.recv_timeout(PATIENCE).expect("samples on the thread it was given");
    }
    assert_eq!(monitor.latest().at, Timestamp::from_nanos(42));
}

#[test]
fn a_thread_that_cannot_start_is_an_error_with_its_source() {
    let builder = ResourceMonitor::builder(config());
    let refuse = |_, _| Err(io::Error::from(io::ErrorKind::WouldBlock));
    let error = builder.thread_start(refuse).start().expect_err("must fail");
    assert!(error.is_thread_start() && !error.is_invalid_config());
    assert!(std::error::Error::source(&error).is_some());
    assert!(error.to_string().contains("graph-monitor"), "{error}");
}

#[test]
fn a_sampler_may_drop_the_last_handle_of_its_own_monitor() {
    let (handles, taken) = mpsc::sync_channel::<ResourceMonitor>(1);
    let (done, dropped) = mpsc::channel();
    let (sampler, reports) = Scripted::new(move |_, now| {
        if let Ok(monitor) = taken.try_recv() {
            drop(monitor);
            done.send(()).expect("the test waits");
        }
        Sample::unknown(now)
    });
    let monitor = ResourceMonitor::with_sampler(config(), sampler).expect("starts");
    handles.send(monitor).expect("the sampler lives");
    dropped.recv_timeout(PATIENCE).expect("dropping it there neither blocks nor panics");
    let ended = loop {
        if let Err(error) = reports.recv_timeout(PATIENCE) {
            break error;
        }
    };
    assert_eq!(ended, RecvTimeoutError::Disconnected, "the thread goes, and the sampler with it");
}
