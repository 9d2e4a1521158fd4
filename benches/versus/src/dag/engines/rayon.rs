//! rayon, as people run graphs on it: join counters by hand, a job for every node.

use crate::dag::body::Body;
use crate::dag::engine::{Engine, Times};
use crate::dag::pending::Pending;
use crate::dag::shape::Shape;
use rayon::{Scope, ThreadPoolBuilder};
use std::time::Instant;

/// A scope of a rayon pool and atomic counters.
pub struct Rayon;

impl Engine for Rayon {
    const READS_SHAPE: bool = true;

    fn execute<B: Body>(shape: &'static Shape, body: &'static B, workers: usize) -> Times {
        let pool = ThreadPoolBuilder::new().num_threads(workers).build().expect("rayon starts");
        let start = Instant::now();
        let run = &Run { shape, body, pending: Pending::of(shape) };
        let build = start.elapsed();
        let start = Instant::now();
        pool.scope(|scope| {
            for root in shape.roots() {
                scope.spawn(move |scope| run.visit(scope, root));
            }
        });
        Times { build, run: start.elapsed() }
    }
}

struct Run<B: 'static> {
    shape: &'static Shape,
    body: &'static B,
    pending: Pending,
}

impl<B: Body> Run<B> {
    fn visit<'scope>(&'scope self, scope: &Scope<'scope>, task: u32) {
        self.body.execute(task);
        for &successor in self.shape.successors(task) {
            if self.pending.release(successor) {
                scope.spawn(move |scope| self.visit(scope, successor));
            }
        }
    }
}
