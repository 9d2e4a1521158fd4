//! What travels through the injector.

use super::Local;
use crate::task::Runnable;
use scheduler::steal::QUEUE_CAPACITY;
use std::vec::IntoIter;

/// One task, or those that a full queue had too many, oldest first.
///
/// A batch costs one push and one pop for all its tasks. It is a vector and not a chain through
/// the tasks, because a queue overflows once in so many pushes that the allocation does not show.
#[derive(Debug)]
pub(crate) enum Injected {
    One(Runnable),
    Many(IntoIter<Runnable>),
}

impl Local {
    /// Takes one task from the injector, and brings this worker's share of the rest along.
    pub(super) fn next_injected(&self) -> Option<Runnable> {
        let injector = &self.shared.injector;
        if injector.is_empty() {
            return None;
        }
        let mut taken = 1;
        let first = match injector.pop()? {
            Injected::One(first) => {
                let share = (injector.len() / self.shared.config.workers).min(QUEUE_CAPACITY / 4);
                while taken <= share
                    && self.queue.room() > 0
                    && let Some(more) = injector.pop()
                {
                    taken += self.absorb(more);
                }
                first
            }
            Injected::Many(mut batch) => {
                let first = batch.next().expect("a batch is never empty");
                taken += self.absorb(Injected::Many(batch));
                first
            }
        };
        self.count(|stats| stats.injector_pops += taken as u64);
        self.from_queue.set(true);
        if taken > 1 && self.shared.config.work_stealing {
            // In between, the tasks were in no queue that a worker looks at before it sleeps.
            self.shared.announce();
        }
        Some(first)
    }

    /// Queues what came from the injector behind everything else, and gives back what does not
    /// fit. Returns how many tasks it queued. A single task must fit.
    fn absorb(&self, injected: Injected) -> usize {
        let mut batch = match injected {
            Injected::One(runnable) => {
                self.push_checked(runnable);
                return 1;
            }
            Injected::Many(batch) => batch,
        };
        let fits = batch.len().min(self.queue.room());
        batch.by_ref().take(fits).for_each(|runnable| self.push_checked(runnable));
        if batch.len() > 0 {
            self.shared.inject(Injected::Many(batch));
        }
        fits
    }

    /// Queues a task that fits.
    fn push_checked(&self, runnable: Runnable) {
        if let Err(runnable) = self.queue.push(runnable) {
            unreachable!("room was checked, and only this thread fills it: {runnable:?}");
        }
    }
}
