//! Tasks and graphs that run out of time, and attempts that fall silent.

use crate::graph::agenda::Matter;
use crate::graph::ending::Fate;
use crate::graph::state::Phase;
use crate::graph::{Event, GraphId, LimitKind, Resilience, TaskScheduler, Ticket, TimeLimit};
use primitives::Timestamp;
use std::collections::HashMap;

/// What is watched about tasks with an idle timeout or a total timeout, by slot.
#[derive(Debug, Default)]
pub(crate) struct Vigils(HashMap<u32, Vigil>);

#[derive(Debug, Clone, Copy)]
struct Vigil {
    /// When the task runs out of time.
    ends_at: Timestamp,
    /// The last sign of life of its attempt.
    sign: Timestamp,
    /// Whether the driver has been told that there was none, and has not answered.
    is_reported: bool,
}

impl Vigils {
    /// The task in `slot` has ended.
    pub(crate) fn end(&mut self, slot: u32) {
        if !self.0.is_empty() {
            self.0.remove(&slot);
        }
    }
}

impl<P> TaskScheduler<P> {
    /// An attempt has given a sign of life at `at`: its idle timeout begins again. O(1), or
    /// O(log n) in answer to an [`Event::Silent`]. An attempt that has no idle timeout, or has
    /// ended, does not matter.
    ///
    /// A driver need not pass on every sign. It can keep the latest, and look at it when it is
    /// told that an attempt is silent.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime_scheduler::{Event, SchedulerConfig, TaskId, TaskScheduler, TaskSpec};
    /// use primitives::Timestamp;
    /// use std::time::Duration;
    ///
    /// let mut scheduler = TaskScheduler::new(SchedulerConfig::default())?;
    /// let at = |seconds| Timestamp::ZERO + Duration::from_secs(seconds);
    /// let spec = TaskSpec::new(TaskId::new(1), ()).idle_timeout(Duration::from_secs(5));
    /// scheduler.submit(spec, at(0))?;
    /// let attempt = scheduler.dispatch(at(0)).expect("it is ready");
    ///
    /// scheduler.heartbeat(attempt.ticket, at(3));
    /// scheduler.pass_time(at(5));
    /// assert!(scheduler.next_event().is_none());
    /// assert_eq!(scheduler.next_wake(), Some(at(8)));
    /// scheduler.pass_time(at(8));
    /// let event = scheduler.next_event();
    /// assert!(matches!(event, Some(Event::Silent { since, .. }) if since == at(3)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn heartbeat(&mut self, ticket: Ticket, at: Timestamp) {
        if !self.graph.is_running(ticket) {
            return;
        }
        let Some(vigil) = self.vigils.0.get_mut(&ticket.index) else { return };
        vigil.sign = vigil.sign.max(at);
        if std::mem::take(&mut vigil.is_reported) {
            self.listen(ticket);
        }
    }

    /// An attempt starts whose task has some [`Resilience`]; which.
    pub(in crate::graph) fn set_limits(&mut self, ticket: Ticket, now: Timestamp) -> Resilience {
        let resilience = self.graph.resilience(ticket.index).copied().unwrap_or_default();
        let Resilience { idle_timeout, total_timeout, .. } = resilience;
        if idle_timeout.is_none() && total_timeout.is_none() {
            return resilience;
        }
        let first = Vigil {
            ends_at: total_timeout.map_or(Timestamp::MAX, |length| now + length),
            sign: now,
            is_reported: false,
        };
        let before = self.vigils.0.get(&ticket.index);
        let ends_at = before.map_or(first.ends_at, |before| before.ends_at);
        let is_first = before.is_none();
        self.vigils.0.insert(ticket.index, Vigil { ends_at, ..first });
        if is_first {
            self.keep_total_timeout(ticket);
        }
        if idle_timeout.is_some() {
            self.listen(ticket);
        }
        resilience
    }

    /// When the task in `slot` runs out of time.
    pub(in crate::graph) fn ends_at(&self, slot: u32) -> Timestamp {
        self.vigils.0.get(&slot).map_or(Timestamp::MAX, |vigil| vigil.ends_at)
    }

    /// The task's total timeout goes by this ticket from now on.
    pub(in crate::graph) fn keep_total_timeout(&mut self, ticket: Ticket) {
        let ends_at = self.ends_at(ticket.index);
        if ends_at != Timestamp::MAX {
            self.remember(ends_at, Matter::TotalTimeout(ticket));
        }
    }

    /// Waits for the attempt's next sign of life.
    fn listen(&mut self, ticket: Ticket) {
        let idle_timeout = self.graph.resilience(ticket.index).and_then(|it| it.idle_timeout);
        if let (Some(vigil), Some(length)) = (self.vigils.0.get(&ticket.index), idle_timeout) {
            self.remember(vigil.sign + length, Matter::Silence(ticket));
        }
    }

    /// There was no sign of life from a running attempt until `time`, or a later one has come.
    pub(in crate::graph) fn notice_silence(&mut self, ticket: Ticket, time: Timestamp) {
        let idle_timeout = self.graph.resilience(ticket.index).and_then(|it| it.idle_timeout);
        let vigil = self.vigils.0.get_mut(&ticket.index);
        let (Some(vigil), Some(length)) = (vigil, idle_timeout) else { return };
        if vigil.sign + length > time {
            self.listen(ticket);
            return;
        }
        vigil.is_reported = true;
        let limit = TimeLimit { kind: LimitKind::Idle, length };
        self.events.push_back(Event::Silent { ticket, since: vigil.sign, limit });
    }

    /// A task has run out of time, wherever it is.
    pub(in crate::graph) fn pass_total_timeout(&mut self, ticket: Ticket, now: Timestamp) {
        let slot = ticket.index;
        let total_timeout = self.graph.resilience(slot).and_then(|it| it.total_timeout);
        let Some(length) = total_timeout else { return };
        let limit = TimeLimit { kind: LimitKind::Total, length };
        if self.graph[slot].phase == Phase::Running {
            if !self.graph[slot].must_stop {
                let ticket = self.ask_to_stop(slot);
                self.events.push_back(Event::LimitReached { ticket, limit });
            }
        } else {
            self.end(slot, Fate::timed_out(limit), now);
        }
    }

    /// A graph has run out of time.
    pub(in crate::graph) fn pass_graph_timeout(&mut self, graph: GraphId, now: Timestamp) {
        let Some(length) = self.job(graph).and_then(|job| job.timeout()) else { return };
        let limit = TimeLimit { kind: LimitKind::Graph, length };
        for ticket in self.stop_job(graph.index, Fate::timed_out(limit), now) {
            self.events.push_back(Event::LimitReached { ticket, limit });
        }
    }

    /// Whether a graph may still run out of time.
    pub(in crate::graph) fn has_unended(&self, graph: GraphId) -> bool {
        self.job(graph).is_some_and(|job| !job.has_ended())
    }
}
