//! What has to be done at a certain time.

use super::{GraphId, TaskScheduler, Ticket};
use primitives::Timestamp;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What comes about by the passing of time alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Matter {
    /// The deadline of a running attempt.
    Overdue(Ticket),
    /// The end of the time that a drain gives to what runs.
    Drain,
    /// A task may be tried again.
    BackoffEnds(Ticket),
    /// An attempt has been silent for too long.
    Silence(Ticket),
    /// A task has run out of time.
    TotalTimeout(Ticket),
    /// A graph has run out of time.
    GraphTimeout(GraphId),
}

/// Fewer entries than this are not worth sweeping.
const SWEEP_MIN: usize = 64;

/// Matters, the earliest first. O(log n) for each.
///
/// One that has settled itself stays until its time comes or the agenda is swept, which it is
/// whenever it has grown to twice what it was after the last time. So there are never more entries
/// than 64 or twice the matters that were pending at once.
#[derive(Debug)]
pub(crate) struct Agenda {
    entries: BinaryHeap<Reverse<(Timestamp, Matter)>>,
    sweep_at: usize,
}

impl Default for Agenda {
    fn default() -> Self {
        Self { entries: BinaryHeap::new(), sweep_at: SWEEP_MIN }
    }
}

impl Agenda {
    fn add(&mut self, time: Timestamp, matter: Matter, is_pending: impl Fn(Matter) -> bool) {
        if self.entries.len() >= self.sweep_at {
            self.entries.retain(|&Reverse((_, matter))| is_pending(matter));
            self.sweep_at = SWEEP_MIN.max(2 * self.entries.len());
        }
        self.entries.push(Reverse((time, matter)));
    }

    fn first(&self) -> Option<(Timestamp, Matter)> {
        self.entries.peek().map(|&Reverse(entry)| entry)
    }
}

impl<P> TaskScheduler<P> {
    /// When to call [`pass_time`](Self::pass_time), and [`dispatch`](Self::dispatch) afterwards:
    /// the earliest moment at which they would do what they would not do now, with nothing but time
    /// having passed. `None` if there is none; then one comparison is all it costs, else O(log n)
    /// for each matter that has settled itself.
    ///
    /// Changes of urgency are not waited for: they decide who starts first when something can
    /// start. Nor are tasks that run longer than expected, which puts off what has been reserved.
    pub fn next_wake(&mut self) -> Option<Timestamp> {
        self.next_matter().into_iter().chain(self.turnstile.next_wake()).min()
    }

    fn next_matter(&mut self) -> Option<Timestamp> {
        while let Some((time, matter)) = self.agenda.first() {
            if self.is_pending(matter) {
                return Some(time);
            }
            self.agenda.entries.pop();
        }
        None
    }

    /// Does what is to be done by `now`, in order of time. O(log n) for each, and what an end costs
    /// for each task that ends.
    ///
    /// * Tasks whose next attempt has been waited for are ready.
    /// * Events say which running tasks have passed their deadlines since the last time, each
    ///   attempt once; which have run out of time, alone or with their graph; and which have been
    ///   silent for too long.
    /// * What has run out of time and is not running ends.
    ///
    /// A task's deadline is its own or, if that is earlier, the one of its graph. A deadline that
    /// passes while the task waits is reported when it runs.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime_scheduler::{
    ///     Event, Overdue, SchedulerConfig, TaskId, TaskScheduler, TaskSpec,
    /// };
    /// use primitives::Timestamp;
    ///
    /// let config = SchedulerConfig { overdue: Overdue::Report, ..Default::default() };
    /// let mut scheduler = TaskScheduler::new(config)?;
    /// let noon = Timestamp::from_nanos(12);
    /// scheduler.submit(TaskSpec::new(TaskId::new(1), ()).deadline(noon), Timestamp::ZERO)?;
    /// let running = scheduler.dispatch(Timestamp::ZERO).expect("it is ready");
    ///
    /// assert_eq!(scheduler.next_wake(), Some(noon));
    /// scheduler.pass_time(noon);
    /// assert!(matches!(
    ///     scheduler.next_event(),
    ///     Some(Event::DeadlinePassed { ticket, .. }) if ticket == running.ticket
    /// ));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn pass_time(&mut self, now: Timestamp) {
        while let Some((time, matter)) = self.agenda.first().filter(|&(time, _)| time <= now) {
            self.agenda.entries.pop();
            if self.is_pending(matter) {
                self.attend_to(matter, time);
            }
        }
        self.turnstile.settle(now);
    }

    /// Puts something on the agenda.
    pub(super) fn remember(&mut self, time: Timestamp, matter: Matter) {
        let mut agenda = std::mem::take(&mut self.agenda);
        agenda.add(time, matter, |matter| self.is_pending(matter));
        self.agenda = agenda;
    }

    /// Whether there still is something to do.
    fn is_pending(&self, matter: Matter) -> bool {
        match matter {
            Matter::Overdue(ticket) | Matter::Silence(ticket) => self.graph.is_running(ticket),
            Matter::Drain => self.counts.running > 0,
            Matter::BackoffEnds(ticket) => self.is_backing_off(ticket),
            Matter::TotalTimeout(ticket) => self.graph.get(ticket).is_some(),
            Matter::GraphTimeout(graph) => self.has_unended(graph),
        }
    }

    /// Does something whose time has come.
    fn attend_to(&mut self, matter: Matter, time: Timestamp) {
        match matter {
            Matter::Overdue(ticket) => self.pass_deadline(ticket, time),
            Matter::Drain => self.stop_running(),
            Matter::BackoffEnds(ticket) => self.make_ready(ticket.index, time),
            Matter::Silence(ticket) => self.notice_silence(ticket, time),
            Matter::TotalTimeout(ticket) => self.pass_total_timeout(ticket, time),
            Matter::GraphTimeout(graph) => self.pass_graph_timeout(graph, time),
        }
    }

    #[cfg(test)]
    pub(super) fn agenda_len(&self) -> usize {
        self.agenda.entries.len()
    }
}
