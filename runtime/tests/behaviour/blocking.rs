//! Closures that block: how many at a time, in which order, and how they end.

use crate::support::{Drops, PATIENCE, each_runtime, until, watched};
use graph_runtime::runtime::{Builder, Handle, Runtime};
use graph_runtime::seam::{Seams, StartThread, StdThreads, ThreadHandle, ThreadSpec};
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex, mpsc};
use std::time::Duration;

/// What happens before a thread is started, or why it is not.
type BeforeStart = Box<dyn Fn(&ThreadSpec) -> io::Result<()> + Send + Sync>;

/// Starts real threads, but counts them, and does something before each start.
struct Watched {
    started: AtomicUsize,
    joined: Arc<AtomicUsize>,
    before_start: BeforeStart,
}

impl Watched {
    fn new(
        before_start: impl Fn(&ThreadSpec) -> io::Result<()> + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            started: AtomicUsize::new(0),
            joined: Arc::default(),
            before_start: Box::new(before_start),
        })
    }

    fn counts(&self) -> (usize, usize) {
        (self.started.load(Ordering::SeqCst), self.joined.load(Ordering::SeqCst))
    }

    fn runtime(self: &Arc<Self>, change: impl FnOnce(&mut Builder)) -> Runtime {
        let seams = Seams { threads: Arc::clone(self) as _, ..Seams::default() };
        let mut builder = Builder::new_current_thread();
        change(builder.seams(seams));
        builder.build().unwrap()
    }
}

struct CountsJoin(Box<dyn ThreadHandle>, Arc<AtomicUsize>);

impl ThreadHandle for CountsJoin {
    fn join(self: Box<Self>) {
        self.0.join();
        self.1.fetch_add(1, Ordering::SeqCst);
    }

    fn is_current(&self) -> bool {
        self.0.is_current()
    }
}

impl StartThread for Watched {
    fn start(
        &self,
        spec: ThreadSpec,
        body: Box<dyn FnOnce() + Send>,
    ) -> io::Result<Box<dyn ThreadHandle>> {
        (self.before_start)(&spec)?;
        let thread = StdThreads.start(spec, body)?;
        self.started.fetch_add(1, Ordering::SeqCst);
        Ok(Box::new(CountsJoin(thread, Arc::clone(&self.joined))))
    }
}

#[test]
fn a_closure_gives_its_output_and_may_use_the_runtime() {
    each_runtime(|runtime| {
        let answer = runtime.block_on(async {
            let closure = graph_runtime::task::spawn_blocking(|| {
                let task = graph_runtime::spawn(async { 20 });
                Handle::current().block_on(task).unwrap() + 1
            });
            closure.await.unwrap()
        });
        assert_eq!(answer, 21);
    });
}

#[test]
fn as_many_as_allowed_run_at_once_and_no_more() {
    watched(|| {
        let runtime = Builder::new_current_thread().max_blocking_threads(3).build().unwrap();
        let running = Arc::new(AtomicUsize::new(0));
        let together = Arc::new(Barrier::new(3));
        let tasks: Vec<_> = (0..30)
            .map(|_| {
                let (running, together) = (Arc::clone(&running), Arc::clone(&together));
                runtime.spawn_blocking(move || {
                    let now = running.fetch_add(1, Ordering::SeqCst) + 1;
                    // Three must be running at once, or this waits for ever.
                    together.wait();
                    running.fetch_sub(1, Ordering::SeqCst);
                    now
                })
            })
            .collect();
        for task in tasks {
            assert!(runtime.block_on(task).unwrap() <= 3);
        }
    });
}

#[test]
fn a_single_thread_runs_closures_in_the_order_they_came() {
    watched(|| {
        let threads = Watched::new(|_| Ok(()));
        let runtime = threads.runtime(|builder| {
            builder.max_blocking_threads(1);
        });
        let order = Arc::new(Mutex::new(Vec::new()));
        let tasks: Vec<_> = (0..100)
            .map(|n| {
                let order = Arc::clone(&order);
                runtime.spawn_blocking(move || order.lock().unwrap().push(n))
            })
            .collect();
        for task in tasks {
            runtime.block_on(task).unwrap();
        }
        assert_eq!(*order.lock().unwrap(), (0..100).collect::<Vec<_>>());
        drop(runtime);
        assert_eq!(threads.counts(), (1, 1), "one thread did it all");
    });
}

#[test]
fn threads_without_work_leave_and_are_joined_when_the_next_one_starts() {
    watched(|| {
        let threads = Watched::new(|_| Ok(()));
        let runtime = threads.runtime(|builder| {
            builder.thread_keep_alive(Duration::ZERO).max_blocking_threads(2);
        });
        for round in 0..200 {
            runtime.block_on(runtime.spawn_blocking(|| ())).unwrap();
            let (started, joined) = threads.counts();
            // Two may be about to leave, two may have left since the last start.
            assert!(started - joined <= 4, "round {round}: {started} started, {joined} joined");
        }
        drop(runtime);
        let (started, joined) = threads.counts();
        assert_eq!(started, joined);
        assert!(started > 1, "a keep-alive of zero ends threads");
    });
}

