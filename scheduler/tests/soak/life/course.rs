//! Time passes, tasks start and end.

use super::Life;
use crate::draft::{BACKOFF_MAX, one_in};
use crate::promise::State;
use graph_runtime_scheduler::{EndState, TaskId};
use std::time::Duration;

impl Life {
    pub(super) fn pass_time(&mut self) {
        let next = self.scheduler.next_wake().filter(|_| one_in(&mut self.rng, 2));
        let passed = Duration::from_millis(self.rng.below(300).into());
        self.now = next.map_or(self.now + passed, |next| next.max(self.now));
        self.scheduler.pass_time(self.now);
        self.settle();
        self.seen.silent += self.books.silent.len();
        for ticket in std::mem::take(&mut self.books.silent) {
            // Half of them were only slow to say that they live.
            if one_in(&mut self.rng, 2) {
                self.scheduler.heartbeat(ticket, self.now);
            } else {
                self.books.stops.push(ticket);
            }
        }
    }

    pub(super) fn dispatch(&mut self) {
        for _ in 0..=self.rng.below(6) {
            if !self.start_next() {
                return;
            }
        }
    }

    pub(super) fn start_next(&mut self) -> bool {
        let Some(dispatch) = self.scheduler.dispatch(self.now) else { return false };
        self.settle_events();
        self.books.start(dispatch, self.now);
        true
    }

    /// Whoever is hopeless or late may end when others start.
    pub(super) fn settle_events(&mut self) {
        while let Some(event) = self.scheduler.next_event() {
            self.books.note(event);
        }
    }

    pub(super) fn finish(&mut self) {
        let Some(id) = self.wanted_stop().or_else(|| self.any_running()) else { return };
        let end = match self.rng.below(20) {
            0..3 => EndState::Failed,
            3..4 => EndState::TimedOut,
            4..5 => EndState::Cancelled,
            _ => EndState::Completed,
        };
        self.finish_one(id, end);
    }

    /// A running attempt that somebody wants to end.
    pub(super) fn wanted_stop(&mut self) -> Option<TaskId> {
        let ticket = self.books.stops.pop()?;
        self.seen.stopped += 1;
        self.scheduler.task_of(ticket)
    }

    pub(super) fn finish_one(&mut self, id: TaskId, end: EndState) {
        let (ticket, payload) = self.books.stop(id);
        let retried = if end.is_completed() {
            Err(payload)
        } else {
            self.scheduler.retry(ticket, end, payload, self.now)
        };
        let promise = self.books.promises.get_mut(&id).expect("it is known");
        match retried {
            Ok(until) => {
                assert!(promise.attempts < promise.max_attempts && end.is_failure());
                assert!(!promise.is_cancelled);
                assert!((self.now..=self.now + BACKOFF_MAX).contains(&until));
                promise.state = State::Backoff(until);
                self.seen.retries += 1;
            }
            Err(payload) => {
                self.books.finishing = Some((id, end));
                self.scheduler.finish(ticket, end, self.now).expect("it runs");
                drop(payload);
            }
        }
        let again = self.scheduler.finish(ticket, EndState::Completed, self.now);
        assert!(again.is_err_and(|error| error.is_stale()), "a ticket is good for one end");
    }
}
