//! Tasks that stay on one worker.
//!
//! ```text
//!   any thread                     Remote of the worker            Local of the worker
//!   wake, spawn_pinned ──push──►  inbox ─────────────── all ────►  pinned queue ─► polled
//!                      ──unpark─► permit of its reactor                 ▲
//!                                         wake on the worker's thread ──┘
//! ```
//!
//! # Protocol
//!
//! 1. Whoever pushes into an inbox unparks its worker afterwards, whether that sleeps or not. The
//!    worker looks at its inbox after every wake-up and once more before each sleep: a push that it
//!    has not seen by then has not left its permit yet, and so ends the sleep.
//! 2. A worker that shuts down first ends every task on its list, and then drops what is queued.
//!    What comes later finds no task that has not ended.
//!
//! # Bounds
//!
//! A task is in an inbox or a queue at most once, so neither is longer than there are tasks.

use super::{Local, Shared};
use crate::context;
use crate::task::{
    Annotation, End, JoinHandle, Keeper, NOWHERE, NoSuchWorker, Pinned, RawTask, Runnable, Stamp,
    TaskList, new_pinned,
};
use primitives::shim::{Mutex, thread};
use scheduler::steal::{Injector, Pushed};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::panic::Location;
use std::sync::Arc;

/// The inbox is looked at on every so many steps, also when there is plenty to do.
const INBOX_INTERVAL: u64 = 32;

/// What others may reach of a worker's pinned tasks.
#[derive(Debug)]
pub(crate) struct Inbox {
    queue: Injector<Runnable>,
    tasks: Mutex<TaskList>,
}

impl Inbox {
    pub(super) fn new() -> Self {
        Self { queue: Injector::new(), tasks: Mutex::new(TaskList::new()) }
    }

    /// Takes a reference to every task that has not ended.
    pub(super) fn pin_all(&self, tasks: &mut Vec<Pinned>) {
        self.tasks.lock().pin_all(tasks);
    }

    /// After the worker has left: takes nothing more in.
    pub(super) fn close(&self) {
        self.queue.close();
        self.drain();
    }

    /// Drops what is queued, all of which has ended. Bounded as
    /// [`Shared::drain_injector`] is.
    fn drain(&self) {
        while let Some(runnable) = self.queue.pop() {
            drop(runnable);
        }
    }
}

/// The part of it that only the worker's own thread touches.
#[derive(Debug, Default)]
pub(super) struct PinnedQueue {
    queue: RefCell<VecDeque<Runnable>>,
    /// Whether the last step was a pinned task's.
    went_last: Cell<bool>,
    /// The number of the thread that the tasks belong to; 0 while there is none. The local part of
    /// a current-thread runtime goes from thread to thread.
    home: Cell<u64>,
}

impl PinnedQueue {
    fn is_empty(&self) -> bool {
        self.queue.borrow().is_empty()
    }

    fn is_home(&self) -> bool {
        let home = self.home.get();
        home == 0 || home == thread::number()
    }

    fn push(&self, runnable: Runnable) {
        self.queue.borrow_mut().push_back(runnable);
    }

    fn pop(&self) -> Option<Runnable> {
        if self.is_empty() || !self.is_home() {
            return None;
        }
        self.home.set(thread::number());
        self.went_last.set(true);
        self.queue.borrow_mut().pop_front()
    }
}

impl Local {
    /// The next task of this worker: a pinned one on every other step, as long as there are both.
    #[inline]
    pub(super) fn next_in_turn(&self) -> Option<Runnable> {
        if self.pinned.is_empty() && !self.ticks.get().is_multiple_of(INBOX_INTERVAL) {
            return self.next().or_else(|| self.next_pinned());
        }
        self.receive();
        if !self.pinned.went_last.replace(false)
            && let Some(runnable) = self.next_pinned()
        {
            return Some(runnable);
        }
        self.next().or_else(|| self.next_pinned())
    }

    fn next_pinned(&self) -> Option<Runnable> {
        self.receive();
        let runnable = self.pinned.pop()?;
        self.from_queue.set(true);
        Some(runnable)
    }

    /// Takes in what others have sent.
    #[inline]
    fn receive(&self) {
        let inbox = &self.remote().inbox.queue;
        if !inbox.is_empty() {
            // Bounded: as many as there are now.
            let arrived = std::iter::from_fn(|| inbox.pop()).take(inbox.len());
            arrived.for_each(|runnable| self.pinned.push(runnable));
        }
    }

