//! What is told of tasks, while they run or wait.

use super::Core;
use crate::executor::Explanation;
use crate::worker::{NotBegun, Submitted};
use primitives::Timestamp;
use scheduler::{Reason, TaskId};
use std::panic::Location;

/// A task that has not begun.
pub(in crate::executor) struct Found {
    why: Explanation,
    site: &'static Location<'static>,
    submitted_at: Timestamp,
}

impl Found {
    /// The same in words.
    pub(in crate::executor) fn into_report(self) -> NotBegun {
        let Self { why: Explanation { id, name, reason, other }, site, submitted_at } = self;
        NotBegun {
            task: Submitted { id, name, site },
            submitted_at,
            is_queued: matches!(reason, Reason::Worker { .. }),
            why: reason.with_name(other.as_deref()).to_string(),
        }
    }
}

impl Core {
    /// What is told of a known task.
    pub(in crate::executor) fn describe(&self, id: TaskId) -> Option<Submitted> {
        let task = self.find(id)?;
        Some(Submitted { id, name: task.name.clone(), site: task.batch.home.site() })
    }

    /// How many tasks no runner has come to.
    pub(in crate::executor) fn not_begun(&self) -> usize {
        self.counts().pending() + self.started.len()
    }

    /// The first of those that wait for a runner. O(`most`^2).
    pub(in crate::executor) fn describe_started(&self, most: usize, now: Timestamp) -> Vec<Found> {
        let started = self.started.iter().take(most);
        started.filter_map(|started| self.describe_waiting(started.id, now)).collect()
    }

    /// Those that wait in the next `places` of the scheduler's memory, and where to go on.
    pub(in crate::executor) fn describe_pending(
        &self,
        place: usize,
        places: usize,
        now: Timestamp,
    ) -> (Vec<Found>, Option<usize>) {
        let (pending, next) = self.scheduler.pending_from(place, places);
        let described = pending.into_iter().filter_map(|id| self.describe_waiting(id, now));
        (described.collect(), next)
    }

    fn describe_waiting(&self, id: TaskId, now: Timestamp) -> Option<Found> {
        let (task, why) = (self.find(id)?, self.why(id, now)?);
        let (site, submitted_at) = (task.batch.home.site(), task.batch.submitted_at);
        Some(Found { why, site, submitted_at })
    }
}
