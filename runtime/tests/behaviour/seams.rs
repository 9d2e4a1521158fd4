//! Threads and drivers that cannot be had: building fails cleanly.

use crate::support::{assert_usable, watched};
use graph_runtime::runtime::Builder;
use graph_runtime::seam::{Seams, StartThread, StdThreads, ThreadHandle, ThreadSpec};
use monitor::ResourceMonitorConfig;
use reactor::Reactor;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Starts threads until none is left, and counts those that are not joined.
struct Limited {
    left: AtomicUsize,
    unjoined: Arc<AtomicUsize>,
}

struct CountsJoin(Box<dyn ThreadHandle>, Arc<AtomicUsize>);

impl ThreadHandle for CountsJoin {
    fn join(self: Box<Self>) {
        self.0.join();
        self.1.fetch_sub(1, Ordering::SeqCst);
    }

    fn is_current(&self) -> bool {
        self.0.is_current()
    }
}

impl StartThread for Limited {
    fn start(
        &self,
        spec: ThreadSpec,
        body: Box<dyn FnOnce() + Send>,
    ) -> io::Result<Box<dyn ThreadHandle>> {
        let take = |left: usize| left.checked_sub(1);
        if self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, take).is_err() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let thread = StdThreads.start(spec, body)?;
        self.unjoined.fetch_add(1, Ordering::SeqCst);
        Ok(Box::new(CountsJoin(thread, Arc::clone(&self.unjoined))))
    }
}

#[test]
fn a_thread_that_cannot_be_started_leaves_nothing_behind() {
    for workers_started in 0..4 {
        for monitored in [false, true] {
            watched(move || {
                let unjoined = Arc::new(AtomicUsize::new(0));
                let alive = Arc::new(());
                let witness = Arc::clone(&alive);
                let threads = Limited {
                    left: AtomicUsize::new(workers_started),
                    unjoined: Arc::clone(&unjoined),
                };
                let seams = Seams {
                    threads: Arc::new(threads),
                    // What the runtime owns is gone when its reactors' maker is.
                    make_reactor: Arc::new(move |_| {
                        let _ = &witness;
                        Reactor::with_mio()
                    }),
                    ..Seams::default()
                };
                let mut builder = Builder::new_multi_thread();
                if monitored {
                    builder.resource_monitor(ResourceMonitorConfig::default());
                }
                let error = builder.worker_threads(4).seams(seams).build().unwrap_err();
                drop(builder);
                assert!(error.is_system() && !error.is_config());
                assert!(error.to_string().contains("a worker"), "{error}");
                assert_eq!(unjoined.load(Ordering::SeqCst), 0, "those that ran were joined");
                assert_eq!(Arc::strong_count(&alive), 1);
            });
        }
    }
}

#[test]
fn a_reactor_that_cannot_be_made_is_reported() {
    for working in 0..3 {
        let made = Arc::new(AtomicUsize::new(0));
        let seams = Seams {
            make_reactor: Arc::new(move |worker| {
                assert_eq!(worker, made.fetch_add(1, Ordering::SeqCst), "one per worker, in order");
                if worker < working { Reactor::with_mio() } else { Err(io::Error::other("none")) }
            }),
            ..Seams::default()
        };
        let mut builder = Builder::new_multi_thread();
        let error = builder.worker_threads(3).seams(seams).build().unwrap_err();
        assert!(error.is_system());
        assert_eq!(error.to_string(), "the system refuses a reactor: none");
    }
}

#[test]
fn supplied_threads_run_the_runtime_and_are_joined() {
    watched(|| {
        let unjoined = Arc::new(AtomicUsize::new(0));
        let threads = Limited { left: AtomicUsize::new(4), unjoined: Arc::clone(&unjoined) };
        let seams = Seams { threads: Arc::new(threads), ..Seams::default() };
        let mut builder = Builder::new_multi_thread();
        let runtime = builder.worker_threads(2).seams(seams).build().unwrap();
        // The third thread is the watch, the fourth the blocking pool's.
        assert_usable(&runtime);
        drop(runtime);
        assert_eq!(unjoined.load(Ordering::SeqCst), 0);
    });
}
