//! How a worker starts tasks that say something about themselves, and when it runs those that are
//! more, or less, urgent than ordinary ones.

use super::{Local, Shared};
use crate::task::{Annotation, JoinHandle, Runnable};
use scheduler::steal::{Holding, Urgency};
use std::panic::Location;

/// After so many urgent tasks in a row an ordinary one has its turn, if there is one.
const URGENT_STREAK: u32 = 31;

/// On every so many steps a task of low priority comes first.
const DEFERRABLE_INTERVAL: u64 = 127;

impl Local {
    /// Makes a task with something to say, and queues it by its urgency.
    ///
    /// # Errors
    ///
    /// After the shutdown the future comes back.
    pub(crate) fn spawn_annotated<F>(
        &self,
        future: F,
        site: &'static Location<'static>,
        annotation: Annotation,
    ) -> Result<JoinHandle<F::Output>, F>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let order = annotation.order();
        let (runnable, handle) = self.slab().spawn_annotated(future, site, annotation)?;
        self.count_spawn(&runnable);
        match order {
            Some(urgency) => {
                self.shared.count_queued(&self.shared.other_schedules, &runnable);
                self.shared.push_ordered(urgency, runnable);
            }
            None => self.push_woken(runnable),
        }
        Ok(handle)
    }

    /// The next task if it is not to be an ordinary one, while such tasks wait.
    #[cold]
    pub(super) fn next_ordered(&self, holding: Holding) -> Option<Runnable> {
        if holding.is_deferrable() && self.ticks.get().is_multiple_of(DEFERRABLE_INTERVAL) {
            return self.next_deferrable();
        }
        if !holding.is_urgent() {
            return None;
        }
        let (streak, last) = self.urgent_streak.get();
        let now = self.ticks.get();
        let streak = if last + 1 == now { streak } else { 0 };
        if streak >= URGENT_STREAK
            && let Some(runnable) = self.next_ordinary()
        {
            return Some(runnable);
        }
        let runnable = self.shared.ordered.pop_urgent()?;
        self.urgent_streak.set((streak + 1, now));
        self.from_queue.set(true);
        Some(runnable)
    }

    /// A task of low priority, now that there is nothing else, or its turn has come.
    pub(super) fn next_deferrable(&self) -> Option<Runnable> {
        if !self.shared.ordered.holding().is_deferrable() {
            return None;
        }
        let runnable = self.shared.ordered.pop_deferrable()?;
        self.from_queue.set(true);
        Some(runnable)
    }
}

impl Shared {
    /// Queues a task by its urgency.
    pub(crate) fn push_ordered(&self, urgency: Urgency, runnable: Runnable) {
        match self.ordered.push(urgency, runnable) {
            Ok(()) => self.announce(),
            Err(refused) => drop(refused),
        }
    }

    /// Cancels whatever is queued by its urgency.
    pub(super) fn drain_ordered(&self) {
        self.ordered.close();
        let next = || self.ordered.pop_urgent().or_else(|| self.ordered.pop_deferrable());
        while let Some(runnable) = next() {
            drop(runnable);
        }
    }
}
