//! The least that a task needs around it.

use crate::Tracked;
use graph_runtime::task::{End, JoinHandle, RawTask, Runnable, Schedule, Slab, new_detached};
use primitives::shim::Mutex;
use primitives::shim::sync::Arc;
use scheduler::steal::LifoSlot;
use std::panic::Location;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Runs a single task: a slab and a queue with room for one.
///
/// The queue is the scheduler's own LIFO slot. It orders no more than production's queues do, and
/// it would notice a task that is queued twice. No thread counts as the slab's owner, so cells go
/// back the long way.
#[derive(Debug, Clone)]
pub struct Yard(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    slot: LifoSlot<Runnable>,
    memory: Mutex<Memory>,
    spawned: AtomicUsize,
    ends: AtomicUsize,
    cells_freed: AtomicUsize,
}

#[derive(Debug)]
enum Memory {
    Unused,
    Open(Slab<InSlab>),
    Closed,
}

impl Yard {
    /// A yard without a task.
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        Self(Arc::new(Inner {
            slot: LifoSlot::new(),
            memory: Mutex::new(Memory::Unused),
            spawned: AtomicUsize::new(0),
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
        let scheduler = || InSlab { yard: self.clone(), uses: Tracked::new(0) };
        let site = Location::caller();
        self.0.spawned.fetch_add(1, Ordering::Relaxed);
        let mut memory = self.0.memory.lock();
        if let Memory::Unused = *memory {
            *memory = Memory::Open(Slab::new(scheduler()));
        }
        let made = match &*memory {
            Memory::Open(slab) => slab.spawn(future, site),
            Memory::Unused | Memory::Closed => Err(future),
        };
        drop(memory);
        match made {
            Ok((runnable, handle)) => {
                self.queue(runnable);
                handle
            }
            Err(future) => new_detached(future, scheduler(), site).1,
        }
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
            if let Some(again) = runnable.run() {
                self.queue(again);
            }
        }
    }

    /// What a runtime does when it goes away.
    pub fn close_and_cancel(&self) {
        if let Memory::Open(slab) = self.close() {
            slab.cancel_all();
        }
    }

    fn close(&self) -> Memory {
        std::mem::replace(&mut *self.0.memory.lock(), Memory::Closed)
    }

    /// How many tasks have neither completed nor been cancelled.
    pub fn live(&self) -> usize {
        self.0.spawned.load(Ordering::Relaxed) - self.ends()
    }

    /// How often a task was said to have ended.
    pub fn ends(&self) -> usize {
        self.0.ends.load(Ordering::Relaxed)
    }

    /// How many task cells were freed. Closes the yard.
    pub fn cells_freed(&self) -> usize {
        drop(self.close());
        self.0.cells_freed.load(Ordering::Relaxed)
    }
}

/// The yard as its slab sees it. It is dropped when the slab is closed and its cell has come back.
#[derive(Debug)]
struct InSlab {
    yard: Yard,
    /// Read when the task is queued or ends, and written when the cells are gone: under loom,
    /// freeing has to come after every use of a cell.
    uses: Tracked,
}

impl Schedule for InSlab {
    fn schedule(&self, runnable: Runnable) {
        self.uses.read();
        let yard = self.yard.clone();
        yard.queue(runnable);
    }

    fn retire(&self, _: RawTask, _: End) {
        self.uses.read();
        self.yard.0.ends.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for InSlab {
    fn drop(&mut self) {
        self.uses.write(1);
        self.yard.0.cells_freed.fetch_add(1, Ordering::Relaxed);
    }
}
