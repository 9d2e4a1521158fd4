//! The join counters that an engine keeps by hand if it has no graphs of its own.

use super::shape::Shape;
use std::sync::atomic::{AtomicU32, Ordering};

/// How many dependencies of each task are not done.
#[derive(Debug)]
pub struct Pending {
    shape: &'static Shape,
    counters: Vec<AtomicU32>,
}

impl Pending {
    /// Before the first task.
    pub fn of(shape: &'static Shape) -> Self {
        let counter = |task| AtomicU32::new(shape.predecessors(task).len() as u32);
        Self { shape, counters: (0..shape.tasks() as u32).map(counter).collect() }
    }

    /// One dependency of `task` is done; whether it was the last. An only one does not touch the
    /// counter, and several touch it once each: looking at it first would cost those that meet
    /// there a second transfer of the cache line.
    #[inline]
    pub fn release(&self, task: u32) -> bool {
        // ORDERING: AcqRel, so that the last one sees what all dependencies have done.
        self.shape.predecessors(task).len() == 1
            || self.counters[task as usize].fetch_sub(1, Ordering::AcqRel) == 1
    }
}
