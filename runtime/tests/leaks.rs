//! A thousand runtimes leave nothing behind: no thread, no descriptor, no task.
//!
//! In a binary of its own, and in one test, because the counts are of the whole process.

use graph_runtime::runtime::{Builder, Runtime};
use graph_runtime::{spawn, task, time};
use std::fs;
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const RUNTIMES: usize = 1_000;

fn entries(directory: &str) -> usize {
    // The listing itself holds one descriptor, in every count alike.
    fs::read_dir(directory).unwrap().count()
}

/// Counts futures, closures and outputs that exist.
#[derive(Clone, Default)]
struct Alive(Arc<AtomicUsize>);

struct Guard(Alive);

impl Alive {
    fn guard(&self) -> Guard {
        self.0.fetch_add(1, Ordering::SeqCst);
        Guard(self.clone())
    }

    fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        (self.0.0).fetch_sub(1, Ordering::SeqCst);
    }
}

/// Tasks in every state that a shutdown may meet.
fn make_busy(runtime: &Runtime, alive: &Alive) {
    let keep = |guard: Guard| async move {
        let _guard = guard;
        pending::<()>().await;
    };
    for _ in 0..3 {
        drop(runtime.spawn(keep(alive.guard())));
        let guard = alive.guard();
        drop(runtime.spawn(async move {
            let _guard = guard;
            loop {
                task::yield_now().await;
            }
        }));
        let guard = alive.guard();
        drop(runtime.spawn(async move {
            time::sleep(Duration::from_secs(60)).await;
            drop(guard);
        }));
        let [inner, outer] = [alive.guard(), alive.guard()];
        drop(runtime.spawn(async move {
            let _outer = outer;
            let _ = spawn(keep(inner)).await;
        }));
        let guard = alive.guard();
        drop(runtime.spawn_blocking(move || drop(guard)));
        let guard = alive.guard();
        drop(runtime.spawn(async move { guard }));
        let guard = alive.guard();
        drop(runtime.spawn(async move {
            let _guard = guard;
            panic!("one of many");
        }));
    }
    runtime.block_on(task::yield_now());
}

#[test]
fn a_thousand_runtimes_leave_nothing_behind() {
    // The panics above are meant, and three thousand reports help nobody.
    std::panic::set_hook(Box::new(|info| {
        if info.payload().downcast_ref::<&str>() != Some(&"one of many") {
            eprintln!("{info}");
        }
    }));
    let alive = Alive::default();
    let build = |n: usize| {
        let mut builder = Builder::new_multi_thread();
        if n.is_multiple_of(3) {
            builder = Builder::new_current_thread();
        }
        let runtime = builder.worker_threads(1 + n % 2).build().unwrap();
        if !n.is_multiple_of(2) {
            make_busy(&runtime, &alive);
        }
        runtime
    };
    // What std and the test harness open for good is open after the first.
    drop(build(1));
    let (threads, descriptors) = (entries("/proc/self/task"), entries("/proc/self/fd"));
    for n in 0..RUNTIMES {
        let runtime = build(n);
        if n % 10 == 5 && n % 3 != 0 {
            // Shut down by a task of its own, after which nobody can join its threads.
            let handle = runtime.handle().clone();
            drop(handle.spawn(async move { runtime.shutdown_background() }));
        } else {
            drop(runtime);
        }
    }
    // The threads of the runtimes that dropped themselves end by themselves. The wait is bounded
    // so that a leak fails the test instead of hanging it.
    let start = Instant::now();
    loop {
        let left = (entries("/proc/self/task"), entries("/proc/self/fd"), alive.count());
        if left == (threads, descriptors, 0) {
            break;
        }
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "(threads, descriptors, tasks): {left:?}, before: {:?}",
            (threads, descriptors, 0),
        );
        std::thread::yield_now();
    }
}
