//! The join counters that an engine keeps by hand if it has no graphs of its own.

use super::shape::Shape;
use std::sync::atomic::{AtomicU32, Ordering};

/// How many dependencies of each task are not done.
#[derive(Debug)]
pub struct Pending {
    counters: Vec<AtomicU32>,
}

impl Pending {
    /// Before the first task.
    pub fn of(shape: &Shape) -> Self {
        let counter = |task| AtomicU32::new(shape.predecessors(task).len() as u32);
        Self { counters: (0..shape.tasks() as u32).map(counter).collect() }
    }

    /// One dependency of `task` is done; whether it was the last.
    #[inline]
    pub fn release(&self, task: u32) -> bool {
        let counter = &self.counters[task as usize];
        // ORDERING: AcqRel, so that the last one sees what all dependencies have done. A counter
        // of 1 belongs to the only one left, who need not lock the bus to say so.
        counter.load(Ordering::Acquire) == 1 || counter.fetch_sub(1, Ordering::AcqRel) == 1
    }
}
