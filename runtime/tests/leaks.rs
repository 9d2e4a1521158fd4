//! A thousand runtimes leave nothing behind: no thread, no descriptor, no task.
//!
//! In a binary of its own, and in one test, because the counts are of the whole process.

use futures_lite::AsyncReadExt;
use graph_runtime::net::{TcpListener, TcpStream};
use graph_runtime::runtime::{Builder, Runtime, RuntimeFlavor};
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
        runtime.spawn(keep(alive.guard())).abort();
        let guard = alive.guard();
        drop(runtime.spawn(async move {
            let _guard = guard;
            accept_for_ever().await;
        }));
        let guard = alive.guard();
        drop(runtime.spawn_blocking(move || {
            std::thread::sleep(Duration::from_millis(2));
            drop(guard);
        }));
    }
    if runtime.flavor() == RuntimeFlavor::MultiThread {
        let guard = alive.guard();
        drop(runtime.spawn(async move {
            let _guard = guard;
            task::block_in_place(|| std::thread::sleep(Duration::from_millis(1)));
            pending::<()>().await;
        }));
    }
    runtime.block_on(task::yield_now());
}

/// Waits for sockets: one side for a connection, and then both for bytes.
async fn accept_for_ever() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (accepted, connected) =
        graph_runtime::join!(listener.accept(), TcpStream::connect(address));
    let (mut accepted, mut connected) = (accepted.unwrap().0, connected.unwrap());
    let mut bytes = ([0; 1], [0; 1]);
    let _ = graph_runtime::join!(accepted.read(&mut bytes.0), connected.read(&mut bytes.1));
    let _ = listener.accept().await;
}

/// Ends it in one of five ways.
fn end(runtime: Runtime, how: usize) {
    match how % 5 {
        0 => drop(runtime),
        1 => runtime.shutdown_timeout(Duration::from_secs(60)),
        2 => runtime.shutdown_timeout(Duration::from_micros(50)),
        3 => runtime.shutdown_background(),
        // By a task of its own, after which nobody can join its threads.
        _ => {
            let handle = runtime.handle().clone();
            drop(handle.spawn(async move { runtime.shutdown_background() }));
        }
    }
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
        if n.is_multiple_of(5) {
            // A current-thread runtime has a thread that watches over it then.
            builder.on_stall(|_| ());
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
        // A task of a current-thread runtime that nobody drives shuts nothing down.
        let is_driven = runtime.flavor() == RuntimeFlavor::MultiThread;
        end(runtime, if is_driven { n / 2 } else { n / 2 % 4 });
    }
    // What was not waited for ends by itself. The wait is bounded so that a leak fails the test
    // instead of hanging it.
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
