//! An idle runtime sleeps: no ticks, no samples.

use crate::support::{PATIENCE, current, multi, until, watched};
use graph_runtime::runtime::{Builder, Runtime};
use graph_runtime::task;
use monitor::ResourceMonitorConfig;
use std::fs;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// Lets `duration` pass without using anything of the runtime's. That nothing happens can only be
/// observed over a time, so a bounded wait cannot be avoided here.
fn let_pass(duration: Duration) {
    let (sender, receiver) = mpsc::channel();
    let timer = thread::spawn(move || {
        thread::sleep(duration);
        sender.send(()).unwrap();
    });
    receiver.recv().unwrap();
    timer.join().unwrap();
}

/// How often threads with names that begin with `prefix` have gone to sleep of their own will.
fn voluntary_switches(prefix: &str) -> Vec<(String, u64)> {
    let mut switches = Vec::new();
    for entry in fs::read_dir("/proc/self/task").unwrap() {
        // A thread of another test may end between the listing and the reading.
        let Ok(status) = fs::read_to_string(entry.unwrap().path().join("status")) else { continue };
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            line.map(|value| value.trim_start_matches(':').trim().to_owned())
        };
        let name = field("Name").unwrap();
        if name.starts_with(prefix) {
            let count = field("voluntary_ctxt_switches").unwrap().parse().unwrap();
            switches.push((name, count));
        }
    }
    switches.sort();
    switches
}

/// The value that `read` settles at: the same twice, some time apart.
fn settled<T: PartialEq>(read: impl Fn() -> T) -> T {
    let start = Instant::now();
    let mut last = read();
    loop {
        let_pass(Duration::from_millis(100));
        let next = read();
        if next == last {
            return next;
        }
        assert!(start.elapsed() < PATIENCE, "it never comes to rest");
        last = next;
    }
}

#[test]
fn the_threads_of_an_idle_runtime_are_not_woken() {
    watched(|| {
        let runtime = Builder::new_multi_thread()
            .worker_threads(3)
            .thread_name("sleeper")
            .thread_keep_alive(Duration::MAX)
            .build()
            .unwrap();
        // Idle, but with everything in use: tasks, a timer far away, a free blocking thread; and
        // the watch over the workers.
        runtime.block_on(runtime.spawn_blocking(|| ())).unwrap();
        for _ in 0..10 {
            drop(runtime.spawn(std::future::pending::<()>()));
            drop(runtime.spawn(async {
                graph_runtime::time::sleep(Duration::from_secs(3600)).await;
            }));
        }
        until("the timers are set", || runtime.handle().metrics().pending_timers == 10);
        until("the workers sleep", || runtime.handle().metrics().awake_workers == 0);
        let before = settled(|| voluntary_switches("sleeper"));
        assert_eq!(before.len(), 5, "{before:?}");
        let_pass(Duration::from_millis(200));
        assert_eq!(voluntary_switches("sleeper"), before);
    });
}

#[test]
fn a_runtime_that_was_never_used_sleeps() {
    watched(|| {
        let runtime = multi(2);
        until("the workers sleep", || runtime.handle().metrics().awake_workers == 0);
    });
}

const INTERVAL: Duration = Duration::from_millis(10);

fn samples(runtime: &Runtime) -> u64 {
    runtime.handle().resource_monitor().unwrap().samples()
}

#[test]
fn the_monitor_samples_while_there_is_work_and_sleeps_otherwise() {
    let with_monitor = |mut builder: Builder| {
        let config = ResourceMonitorConfig { monitoring_interval: INTERVAL, ..Default::default() };
        builder.worker_threads(2).resource_monitor(config).build().unwrap()
    };
    for multi_thread in [true, false] {
        watched(move || {
            let runtime = with_monitor(if multi_thread {
                Builder::new_multi_thread()
            } else {
                Builder::new_current_thread()
            });
            // Idle from the beginning, after work, and after work again.
            for _ in 0..3 {
                let before = settled(|| samples(&runtime));
                let_pass(20 * INTERVAL);
                assert_eq!(samples(&runtime), before, "nothing runs");
                runtime.block_on(async {
                    let handle = graph_runtime::runtime::Handle::current();
                    let busy = graph_runtime::spawn(async move {
                        let sampled = || handle.resource_monitor().unwrap().samples();
                        while sampled() < before + 2 {
                            task::yield_now().await;
                        }
                    });
                    busy.await.unwrap();
                });
            }
        });
    }
}

#[test]
fn without_being_asked_for_there_is_no_monitor() {
    assert!(current().handle().resource_monitor().is_none());
    assert!(multi(1).handle().resource_monitor().is_none());
}
