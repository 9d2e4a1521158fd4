//! The part of a set that the wakers of its tasks reach from any thread.

use super::current;
use crate::context;
use crate::task::list::TaskList;
use crate::task::place::Keeper;
use crate::task::runnable::{End, Pinned, RawTask, Runnable};
use crate::task::state::Stamp;
use primitives::biased_lock::{BiasedGuard, BiasedLock};
use primitives::shim::Mutex;
use std::collections::VecDeque;
use std::mem;
use std::sync::Arc;
use std::task::Waker;

/// The inbox of a set, and its live tasks for whoever looks at them.
#[derive(Debug)]
pub(crate) struct Shared {
    inbox: Mutex<Inbox>,
    /// The set's thread uses it with every task, others for a dump.
    tasks: BiasedLock<TaskList>,
}

impl Default for Shared {
    fn default() -> Self {
        Self { inbox: Mutex::default(), tasks: BiasedLock::new(TaskList::new()) }
    }
}

#[derive(Debug, Default)]
struct Inbox {
    /// A task is in here at most once, so it is no longer than there are tasks.
    queue: VecDeque<Runnable>,
    /// Whoever polls the set, until it is woken.
    waker: Option<Waker>,
    closed: bool,
}

impl Shared {
    /// Queues a task from outside of the set, and has the set polled.
    fn push(&self, runnable: Runnable) {
        let mut inbox = self.inbox.lock();
        if inbox.closed {
            // It has ended (rule 2).
            drop(inbox);
            return drop(runnable);
        }
        inbox.queue.push_back(runnable);
        let waker = inbox.waker.take();
        drop(inbox);
        wake(waker);
    }

    /// The live tasks. No user code runs while they are locked.
    pub(super) fn tasks(&self) -> BiasedGuard<'_, TaskList> {
        self.tasks.lock()
    }

    /// Takes a reference to each live task.
    pub(crate) fn pin_all(&self, tasks: &mut Vec<Pinned>) {
        self.tasks().pin_all(tasks);
    }

    /// Has the set polled.
    pub(super) fn wake(&self) {
        let waker = self.inbox.lock().waker.take();
        wake(waker);
    }

    /// Has `waker` woken when there is something to do.
    pub(super) fn register(&self, waker: &Waker) {
        let is_same = |stored: &Waker| stored.will_wake(waker);
        if self.inbox.lock().waker.as_ref().is_some_and(is_same) {
            return;
        }
        let waker = Some(waker.clone());
        let replaced = mem::replace(&mut self.inbox.lock().waker, waker);
        drop(replaced);
    }

    /// The first of those that wait in the inbox.
    pub(super) fn pop(&self) -> Option<Runnable> {
        self.inbox.lock().queue.pop_front()
    }

    /// Moves all that waits in the inbox to a queue that is empty.
    pub(super) fn move_all_to(&self, queue: &mut VecDeque<Runnable>) {
        mem::swap(&mut self.inbox.lock().queue, queue);
    }

    /// Takes no more. All tasks have ended.
    pub(super) fn close(&self) {
        let mut inbox = self.inbox.lock();
        inbox.closed = true;
        let (queue, waker) = (mem::take(&mut inbox.queue), inbox.waker.take());
        drop(inbox);
        drop((queue, waker));
    }
}

fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}

impl Keeper for Arc<Shared> {
    fn schedule(&self, runnable: Runnable) {
        match current::running().filter(|running| running.is_of(self)) {
            Some(context) => context.push(runnable),
            None => {
                // Once the runnable is let go nothing else may keep it.
                let shared = Self::clone(self);
                shared.push(runnable);
            }
        }
    }

    fn stamp(&self) -> Stamp {
        context::with_current(|handle| handle.shared().coarse.get()).unwrap_or_default()
    }

    fn retire(&self, _: RawTask, number: usize, end: End) {
        // Otherwise the set is being dropped on a thread that is ending, and its list is closed.
        if let Some(context) = current::running().filter(|running| running.is_of(self)) {
            context.remove(number, end);
        }
    }
}
