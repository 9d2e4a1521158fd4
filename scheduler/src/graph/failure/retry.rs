//! From a failed attempt to the next one.

use crate::graph::agenda::Matter;
use crate::graph::record::NO_JOB;
use crate::graph::state::Phase;
use crate::graph::{EndState, RetryPolicy, TaskScheduler, Ticket};
use primitives::Timestamp;

impl<P> TaskScheduler<P> {
    /// Has a task tried again whose running attempt went wrong, if its [`RetryPolicy`] provides for
    /// that. Until what is returned the task waits, and takes nothing of what the attempt took;
    /// then it is ready again. It can be cancelled meanwhile like any other. Its ticket is used up.
    ///
    /// `end` is how the attempt ended, `payload` what the next one needs. O(log n).
    ///
    /// # Errors
    ///
    /// The payload comes back, nothing has changed and the attempt is still to be
    /// [finished](Self::finish), if
    ///
    /// * the task has no retry policy, has used up its attempts, or has none left for such an end:
    ///   only [`Failed`](EndState::Failed) and, if the policy says so,
    ///   [`TimedOut`](EndState::TimedOut) are tried again;
    /// * the attempt was to stop, or its task or graph ran out of time;
    /// * the wait would last until the task or its graph runs out of time, or until the last moment
    ///   that a [`Timestamp`] can name, so that there would be nothing but a later end with less to
    ///   say about its cause;
    /// * the ticket has been used before.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime_scheduler::{
    ///     EndState, Jitter, RetryPolicy, SchedulerConfig, TaskId, TaskScheduler, TaskSpec,
    /// };
    /// use primitives::Timestamp;
    /// use std::time::Duration;
    ///
    /// let mut scheduler = TaskScheduler::new(SchedulerConfig::default())?;
    /// let (start, second) = (Timestamp::ZERO, Duration::from_secs(1));
    /// let policy = RetryPolicy { base: second, jitter: Jitter::None, ..RetryPolicy::attempts(2) };
    /// scheduler.submit(TaskSpec::new(TaskId::new(1), "fetch").retry(policy), start)?;
    ///
    /// let first = scheduler.dispatch(start).expect("it is ready");
    /// let until = scheduler.retry(first.ticket, EndState::Failed, first.payload, start).unwrap();
    /// assert_eq!(until, start + second);
    /// assert!(scheduler.dispatch(start).is_none());
    ///
    /// assert_eq!(scheduler.next_wake(), Some(until));
    /// scheduler.pass_time(until);
    /// let next = scheduler.dispatch(until).expect("it is ready again");
    /// assert_eq!((next.payload, next.attempt, next.ready_at), ("fetch", 2, until));
    /// assert!(scheduler.retry(next.ticket, EndState::Failed, next.payload, until).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn retry(
        &mut self,
        ticket: Ticket,
        end: EndState,
        payload: P,
        now: Timestamp,
    ) -> Result<Timestamp, P> {
        match self.next_attempt(ticket, end, now) {
            Some(until) => {
                self.back_off(ticket.index, until, payload);
                Ok(until)
            }
            None => Err(payload),
        }
    }

    /// When the next attempt may begin, if there is to be one.
    fn next_attempt(&self, ticket: Ticket, end: EndState, now: Timestamp) -> Option<Timestamp> {
        if !self.graph.is_running(ticket) {
            return None;
        }
        let record = &self.graph[ticket.index];
        let policy: RetryPolicy = self.graph.resilience(ticket.index)?.retry?;
        let attempt = u32::from(record.attempts);
        let is_worth_it = match end {
            EndState::Failed => true,
            EndState::TimedOut => policy.after_timeout,
            EndState::Completed | EndState::Cancelled | EndState::Skipped => false,
        };
        if record.must_stop || !is_worth_it || attempt >= policy.max_attempts {
            return None;
        }
        let until = now + policy.backoff(attempt, record.id, self.config.seed);
        let of_graph = match record.job {
            NO_JOB => Timestamp::MAX,
            job => self.graph.jobs[job].ends_at(),
        };
        (until < of_graph.min(self.ends_at(ticket.index))).then_some(until)
    }

    fn back_off(&mut self, slot: u32, until: Timestamp, payload: P) {
        self.give_back(slot);
        self.step(slot, Phase::Backoff);
        self.graph[slot].ready_at = until;
        self.graph.cargo.put_back(slot, payload);
        let ticket = self.graph.renew(slot);
        self.remember(until, Matter::BackoffEnds(ticket));
        self.keep_total_timeout(ticket);
    }

    /// Whether the task `ticket` names waits for its next attempt.
    pub(in crate::graph) fn is_backing_off(&self, ticket: Ticket) -> bool {
        let record = self.graph.get(ticket);
        record.is_some_and(|record| record.phase == Phase::Backoff)
    }
}
