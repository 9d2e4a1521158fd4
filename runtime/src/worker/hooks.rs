//! What a runtime's owner wants to be called for.

use crate::runtime::{StallReport, TaskMeta};
use crate::task::{CoarseClock, RawTask, Runnable};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A closure that is told of a task.
pub(crate) type Hook = Arc<dyn Fn(&TaskMeta<'_>) + Send + Sync>;

/// A closure that is told of a stall.
pub(crate) type StallHook = Arc<dyn Fn(&StallReport) + Send + Sync>;

/// The closures that were set. Where none is, that is one look at memory that nobody writes.
#[derive(Clone, Default)]
pub(crate) struct Hooks {
    pub(crate) spawn: Option<Hook>,
    pub(crate) before_poll: Option<Hook>,
    pub(crate) after_poll: Option<Hook>,
    pub(crate) terminate: Option<Hook>,
    pub(crate) stall: Option<StallHook>,
}

impl Hooks {
    /// A task was made, and is not queued yet.
    #[inline]
    pub(super) fn spawned(&self, task: RawTask) {
        if let Some(hook) = &self.spawn {
            hook(&TaskMeta::of(task));
        }
    }

    /// A task is about to say that it has ended.
    #[inline]
    pub(super) fn terminated(&self, task: RawTask) {
        if let Some(hook) = &self.terminate {
            hook(&TaskMeta::of(task));
        }
    }

    /// Whether anybody wants to know about polls.
    pub(super) fn watch_polls(&self) -> bool {
        self.before_poll.is_some() || self.after_poll.is_some()
    }

    /// Runs a task, and tells those who want to know. It was queued for `delay`, if that is known.
    pub(super) fn run(
        &self,
        runnable: Runnable,
        delay: Option<Duration>,
        clock: &CoarseClock,
    ) -> Option<Runnable> {
        if self.watch_polls() {
            self.run_watched(runnable, delay, clock)
        } else {
            runnable.run_at(clock)
        }
    }

    #[cold]
    fn run_watched(
        &self,
        runnable: Runnable,
        delay: Option<Duration>,
        clock: &CoarseClock,
    ) -> Option<Runnable> {
        let task = runnable.task();
        // The task may be gone after the poll.
        let (id, site) = (task.id(), task.site());
        let name = task.annotation().and_then(|annotation| annotation.name.clone());
        let meta = TaskMeta::new(id, site, name.as_deref()).queued_for(delay);
        if let Some(hook) = &self.before_poll {
            hook(&meta);
        }
        let again = runnable.run_at(clock);
        if let Some(hook) = &self.after_poll {
            hook(&meta);
        }
        again
    }
}

impl fmt::Debug for Hooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hooks")
            .field("spawn", &self.spawn.is_some())
            .field("before_poll", &self.before_poll.is_some())
            .field("after_poll", &self.after_poll.is_some())
            .field("terminate", &self.terminate.is_some())
            .field("stall", &self.stall.is_some())
            .finish()
    }
}
