//! Recording into one worker's shard.

use super::shard::Shard;
use super::snapshot::{Lateness, TaskEnd};
use primitives::biased_lock::BiasedLock;
use std::time::Duration;

/// Where one worker, or a thread that is none, records what happens to tasks.
///
/// Every method takes one lock that only snapshots ever compete for, as long as each worker uses
/// its own recorder: it is biased, so the worker pays next to nothing.
#[derive(Debug, Clone, Copy)]
pub struct Recorder<'a> {
    shard: &'a BiasedLock<Shard>,
}

impl<'a> Recorder<'a> {
    pub(crate) fn new(shard: &'a BiasedLock<Shard>) -> Self {
        Self { shard }
    }

    /// `tasks` were accepted. Has to be recorded before any of them can end, so that no snapshot
    /// shows more ends than submissions.
    pub fn submitted(&self, tasks: u64) {
        self.shard.lock().tasks.submitted += tasks;
    }

    /// `tasks` were refused and handed back.
    pub fn rejected(&self, tasks: u64) {
        self.shard.lock().tasks.rejected += tasks;
    }

    /// A task started, `queue_wait` after it had become ready.
    pub fn started(&self, queue_wait: Duration) {
        self.shard.lock().queue_wait.record(queue_wait);
    }

    /// A task ended. `run_time` is `None` if it never started, `lateness` if it had no deadline.
    pub fn ended(&self, end: TaskEnd, run_time: Option<Duration>, lateness: Option<Lateness>) {
        self.began_and_ended(None, end, run_time, lateness);
    }

    /// A task ended, as with [`ended`](Self::ended), and, unless `queue_wait` is `None`, is only
    /// now recorded to have [started](Self::started): one lock for both.
    pub fn began_and_ended(
        &self,
        queue_wait: Option<Duration>,
        end: TaskEnd,
        run_time: Option<Duration>,
        lateness: Option<Lateness>,
    ) {
        let mut shard = self.shard.lock();
        if let Some(queue_wait) = queue_wait {
            shard.queue_wait.record(queue_wait);
        }
        shard.tasks.count_end(end);
        if let Some(run_time) = run_time {
            shard.run_time.record(run_time);
        }
        match lateness {
            Some(Lateness::Met) => shard.deadlines_met += 1,
            Some(Lateness::Missed(by)) => shard.lateness.record(by),
            None => {}
        }
    }

    /// An attempt has ended that will be followed by another of the same task: how long it had
    /// waited to begin, unless that is known already, and how long it ran.
    pub fn retried(&self, queue_wait: Option<Duration>, run_time: Option<Duration>) {
        let mut shard = self.shard.lock();
        shard.tasks.retried += 1;
        if let Some(queue_wait) = queue_wait {
            shard.queue_wait.record(queue_wait);
        }
        if let Some(run_time) = run_time {
            shard.run_time.record(run_time);
        }
    }
}
