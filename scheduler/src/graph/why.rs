//! Finding out what a task waits for.

use super::directory::Place;
use super::record::Record;
use super::state::Phase;
use super::{Reason, TaskId, TaskScheduler};
use primitives::Timestamp;

impl<P> TaskScheduler<P> {
    /// Why a task is not running at `now`. `None` if it runs, has ended or is unknown.
    ///
    /// What it says holds until the next call that changes something; who is first is answered as
    /// by [`peek`](Self::peek). O(dependencies) at most. See [`Reason`] for an example.
    pub fn why(&self, id: TaskId, now: Timestamp) -> Option<Reason> {
        let Place::Live(slot) = self.place(id)? else { return None };
        match self.graph[slot].phase {
            Phase::Waiting => self.why_waiting(slot),
            Phase::Ready => Some(self.why_ready(slot)),
            Phase::Running => None,
            Phase::Backoff => Some(Reason::Backoff {
                left: self.graph[slot].ready_at - now,
                attempts: self.graph[slot].attempts.into(),
            }),
        }
    }

    fn why_waiting(&self, slot: u32) -> Option<Reason> {
        let &Record { unmet, class, job, .. } = &self.graph[slot];
        if let Some(first) = self.graph.predecessors(slot).next() {
            return Some(Reason::Dependency { first: self.graph[first].id, unmet: unmet as usize });
        }
        if unmet > 0 {
            return Some(Reason::Held { holds: unmet as usize });
        }
        let (open, unfinished) = self.graph.jobs.get(job)?.open_level()?;
        Some(Reason::Level { level: class as usize, open, unfinished })
    }

    fn why_ready(&self, slot: u32) -> Reason {
        if let Some(reason) = self.gate.reason() {
            return reason;
        }
        if !self.admission.is_open() {
            let (running, limit) = (self.counts.running, self.admission.limit());
            return Reason::Slot { running, limit };
        }
        match self.head() {
            Some(head) if head != slot => Reason::Behind { first: self.graph[head].id },
            _ => self.admission.lacks(self.graph.profile(slot).demand).unwrap_or(Reason::Next),
        }
    }
}
