//! One thing after another happens to a scheduler.

mod arrivals;
mod changes;
mod course;
mod departure;

use crate::books::Books;
use crate::draft::{GROUPS, RATES, TOTALS};
use crate::promise::{Payload, State};
use graph_runtime_scheduler::{
    Counts, FailurePolicy, GroupLimit, Overdue, Policy, RateLimit, SchedulerConfig, TaskId,
    TaskScheduler,
};
use primitives::Timestamp;
use primitives::rng::Rng;
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

/// More tasks than this make nothing more interesting.
const LIVE_MAX: usize = 200;
/// Ended ones that are remembered.
const REMEMBERED_MAX: usize = 200;

pub(crate) struct Life {
    scheduler: TaskScheduler<Payload>,
    config: SchedulerConfig,
    books: Books,
    /// Of all tasks that were not forgotten.
    ids: Vec<TaskId>,
    alive: Rc<Cell<usize>>,
    failure: FailurePolicy,
    rng: Rng,
    now: Timestamp,
    next_id: u64,
    next_graph: usize,
    seen: Seen,
}

/// What has happened, so that a life in which nothing does proves nothing.
#[derive(Debug, Default)]
struct Seen {
    retries: usize,
    growths: usize,
    edges: usize,
    detached: usize,
    silent: usize,
    stopped: usize,
    corrected: usize,
}

impl Life {
    pub(crate) fn new(policy: Policy, failure: FailurePolicy, seed: u64) -> Self {
        let second = Duration::from_secs(1);
        let rate = |(name, units, burst)| RateLimit::new(name, units, second).burst(burst);
        let [cpu, memory, io] = TOTALS;
        let config = SchedulerConfig {
            policy,
            overdue: Overdue::Cancel,
            patience: Duration::from_secs(3),
            max_in_flight: 8,
            max_pending: 2 * LIVE_MAX,
            cpu_cores: cpu as f64 / 1_000.0,
            memory_bytes: memory as usize,
            io_capacity: io as f64 / 1_000.0,
            groups: GROUPS.map(|(name, limit)| GroupLimit::new(name, limit)).into(),
            rates: RATES.map(rate).into(),
            seed,
        };
        Self {
            scheduler: TaskScheduler::new(config.clone()).expect("a sound configuration"),
            books: Books::new(config.max_in_flight),
            config,
            ids: Vec::new(),
            alive: Rc::default(),
            failure,
            rng: Rng::new(seed),
            now: Timestamp::ZERO,
            next_id: 1,
            next_graph: 0,
            seen: Seen::default(),
        }
    }

    pub(crate) fn step(&mut self) {
        match self.rng.below(100) {
            0..8 => self.submit(None),
            8..13 => self.submit_graph(),
            13..18 => self.grow(),
            18..24 => self.connect(),
            24..26 => self.remove(),
            26..29 => self.hold(),
            29..33 => self.release(),
            33..34 => self.cancel(),
            34..35 => self.cancel_graph(),
            35..37 => self.toggle_pause(),
            37..40 => self.change_limits(),
            40..42 => self.reestimate(),
            42..44 => self.correct(),
            44..46 => self.slow_down(),
            46..56 => self.pass_time(),
            56..74 => self.dispatch(),
            74..96 => self.finish(),
            _ => self.forget(),
        }
        self.settle();
        self.explain();
    }

    /// Books what has happened, and compares.
    fn settle(&mut self) {
        while let Some(event) = self.scheduler.next_event() {
            self.books.note(event);
        }
        assert_eq!(self.books.finishing, None, "an end has no event");
        let (counts, books) = (self.scheduler.counts(), &self.books);
        assert_eq!(counts.unfinished(), books.live());
        assert_eq!(counts.running, books.running.len());
        let ends = |counts: &Counts| {
            let &Counts { completed, failed, cancelled, timed_out, skipped, .. } = counts;
            [completed, failed, cancelled, timed_out, skipped]
        };
        assert_eq!(ends(&counts), ends(&books.ended));
        assert_eq!(self.scheduler.known(), books.promises.len());
        assert_eq!(self.alive.get(), books.live(), "one payload for each that has not ended");
    }

    /// Whatever is still to run says what it waits for, and nothing else does.
    fn explain(&mut self) {
        let Some(id) = self.any_id() else { return };
        let promise = &self.books.promises[&id];
        let waits = matches!(promise.state, State::Waiting | State::Backoff(_));
        assert_eq!(self.scheduler.why(id, self.now).is_some(), waits, "{promise:?}");
    }

    fn any_id(&mut self) -> Option<TaskId> {
        let count = self.ids.len() as u32;
        (count > 0).then(|| self.ids[self.rng.below(count) as usize])
    }

    fn any_graph(&mut self) -> Option<usize> {
        let mut numbers: Vec<usize> = self.books.graphs.keys().copied().collect();
        numbers.sort_unstable();
        let count = numbers.len() as u32;
        (count > 0).then(|| numbers[self.rng.below(count) as usize])
    }

    fn any_running(&mut self) -> Option<TaskId> {
        let count = self.books.running.len() as u32;
        (count > 0).then(|| self.books.running[self.rng.below(count) as usize])
    }
}