    /// Whether there are tasks that this thread alone may poll.
    pub(super) fn has_bound_tasks(&self) -> bool {
        self.pinned.home.get() != 0
    }

    /// How many pinned tasks wait that this worker would run.
    pub(super) fn pinned_waiting(&self) -> usize {
        let own = if self.pinned.is_home() { self.pinned.queue.borrow().len() } else { 0 };
        own + self.remote().inbox.queue.len()
    }

    /// The worker leaves: drops its pinned tasks, on their thread.
    pub(super) fn drain_pinned(&self) {
        let tasks = &self.remote().inbox.tasks;
        // One lock for each: the futures' drops may end, wake and spawn others.
        while let Some(task) = { tasks.lock().take_any() } {
            task.shut_down();
        }
        drop(self.pinned.queue.take());
    }
}

impl Shared {
    /// Starts a task on a worker of this number.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub(crate) fn spawn_pinned<F, Fut>(
        self: &Arc<Self>,
        worker: usize,
        create: F,
        site: &'static Location<'static>,
        label: Option<Annotation>,
    ) -> Result<JoinHandle<Fut::Output>, NoSuchWorker<F>>
    where
        F: FnOnce() -> Fut + Send + 'static,
        Fut: Future + 'static,
        Fut::Output: Send + 'static,
    {
        let Some(remote) = self.remotes.get(worker) else {
            return Err(NoSuchWorker { create, worker, workers: self.remotes.len() });
        };
        let number = remote.inbox.tasks.lock().reserve();
        let keeper = PinnedTo { shared: Arc::clone(self), worker };
        self.outside_tally.count_spawn();
        let number_or_none = number.unwrap_or(NOWHERE);
        let (runnable, handle) = new_pinned(create, keeper, number_or_none, site, label);
        self.hooks.spawned(runnable.task());
        let fill = |number| remote.inbox.tasks.lock().fill(number, runnable.task());
        if number.is_some_and(fill) {
            self.count_queued(&self.other_schedules, &runnable);
            self.send_pinned(worker, runnable);
        } else {
            // The worker has left: the task is cancelled.
            drop(runnable);
        }
        Ok(handle)
    }

    /// Queues a task for the worker that it belongs to, and wakes that.
    fn send_pinned(&self, worker: usize, runnable: Runnable) {
        let remote = &self.remotes[worker];
        match remote.inbox.queue.push(runnable) {
            Pushed::Accepted => remote.reactor.unpark(),
            Pushed::Closed => remote.inbox.drain(),
        }
    }
}

/// A task's way back to its worker.
struct PinnedTo {
    shared: Arc<Shared>,
    worker: usize,
}

impl PinnedTo {
    /// Calls `f` if this is the thread of the task's worker.
    fn at_home<R>(&self, f: impl FnOnce(Option<&Local>) -> R) -> R {
        context::with_worker(&self.shared, |local| {
            f(local.filter(|local| local.index() == self.worker))
        })
    }
}

impl Keeper for PinnedTo {
    fn schedule(&self, runnable: Runnable) {
        self.shared.count_queued(&self.shared.other_schedules, &runnable);
        let strayed = self.at_home(|local| match local {
            Some(local) => {
                local.pinned.push(runnable);
                None
            }
            // Once the runnable is let go nothing else may keep the runtime.
            None => Some((runnable, Arc::clone(&self.shared))),
        });
        if let Some((runnable, shared)) = strayed {
            shared.send_pinned(self.worker, runnable);
        }
    }

    fn requeue(&self, runnable: Runnable) -> Option<Runnable> {
        self.schedule(runnable);
        None
    }

    fn stamp(&self) -> Stamp {
        self.shared.coarse.get()
    }

    fn retire(&self, task: RawTask, number: usize, end: End) {
        if end == End::Panicked {
            self.shared.note_panic();
        }
        self.shared.hooks.terminated(task);
        let is_last = {
            let mut tasks = self.shared.remotes[self.worker].inbox.tasks.lock();
            tasks.remove(number);
            tasks.is_empty()
        };
        self.at_home(|local| match local {
            Some(local) => {
                local.count_end(end);
                if is_last {
                    local.pinned.home.set(0);
                }
            }
            None => self.shared.outside_tally.count_end(end),
        });
    }
}
