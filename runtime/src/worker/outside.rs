//! The tasks that are spawned by threads that are no workers.

use super::Shared;
use crate::task::{Annotation, JoinHandle, Pinned, Runnable, Slab};
use primitives::shim::{CachePadded, Mutex};
use std::cell::Cell;
use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Slabs for whoever has none of its own, each behind a lock. A thread always uses the same one.
#[derive(Debug)]
pub(crate) struct Outside {
    shards: Box<[CachePadded<Mutex<Shard>>]>,
}

/// A slab keeps its runtime, so there is one only from the first task to the shutdown.
#[derive(Debug)]
enum Shard {
    Unused,
    Open(Slab<Arc<Shared>>),
    Closed,
}

thread_local! {
    static NUMBER: Cell<Option<usize>> = const { Cell::new(None) };
}

/// The number of this thread, among those that have asked.
fn thread_number() -> usize {
    /// A plain `std` atomic: nothing is published through it.
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    // ORDERING: Relaxed; the numbers only spread the load.
    let draw = || NEXT.fetch_add(1, Ordering::Relaxed);
    let number = NUMBER.try_with(|number| match number.get() {
        Some(known) => known,
        None => {
            let drawn = draw();
            number.set(Some(drawn));
            drawn
        }
    });
    // A thread whose locals are gone shares with anybody.
    number.unwrap_or(0)
}

impl Outside {
    /// `shards` slabs, none of them made yet.
    pub(crate) fn new(shards: usize) -> Self {
        let shard = |_| CachePadded::new(Mutex::new(Shard::Unused));
        Self { shards: (0..shards).map(shard).collect() }
    }

    /// Makes a task.
    ///
    /// # Errors
    ///
    /// After [`close`](Self::close) the future comes back.
    pub(crate) fn spawn<F>(
        &self,
        shared: &Arc<Shared>,
        future: F,
        site: &'static Location<'static>,
        annotation: Option<Annotation>,
    ) -> Result<(Runnable, JoinHandle<F::Output>), F>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let mut shard = self.shards[thread_number() % self.shards.len()].lock();
        if let Shard::Unused = *shard {
            *shard = Shard::Open(Slab::new(Arc::clone(shared)));
        }
        match (&*shard, annotation) {
            (Shard::Open(slab), None) => slab.spawn(future, site),
            (Shard::Open(slab), Some(annotation)) => slab.spawn_annotated(future, site, annotation),
            (Shard::Unused | Shard::Closed, _) => Err(future),
        }
    }

    /// Pins every task.
    pub(crate) fn pin_all(&self, tasks: &mut Vec<Pinned>) {
        for shard in &self.shards {
            let directory = match &*shard.lock() {
                Shard::Open(slab) => Arc::clone(slab.directory()),
                Shard::Unused | Shard::Closed => continue,
            };
            directory.pin_all(tasks);
        }
    }

    /// Cancels every task, and makes none from now on.
    pub(crate) fn close(&self) {
        for shard in &self.shards {
            let shard = std::mem::replace(&mut *shard.lock(), Shard::Closed);
            // The lock is free again before user code (the futures' drops) runs.
            if let Shard::Open(slab) = shard {
                slab.cancel_all();
            }
        }
    }
}
