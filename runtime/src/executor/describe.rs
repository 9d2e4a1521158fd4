//! What the runtime is told about tasks, for its dumps and reports.

use super::inner::Inner;
use crate::task::Id;
use crate::worker::{Executor, NotBegun, Submitted};

/// How many tasks, or places for them, are looked at in one stay under the lock.
const CHUNK: usize = 128;

impl Executor for Inner {
    fn attempts(&self) -> Vec<(Id, Submitted)> {
        let (all, mut found) = (self.roster.all(), Vec::new());
        for chunk in all.chunks(CHUNK) {
            let core = self.core.lock();
            let known = |&(runner, task)| Some((runner, core.describe(task)?));
            found.extend(chunk.iter().filter_map(known));
        }
        found
    }

    fn attempt(&self, runner: Id) -> Option<Submitted> {
        let task = self.roster.task_of(runner)?;
        self.core.lock().describe(task)
    }

    fn not_begun(&self, most: usize) -> (Vec<NotBegun>, usize) {
        let now = self.now();
        let (mut found, all) = {
            let core = self.core.lock();
            (core.describe_started(CHUNK.min(most), now), core.not_begun())
        };
        let mut place = Some(0);
        while let Some(from) = place.filter(|_| found.len() < most) {
            let (more, next) = self.core.lock().describe_pending(from, CHUNK, now);
            found.extend(more);
            place = next;
        }
        found.truncate(most);
        let others = all.saturating_sub(found.len());
        // The lines are written without the lock.
        let found = found.into_iter().map(|found| found.into_report()).collect();
        (found, others)
    }
}
