//! Where a woken task goes, and how a finished one is counted.

use super::{Injected, Local, Shared};
use crate::context;
use crate::task::{End, RawTask, Runnable, Schedule, Slab, Stamp};
use scheduler::steal::Urgency;
use std::sync::Arc;

impl Schedule for Arc<Shared> {
    /// On a worker of this runtime the task stays with that worker; from anywhere else it goes
    /// through the injector.
    fn schedule(&self, runnable: Runnable) {
        // The worker keeps the runtime; elsewhere nothing may, once the runnable is let go.
        let strayed = context::with_worker(self, |local| match local {
            Some(local) => {
                local.push_woken(runnable);
                None
            }
            None => Some((runnable, Arc::clone(self))),
        });
        if let Some((runnable, shared)) = strayed {
            shared.count_remote_schedule(&runnable);
            shared.inject(Injected::One(runnable));
        }
    }

    fn schedule_by(&self, runnable: Runnable, urgency: Urgency) {
        // Nothing else may keep the runtime, once the runnable is let go.
        let shared = Arc::clone(self);
        shared.count_queued(&shared.other_schedules, &runnable);
        shared.push_ordered(urgency, runnable);
    }

    fn stamp(&self) -> Stamp {
        self.coarse.get()
    }

    fn retire(&self, task: RawTask, end: End) {
        self.hooks.terminated(task);
        if end == End::Panicked {
            self.note_panic();
        }
        context::with_worker(self, |local| match local {
            Some(local) => local.count_end(end),
            None => self.outside_tally.count_end(end),
        });
    }

    fn with_slab<R>(&self, f: impl FnOnce(Option<&Slab<Self>>) -> R) -> R {
        context::with_worker(self, |local| f(local.map(Local::slab)))
    }
}
