//! The part of a set that only its own thread touches.

use super::current;
use super::shared::Shared;
use crate::context;
use crate::runtime::{self, Handle, UnhandledPanic};
use crate::task::coop::budgeted;
use crate::task::list::NOWHERE;
use crate::task::runnable::{End, Runnable, new_listed};
use crate::task::state::{CoarseClock, STOPPED};
use crate::task::{Annotation, JoinHandle};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::panic::Location;
use std::sync::Arc;
use std::task::Waker;

/// Steps in one poll of a set.
const STEPS: u32 = 61;

/// The inbox comes first on every so many steps, and otherwise when the queue is empty.
const INBOX_INTERVAL: u32 = 31;

/// What tasks, and the set itself, use of a set.
pub(super) struct Context {
    shared: Arc<Shared>,
    /// Tasks to be polled; like the inbox no longer than there are tasks.
    queue: RefCell<VecDeque<Runnable>>,
    /// The runtimes that have polled the set, and so know of it: hardly ever more than one.
    known_to: RefCell<Vec<runtime::Id>>,
    steps: Cell<u32>,
    /// Whether the set shuts down when a task panics.
    shuts_down: Cell<bool>,
    /// Whether it has to, for one has.
    panicked: Cell<bool>,
}

impl Context {
    pub(super) fn new() -> Self {
        Self {
            shared: Arc::default(),
            queue: RefCell::default(),
            known_to: RefCell::default(),
            steps: Cell::new(0),
            shuts_down: Cell::new(false),
            panicked: Cell::new(false),
        }
    }

    pub(super) fn is_of(&self, shared: &Arc<Shared>) -> bool {
        Arc::ptr_eq(&self.shared, shared)
    }

    /// Whether no task is left.
    pub(super) fn is_empty(&self) -> bool {
        self.shared.tasks().is_empty()
    }

    /// Has `waker` woken when there is something to do.
    pub(super) fn register(&self, waker: &Waker) {
        self.shared.register(waker);
    }

    /// Adds a task. After [`close`](Self::close) its future is dropped at once.
    pub(super) fn spawn<F>(
        &self,
        future: F,
        site: &'static Location<'static>,
        annotation: Option<Annotation>,
    ) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        let number = self.shared.tasks().reserve();
        let keeper = Arc::clone(&self.shared);
        // SAFETY: this thread has the context, and so is the only one that runs, drops and shuts
        // down tasks of the set before they are complete: rules 1 and 2.
        let (runnable, handle) =
            unsafe { new_listed(future, keeper, number.unwrap_or(NOWHERE), site, annotation) };
        match number {
            Some(number) if self.shared.tasks().fill(number, runnable.task()) => {
                self.push_new(runnable);
            }
            _ => drop(runnable),
        }
        handle
    }

    /// Queues a new task.
    fn push_new(&self, runnable: Runnable) {
        self.push(runnable);
        if !current::running().is_some_and(|running| running.is_of(&self.shared)) {
            self.shared.wake();
        }
    }

    /// Queues a task while the set runs, and so is about to look at the queue.
    pub(super) fn push(&self, runnable: Runnable) {
        self.queue.borrow_mut().push_back(runnable);
    }

    /// The task with this number ends.
    pub(super) fn remove(&self, number: usize, end: End) {
        self.shared.tasks().remove(number);
        if end == End::Panicked && self.shuts_down.get() {
            self.panicked.set(true);
        }
    }

    /// Polls tasks, while the set [runs](current::run). True if there may be more to do.
    ///
    /// # Panics
    ///
    /// If a task has panicked, and the set was told to shut down then.
    pub(super) fn tick(&self) -> bool {
        let in_runtime = context::with_current(|handle| {
            self.enlist(handle);
            self.run_steps(&handle.shared().coarse)
        });
        in_runtime.unwrap_or_else(|| self.run_steps(&STOPPED))
    }

    /// Has the runtime know of the set, for as long as that lives.
    fn enlist(&self, handle: &Handle) {
        let mut known_to = self.known_to.borrow_mut();
        if !known_to.contains(&handle.id()) {
            known_to.push(handle.id());
            handle.shared().local_sets.add(Arc::downgrade(&self.shared));
        }
    }

    fn run_steps(&self, clock: &CoarseClock) -> bool {
        for _ in 0..STEPS {
            self.shut_down_if_panicked();
            let Some(runnable) = self.next() else { return false };
            // A budget for each, and what is left of the whole set's own for whoever polls it.
            if let Some(runnable) = budgeted(|| runnable.run_at(clock)) {
                self.push(runnable);
            }
        }
        self.shut_down_if_panicked();
        true
    }

    /// What a panic of a task means to the others.
    pub(super) fn on_panic(&self, behavior: UnhandledPanic) {
        self.shuts_down.set(behavior == UnhandledPanic::ShutdownRuntime);
    }

    fn shut_down_if_panicked(&self) {
        if self.panicked.get() {
            self.close();
            panic!(
                "a spawned task panicked and the LocalSet is configured to shutdown on unhandled \
                 panic"
            );
        }
    }

    fn next(&self) -> Option<Runnable> {
        let steps = self.steps.get().wrapping_add(1);
        self.steps.set(steps);
        if steps.is_multiple_of(INBOX_INTERVAL) {
            let first = self.shared.pop();
            if first.is_some() {
                return first;
            }
        }
        let mut queue = self.queue.borrow_mut();
        if queue.is_empty() {
            self.shared.move_all_to(&mut queue);
        }
        queue.pop_front()
    }

    /// Drops all tasks, while the set [runs](current::run), and takes no more.
    pub(super) fn close(&self) {
        // One lock for each: the futures' drops may spawn, wake and abort.
        while let Some(task) = { self.shared.tasks().take_any() } {
            task.shut_down();
        }
        // What is queued has ended: dropping it runs nobody's code.
        drop(self.queue.take());
        self.shared.close();
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").finish_non_exhaustive()
    }
}
