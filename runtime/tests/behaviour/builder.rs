//! Options that make no sense are refused by name; the others have an effect.

use crate::support::{assert_usable, current, multi, watched};
use graph_runtime::runtime::{BuildError, Builder, RuntimeFlavor};
use monitor::ResourceMonitorConfig;
use std::time::Duration;

/// Builds with one option changed, and expects an error that names it.
fn refused(option: &str, change: impl FnOnce(&mut Builder)) -> BuildError {
    let mut builder = Builder::new_multi_thread();
    change(&mut builder);
    let error = builder.build().expect_err(option);
    assert!(error.is_config() && !error.is_system(), "{error}");
    assert!(error.to_string().contains(option), "{error}");
    error
}

#[test]
fn nonsense_is_refused_by_name() {
    refused("worker_threads", |builder| {
        builder.worker_threads(0);
    });
    refused("worker_threads", |builder| {
        builder.worker_threads(usize::MAX);
    });
    refused("max_blocking_threads", |builder| {
        builder.max_blocking_threads(0);
    });
    refused("global_queue_interval", |builder| {
        builder.global_queue_interval(0);
    });
    refused("event_interval", |builder| {
        builder.event_interval(0);
    });
    refused("name", |builder| {
        builder.name(" ");
    });
    refused("thread_name", |builder| {
        builder.thread_name("a\0b");
    });
    refused("cpu_threshold", |builder| {
        let config = ResourceMonitorConfig { cpu_threshold: -1.0, ..Default::default() };
        builder.resource_monitor(config);
    });
}

#[test]
fn a_current_thread_runtime_ignores_the_number_of_workers() {
    for workers in [0, 1, 100_000] {
        let runtime = Builder::new_current_thread().worker_threads(workers).build().unwrap();
        assert_eq!(runtime.handle().metrics().workers.len(), 1);
    }
}

#[test]
fn extreme_but_sensible_options_work() {
    watched(|| {
        let runtime = Builder::new_multi_thread()
            .worker_threads(16)
            .max_blocking_threads(usize::MAX)
            .thread_name("")
            .thread_stack_size(1)
            .thread_keep_alive(Duration::MAX)
            .global_queue_interval(u32::MAX)
            .event_interval(u32::MAX)
            .build()
            .unwrap();
        assert_usable(&runtime);
        let runtime = Builder::new_current_thread()
            .thread_keep_alive(Duration::ZERO)
            .global_queue_interval(1)
            .event_interval(1)
            .build()
            .unwrap();
        assert_usable(&runtime);
    });
}

#[test]
fn threads_have_their_names() {
    let name = || std::thread::current().name().unwrap_or_default().to_owned();
    let runtime =
        Builder::new_multi_thread().worker_threads(1).thread_name("pregel").build().unwrap();
    assert_eq!(runtime.block_on(runtime.spawn(async move { name() })).unwrap(), "pregel-0");
    let blocking = runtime.block_on(runtime.spawn_blocking(name)).unwrap();
    assert_eq!(blocking, "pregel-blocking-0");
}

#[test]
fn flavors_are_what_they_say() {
    assert_eq!(current().flavor(), RuntimeFlavor::CurrentThread);
    assert_eq!(multi(1).flavor(), RuntimeFlavor::MultiThread);
    let here = std::thread::current().id();
    let task = || async { std::thread::current().id() };
    let runtime = current();
    assert_eq!(runtime.block_on(runtime.spawn(task())).unwrap(), here);
    let runtime = multi(1);
    assert_ne!(runtime.block_on(runtime.spawn(task())).unwrap(), here);
}

#[test]
fn a_builder_builds_again() {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(2);
    for _ in 0..2 {
        assert_usable(&builder.build().unwrap());
    }
    assert_usable(&builder.clone().build().unwrap());
}
