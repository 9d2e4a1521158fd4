//! The least that a task needs around it.

use crate::Tracked;
use graph_runtime::task::{Cause, End, JoinHandle, LiveTasks, RawTask, Runnable, Schedule};
use primitives::shim::sync::Arc;
use scheduler::steal::LifoSlot;
use std::panic::Location;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Runs a single task: a list of live tasks and a queue with room for one.
///
/// The queue is the scheduler's own LIFO slot. It orders no more than production's queues do, and
/// it would notice a task that is queued twice.
#[derive(Debug, Clone)]
pub struct Yard(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    slot: LifoSlot<Runnable>,
    live: LiveTasks,
    ends: AtomicUsize,
    cells_freed: AtomicUsize,
}

impl Yard {
    /// A yard without a task.
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        Self(Arc::new(Inner {
            slot: LifoSlot::new(),
            // One shard: ids go on from one execution to the next, and loom's have to be alike.
            live: LiveTasks::new(1),
            ends: AtomicUsize::new(0),
            cells_freed: AtomicUsize::new(0),
        }))
    }

    /// Starts the yard's task.
    pub fn spawn<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let scheduler = InCell { yard: self.clone(), uses: Tracked::new(0) };
        let (runnable, handle) = self.0.live.spawn(future, scheduler, Location::caller());
        if let Some(runnable) = runnable {
            self.queue(runnable);
        }
        handle
    }

    fn queue(&self, runnable: Runnable) {
        assert!(self.0.slot.put(runnable).is_none(), "the task is in the queue already");
    }

    /// Takes the task out of the queue, if it is there, without running it.
    pub fn take(&self) -> Option<Runnable> {
        self.0.slot.take()
    }

    /// Runs the task for as long as it is in the queue.
    pub fn run_all(&self) {
        while let Some(runnable) = self.take() {
            runnable.run();
        }
    }

    /// What a runtime does when it goes away.
    pub fn close_and_cancel(&self) {
        self.0.live.close_and_cancel(0);
    }

    /// How many tasks have neither completed nor been cancelled.
    pub fn live(&self) -> usize {
        self.0.live.len()
    }

    /// How often a task was said to have ended.
    pub fn ends(&self) -> usize {
        self.0.ends.load(Ordering::Relaxed)
    }

    /// How many task cells were freed.
    pub fn cells_freed(&self) -> usize {
        self.0.cells_freed.load(Ordering::Relaxed)
    }
}

/// The yard as its task's cell sees it. It is dropped with the cell.
struct InCell {
    yard: Yard,
    /// Read when the task is queued and written when the cell is freed: under loom, freeing has
    /// to come after every use of the cell.
    uses: Tracked,
}

impl Schedule for InCell {
    fn schedule(&self, runnable: Runnable, _: Cause) {
        self.yard.queue(runnable);
        self.uses.read();
    }

    fn retire(&self, task: RawTask, _: End) -> bool {
        self.yard.0.ends.fetch_add(1, Ordering::Relaxed);
        self.yard.0.live.remove(task)
    }
}

impl Drop for InCell {
    fn drop(&mut self) {
        self.uses.write(1);
        self.yard.0.cells_freed.fetch_add(1, Ordering::Relaxed);
    }
}