#[test]
fn a_thread_that_is_kept_alive_is_used_again() {
    watched(|| {
        let threads = Watched::new(|_| Ok(()));
        let runtime = threads.runtime(|builder| {
            builder.thread_keep_alive(Duration::MAX).max_blocking_threads(1);
        });
        for _ in 0..200 {
            runtime.block_on(runtime.spawn_blocking(|| ())).unwrap();
        }
        assert_eq!(threads.counts(), (1, 0));
        drop(runtime);
        assert_eq!(threads.counts(), (1, 1), "an endless keep-alive ends with the runtime");
    });
}

#[test]
fn a_panic_becomes_a_join_error_and_the_thread_goes_on() {
    watched(|| {
        let threads = Watched::new(|_| Ok(()));
        let runtime = threads.runtime(|builder| {
            builder.max_blocking_threads(1);
        });
        let error = runtime.block_on(runtime.spawn_blocking(|| panic!("boom"))).unwrap_err();
        assert!(error.is_panic() && error.to_string().contains("boom"));
        assert_eq!(runtime.block_on(runtime.spawn_blocking(|| 1)).unwrap(), 1);
        assert_eq!(threads.counts().0, 1);
    });
}

#[test]
fn a_closure_that_waits_for_a_thread_can_be_aborted() {
    watched(|| {
        let runtime = Builder::new_current_thread().max_blocking_threads(1).build().unwrap();
        let (go_on, waiting) = mpsc::channel();
        let (inside, started) = mpsc::channel();
        let running = runtime.spawn_blocking(move || {
            inside.send(()).unwrap();
            waiting.recv().unwrap();
            "ran to its end"
        });
        started.recv().unwrap();
        let drops = Drops::default();
        let guard = drops.guard();
        let queued = runtime.spawn_blocking(move || {
            let _guard = guard;
            unreachable!("it was aborted while it waited");
        });
        queued.abort();
        running.abort();
        go_on.send(()).unwrap();
        assert_eq!(runtime.block_on(running).unwrap(), "ran to its end");
        assert!(runtime.block_on(queued).unwrap_err().is_cancelled());
        assert_eq!(drops.count(), 1);
    });
}

#[test]
fn shutting_down_waits_for_what_runs_and_cancels_what_is_queued() {
    watched(|| {
        for mut builder in [Builder::new_current_thread(), Builder::new_multi_thread()] {
            let runtime = builder.max_blocking_threads(1).worker_threads(2).build().unwrap();
            let handle = runtime.handle().clone();
            let drops = Drops::default();
            let (ran, queued) = (drops.guard(), drops.guard());
            let (inside, started) = mpsc::channel();
            let (go_on, waiting) = mpsc::channel::<()>();
            let running = runtime.spawn_blocking(move || {
                inside.send(()).unwrap();
                waiting.recv_timeout(PATIENCE).unwrap();
                drop(ran);
                7
            });
            started.recv().unwrap();
            let queued = runtime.spawn_blocking(move || drop(queued));
            let helper = std::thread::spawn(move || {
                until("the runtime closes", || queued.is_finished());
                go_on.send(()).unwrap();
                queued
            });
            drop(runtime);
            assert_eq!(drops.count(), 2);
            assert_eq!(handle.block_on(running).unwrap(), 7);
            let queued = helper.join().unwrap();
            assert!(handle.block_on(queued).unwrap_err().is_cancelled());
        }
    });
}

#[test]
fn a_thread_that_is_just_being_started_is_joined_as_well() {
    watched(|| {
        let (in_start, starting) = mpsc::channel();
        let (open, gate) = mpsc::channel::<()>();
        let (in_start, gate) = (Mutex::new(in_start), Mutex::new(gate));
        let threads = Watched::new(move |_| {
            in_start.lock().unwrap().send(()).unwrap();
            gate.lock().unwrap().recv().unwrap();
            Ok(())
        });
        let runtime = threads.runtime(|_| {});
        let handle = runtime.handle().clone();
        let spawner = std::thread::spawn(move || handle.spawn_blocking(|| ()));
        starting.recv().unwrap();
        let handle = runtime.handle().clone();
        let opener = std::thread::spawn(move || {
            // Refused closures mean that the runtime is being dropped.
            until("the runtime closes", || handle.spawn(async {}).is_finished());
            open.send(()).unwrap();
        });
        drop(runtime);
        assert_eq!(threads.counts(), (1, 1));
        drop(spawner.join().unwrap());
        opener.join().unwrap();
    });
}

#[test]
fn if_no_thread_can_be_started_the_caller_is_told() {
    watched(|| {
        let refusals = Arc::new(AtomicUsize::new(2));
        let left = Arc::clone(&refusals);
        let threads = Watched::new(move |_| {
            let refuse =
                left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1));
            refuse.map_or(Ok(()), |_| Err(io::ErrorKind::WouldBlock.into()))
        });
        let runtime = threads.runtime(|_| {});
        let drops = Drops::default();
        for refused in 1..=2 {
            let guard = drops.guard();
            let spawn = || runtime.spawn_blocking(move || drop(guard));
            let spawned = std::panic::catch_unwind(std::panic::AssertUnwindSafe(spawn));
            assert_eq!(drops.count(), refused, "a refused closure does not stay in the queue");
            let message = *spawned.expect_err("refused").downcast::<String>().unwrap();
            assert!(message.contains("refuses to start a blocking thread"), "{message}");
        }
        // Nothing of it is left behind.
        assert_eq!(runtime.block_on(runtime.spawn_blocking(|| 4)).unwrap(), 4);
        drop(runtime);
        assert_eq!(threads.counts(), (1, 1));
    });
}
