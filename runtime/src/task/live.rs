//! The list of live tasks: what a runtime has to drop when it goes away.

use super::cell::Header;
use super::runnable::{RawTask, Schedule, new_live};
use super::{JoinHandle, Runnable};
use primitives::shim::Mutex;
use std::panic::Location;
use std::ptr::NonNull;

/// A task's neighbours in its shard of the list.
#[derive(Debug, Default)]
pub(super) struct Links {
    previous: Option<NonNull<Header>>,
    next: Option<NonNull<Header>>,
    listed: bool,
}

/// All tasks of a runtime that are not complete.
///
/// Sharded by task id, because every spawn and every completion comes by. Each entry owns a
/// reference to its task.
#[derive(Debug)]
pub struct LiveTasks {
    shards: Box<[Mutex<Shard>]>,
}

#[derive(Debug)]
struct Shard {
    head: Option<NonNull<Header>>,
    len: usize,
    closed: bool,
}

// SAFETY: the pointers are to tasks, which may be sent between threads (see RawTask), and each
// entry keeps its task alive.
unsafe impl Send for Shard {}

impl LiveTasks {
    /// An empty list. `shards` is rounded up to a power of two.
    pub fn new(shards: usize) -> Self {
        let shard = || Mutex::new(Shard { head: None, len: 0, closed: false });
        Self { shards: (0..shards.next_power_of_two()).map(|_| shard()).collect() }
    }

    /// Makes a new task and lists it.
    ///
    /// After [`close_and_cancel`](Self::close_and_cancel) there is no runnable: the future is
    /// dropped at once and the handle says cancelled.
    pub fn spawn<F, S>(
        &self,
        future: F,
        scheduler: S,
        site: &'static Location<'static>,
    ) -> (Option<Runnable>, JoinHandle<F::Output>)
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
        S: Schedule,
    {
        let (runnable, task, handle) = new_live(future, scheduler, site);
        if self.shard(task).lock().push(task) {
            return (Some(runnable), handle);
        }
        drop(runnable);
        // SAFETY: the reference meant for the list, which has refused it.
        unsafe { task.release(1) };
        (None, handle)
    }

    /// Takes a task off the list. True if it was on it: its reference is then the caller's.
    #[must_use]
    pub fn remove(&self, task: RawTask) -> bool {
        self.shard(task).lock().remove(task)
    }

    /// How many tasks are listed.
    pub fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.lock().len).sum()
    }

    /// Whether no task is listed.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Refuses new tasks, and drops the future of every listed task that is not being polled at
    /// this moment. Those that are get marked, and whoever polls them drops them.
    ///
    /// Several threads may share the job: each starts at its own shard. Bounded: the list is
    /// closed, so it only gets shorter.
    pub fn close_and_cancel(&self, start: usize) {
        for offset in 0..self.shards.len() {
            let shard = &self.shards[(start + offset) % self.shards.len()];
            shard.lock().closed = true;
            loop {
                // The lock is free again before user code (the future's drop) runs.
                let popped = shard.lock().pop();
                let Some(task) = popped else { break };
                task.shut_down();
                // SAFETY: the entry's reference.
                unsafe { task.release(1) };
            }
        }
    }

    fn shard(&self, task: RawTask) -> &Mutex<Shard> {
        &self.shards[task.id().as_u64() as usize & (self.shards.len() - 1)]
    }
}

impl Shard {
    fn push(&mut self, task: RawTask) -> bool {
        if self.closed {
            return false;
        }
        let ptr = task.ptr();
        with_links(ptr, |links| {
            *links = Links { previous: None, next: self.head, listed: true };
        });
        if let Some(head) = self.head.replace(ptr) {
            with_links(head, |links| links.previous = Some(ptr));
        }
        self.len += 1;
        true
    }

    fn pop(&mut self) -> Option<RawTask> {
        // SAFETY: a listed task is alive.
        let task = unsafe { RawTask::from_ptr(self.head?) };
        self.remove(task);
        Some(task)
    }

    fn remove(&mut self, task: RawTask) -> bool {
        let links = with_links(task.ptr(), std::mem::take);
        if !links.listed {
            return false;
        }
        match links.previous {
            Some(previous) => with_links(previous, |its| its.next = links.next),
            None => self.head = links.next,
        }
        if let Some(next) = links.next {
            with_links(next, |its| its.previous = links.previous);
        }
        self.len -= 1;
        true
    }
}

/// The links of a task whose shard is locked.
fn with_links<R>(task: NonNull<Header>, f: impl FnOnce(&mut Links) -> R) -> R {
    // SAFETY: the task is alive: listed, or held by the caller. Rule 7: the methods of Shard need
    // `&mut self`, so its lock is held.
    unsafe { task.as_ref() }.links.with_mut(|links| f(unsafe { &mut *links }))
}
