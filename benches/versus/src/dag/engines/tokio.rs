//! tokio, as people run graphs on it: join counters by hand, a task for every node.

use crate::dag::body::Body;
use crate::dag::engine::{Engine, Times};
use crate::dag::pending::Pending;
use crate::dag::shape::Shape;
use std::sync::Arc;
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
        let run = Run {
            shape,
            body,
            pending: Pending::of(shape),
            sinks: AtomicUsize::new(shape.sinks()),
            done: Notify::new(),
        };
        // Tasks refer to it; it is given back when all of them are gone.
        let run = Arc::new(run);
        let build = start.elapsed();
        let start = Instant::now();
        runtime.block_on(async {
            let all = Arc::clone(&run);
            let roots =
                tokio::spawn(async move { all.shape.roots().for_each(|it| spawn(&all, it)) });
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

fn spawn<B: Body>(run: &Arc<Run<B>>, task: u32) {
    let run = Arc::clone(run);
    tokio::spawn(async move {
        run.body.execute(task);
        let successors = run.shape.successors(task);
        for &successor in successors {
            if run.pending.release(successor) {
                spawn(&run, successor);
            }
        }
        if successors.is_empty() && run.sinks.fetch_sub(1, Ordering::AcqRel) == 1 {
            run.done.notify_one();
        }
    });
}
