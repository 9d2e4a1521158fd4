//! What is asked of a whole runtime.

use super::Shared;
use crate::task::{Pinned, Runnable};
use primitives::shim::atomic::Ordering;

impl Shared {
    /// A poll was cut short because its budget was used up.
    pub(crate) fn count_forced_yield(&self) {
        // ORDERING: Relaxed; it only counts.
        self.forced_yields.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn forced_yields(&self) -> u64 {
        // ORDERING: Relaxed; it only counts.
        self.forced_yields.load(Ordering::Relaxed)
    }

    /// A thread that is no worker queues a task.
    pub(crate) fn count_remote_schedule(&self, runnable: &Runnable) {
        self.count_queued(&self.remote_schedules, runnable);
    }

    pub(crate) fn remote_schedules(&self) -> u64 {
        self.remote_schedules.count()
    }

    /// A reference to every task that has not ended and that any worker may run.
    pub(crate) fn pin_tasks(&self) -> Vec<Pinned> {
        let mut tasks = Vec::new();
        self.outside.pin_all(&mut tasks);
        for directory in self.remotes.iter().filter_map(|remote| remote.tasks.get()) {
            directory.pin_all(&mut tasks);
        }
        tasks
    }

    /// The same of those that only one worker may run.
    pub(crate) fn pin_pinned_tasks(&self) -> Vec<Pinned> {
        let mut tasks = Vec::new();
        self.remotes.iter().for_each(|remote| remote.inbox.pin_all(&mut tasks));
        tasks
    }

    /// The same of those in sets that stay on one thread.
    pub(crate) fn pin_local_tasks(&self) -> Vec<Pinned> {
        let mut tasks = Vec::new();
        self.local_sets.all().iter().for_each(|set| set.pin_all(&mut tasks));
        tasks
    }

    /// The id of the task that each worker has polled last.
    pub(crate) fn running(&self) -> Vec<u64> {
        self.remotes.iter().map(|remote| remote.post.pulse.polled()).collect()
    }
}
