//! tokio, as people run graphs on it: join counters by hand, a task for every node.

use crate::dag::body::Body;
use crate::dag::engine::{Engine, Times};
use crate::dag::pending::Pending;
use crate::dag::shape::Shape;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use tokio::runtime::Builder;
use tokio::sync::Notify;

/// A multi-thread runtime of tokio and atomic counters.
pub struct TokioCounters;

impl Engine for TokioCounters {
    const READS_SHAPE: bool = true;

    fn execute<B: Body>(shape: &'static Shape, body: &'static B, workers: usize) -> Times {
        let runtime = Builder::new_multi_thread().worker_threads(workers).build();
        let runtime = runtime.expect("tokio starts");
        let start = Instant::now();
        // Leaked, because that is kindest to tokio: the count of an `Arc` in every task would be
        // one more thing that all workers write to.
        let run: &'static Run<B> = Box::leak(Box::new(Run {
            shape,
            body,
            pending: Pending::of(shape),
            sinks: AtomicUsize::new(shape.sinks()),
            done: Notify::new(),
        }));
        let build = start.elapsed();
        let start = Instant::now();
        runtime.block_on(async {
            let roots = tokio::spawn(async { shape.roots().for_each(|it| run.spawn(it)) });
            roots.await.expect("it spawns");
            run.done.notified().await;
        });
        Times { build, run: start.elapsed() }
    }
}

struct Run<B: 'static> {
    shape: &'static Shape,
    body: &'static B,
    pending: Pending,
    /// Tasks without successors that are not done.
    sinks: AtomicUsize,
    done: Notify,
}

impl<B: Body> Run<B> {
    fn spawn(&'static self, task: u32) {
        tokio::spawn(async move { self.visit(task) });
    }

    fn visit(&'static self, task: u32) {
        self.body.execute(task);
        let successors = self.shape.successors(task);
        for &successor in successors {
            if self.pending.release(successor) {
                self.spawn(successor);
            }
        }
        if successors.is_empty() && self.sinks.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.done.notify_one();
        }
    }
}
