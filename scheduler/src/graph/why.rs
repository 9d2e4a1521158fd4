//! Finding out what a task waits for.

use super::admission::held_up::HeldUp;
use super::record::Record;
use super::shape::directory::Place;
use super::state::Phase;
use super::{Reason, TaskId, TaskScheduler};
use primitives::Timestamp;

impl<P> TaskScheduler<P> {
    /// Why a task is not running at `now`. `None` if it runs, has ended or is unknown.
    ///
    /// What it says holds until the next call that changes something; who is first is answered as
    /// by [`peek`](Self::peek). O(dependencies) at most, and O(log k) for each of the k kinds of
    /// ready tasks that take something of a budget. See [`Reason`] for an example.
    pub fn why(&self, id: TaskId, now: Timestamp) -> Option<Reason> {
        let Place::Live(slot) = self.place(id)? else { return None };
        match self.graph[slot].phase {
            Phase::Waiting => self.why_waiting(slot),
            Phase::Ready => Some(self.why_ready(slot, now)),
            Phase::Running => None,
            Phase::Backoff => Some(Reason::Backoff {
                left: self.graph[slot].ready_at - now,
                attempts: self.graph[slot].attempts.into(),
            }),
        }
    }

    /// Some of the tasks that wait to start, for the first time or again, in no order, and where to
    /// go on; that is `None` when all have been looked at. The first call begins at place 0, and
    /// each looks at the next `places`. A task that is accepted between two calls may be missed.
    /// O(`places`).
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime_scheduler::{SchedulerConfig, TaskId, TaskScheduler, TaskSpec};
    /// use primitives::Timestamp;
    ///
    /// let mut scheduler = TaskScheduler::new(SchedulerConfig::default())?;
    /// let (runs, waits) = (TaskId::new(1), TaskId::new(2));
    /// scheduler.submit(TaskSpec::new(runs, ()), Timestamp::ZERO)?;
    /// scheduler.submit(TaskSpec::new(waits, ()).after(runs), Timestamp::ZERO)?;
    /// scheduler.dispatch(Timestamp::ZERO).expect("it is ready");
    /// assert_eq!(scheduler.pending_from(0, 100), (vec![waits], None));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn pending_from(&self, place: usize, places: usize) -> (Vec<TaskId>, Option<usize>) {
        let all = self.graph.len();
        let end = place.saturating_add(places).min(all);
        let slots = (place.min(end)..end).map(|place| place as u32);
        let pending = slots
            .filter(|&slot| self.graph.contains(slot) && self.graph[slot].phase != Phase::Running);
        let pending = pending.map(|slot| self.graph[slot].id).collect();
        (pending, (end < all).then_some(end))
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

    fn why_ready(&self, slot: u32, now: Timestamp) -> Reason {
        if let Some(reason) = self.gate.reason() {
            return reason;
        }
        if !self.turnstile.admission.is_open() {
            let (running, limit) = (self.counts.running, self.turnstile.admission.limit());
            return Reason::Slot { running, limit };
        }
        let id = |slot: u32| self.graph[slot].id;
        match self.turnstile.held_up(slot, self.demand(&self.graph[slot]), now) {
            HeldUp::By(reason) => reason,
            HeldUp::Behind(first) => Reason::Behind { first: id(first) },
            HeldUp::For(first) => Reason::Reserved { first: id(first) },
            HeldUp::Nothing => match self.head() {
                Some(first) if first != slot && self.may_start(first, now) => {
                    Reason::Behind { first: id(first) }
                }
                _ => Reason::Next,
            },
        }
    }

    /// Whether nothing but a place under the limit holds up a ready task.
    fn may_start(&self, slot: u32, now: Timestamp) -> bool {
        self.turnstile.held_up(slot, self.demand(&self.graph[slot]), now) == HeldUp::Nothing
    }
}
