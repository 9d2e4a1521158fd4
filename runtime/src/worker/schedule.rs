//! Where a woken task goes, and how a finished one is counted.

use super::{Injected, Shared};
use crate::context;
use crate::task::{Cause, End, RawTask, Runnable, Schedule};
use std::sync::Arc;

impl Schedule for Arc<Shared> {
    /// On a worker of this runtime the task stays with that worker; from anywhere else it goes
    /// through the injector.
    fn schedule(&self, runnable: Runnable, cause: Cause) {
        context::with_worker(self, |local| match (local, cause) {
            (Some(local), Cause::Woken) => local.push_woken(runnable),
            (Some(local), Cause::Yielded) => local.push_back(runnable),
            (None, _) => self.inject(Injected::One(runnable)),
        });
    }

    fn retire(&self, task: RawTask, end: End) -> bool {
        context::with_worker(self, |local| match local {
            Some(local) => self.remotes[local.index()].tally.count_own_end(end),
            None => self.outside.count_end(end),
        });
        self.live.remove(task)
    }
}
