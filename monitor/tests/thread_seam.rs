//! The thread is started by whoever the builder is told, and may fail to.

mod common {
    pub(crate) mod scripted;
}

use common::scripted::{PATIENCE, Scripted};
use graph_runtime_monitor::{ResourceMonitor, ResourceMonitorConfig, Sample};
use primitives::Timestamp;
use std::io;
use std::sync::{Arc, OnceLock, Weak, mpsc};
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
    let slot = Arc::new(OnceLock::<Weak<ResourceMonitor>>::new());
    let (handles, taken) = mpsc::sync_channel::<Arc<ResourceMonitor>>(1);
    let own = Arc::clone(&slot);
    let (sampler, reports) = Scripted::new(move |_, now| {
        // Once the test has handed its handle over, this one is the last.
        if let Ok(monitor) = taken.try_recv() {
            assert!(own.get().is_some_and(|weak| weak.strong_count() == 1));
            drop(monitor);
        }
        Sample::unknown(now)
    });
    let monitor = Arc::new(ResourceMonitor::with_sampler(config(), sampler).expect("starts"));
    slot.set(Arc::downgrade(&monitor)).expect("set once");
    handles.send(monitor).expect("the sampler lives");
    // The thread ends by itself, and drops the sampler with its end of the channel.
    while reports.recv_timeout(PATIENCE).is_ok() {}
    assert!(slot.get().is_some_and(|weak| weak.upgrade().is_none()));
}
