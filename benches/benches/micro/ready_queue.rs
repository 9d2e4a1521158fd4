//! The ready queue of the scheduler with a hundred, ten thousand and a million tasks ready.
//!
//! Guards that adding a task and finding the best one are O(log n) at most, in an order of
//! deadlines that has nothing to do with the order of submission, and cheaper where many are
//! equally urgent. Through [`TaskScheduler`]: what submitting and starting a task costs besides is
//! included.
//!
//! The deadlines follow the hold model (D. W. Jones, "An empirical comparison of priority-queue and
//! event-set implementations", Communications of the ACM 29(4), 1986): a task that comes is due
//! some random time after the one that has started last, so the queue stays as it is.

use benches::{Bench, Claim, Yardsticks, in_batches};
use primitives::Timestamp;
use primitives::rng::Rng;
use scheduler::{EndState, SchedulerConfig, TaskId, TaskScheduler, TaskSpec};
use std::time::{Duration, Instant};

/// Few beside what is ready.
const BATCH: u64 = 32;
pub(crate) fn measure(bench: &mut Bench) {
    eight(bench, 100, "ready queue, 100 tasks of 8 urgencies");
    eight(bench, 10_000, "ready queue, 10k tasks of 8 urgencies");
    eight(bench, 1_000_000, "ready queue, 1M tasks of 8 urgencies");
    distinct(bench, 100, "ready queue, 100 urgencies", |machine| 7.0 * machine.memory_ns);
    distinct(bench, 10_000, "ready queue, 10k urgencies", |machine| 16.0 * machine.memory_ns);
    distinct(bench, 1_000_000, "ready queue, 1M urgencies", |machine| 20.0 * machine.memory_ns);
}

/// Many tasks are equally urgent.
fn eight(bench: &mut Bench, ready: usize, part: &'static str) {
    let holds = "a task costs a few cache misses";
    push_and_pop(
        bench,
        ready,
        Spread::Eight,
        Claim { part, what: "", holds, limit: |machine| 6.0 * machine.memory_ns },
    );
}

/// Each task has a deadline of its own: log2 of their number is how often two are compared.
fn distinct(bench: &mut Bench, ready: usize, part: &'static str, limit: fn(&Yardsticks) -> f64) {
    let holds = "a task costs at most a cache miss a comparison";
    push_and_pop(bench, ready, Spread::Distinct, Claim { part, what: "", holds, limit });
}

fn push_and_pop(bench: &mut Bench, ready: usize, spread: Spread, claim: Claim) {
    let queue = || Queue::of(ready, spread);
    bench.measure(Claim { what: "push", ..claim }, queue, |queue, items| queue.each(items).0);
    bench.measure(Claim { what: "pop", ..claim }, queue, |queue, items| queue.each(items).1);
}

/// How the ready tasks differ.
#[derive(Clone, Copy)]
enum Spread {
    /// About eight different deadlines.
    Eight,
    /// Almost as many deadlines as tasks.
    Distinct,
}

/// A scheduler with a number of ready tasks.
struct Queue {
    scheduler: TaskScheduler<u64>,
    rng: Rng,
    /// Deadlines are drawn from this many nanoseconds after `latest`, in multiples of `grain`.
    span: u64,
    grain: u64,
    /// The deadline of the task that has started last.
    latest: Timestamp,
    submitted: u64,
}

impl Queue {
    fn of(ready: usize, spread: Spread) -> Self {
        let max_pending = ready + BATCH as usize;
        let config = SchedulerConfig { max_pending, ..SchedulerConfig::default() };
        let span = ready as u64 * 1000;
        let grain = match spread {
            Spread::Eight => span / 8,
            Spread::Distinct => 1,
        };
        let mut queue = Self {
            scheduler: TaskScheduler::new(config).expect("a sound configuration"),
            rng: Rng::new(1),
            span,
            grain,
            latest: Timestamp::ZERO,
            submitted: 0,
        };
        queue.push(ready as u64);
        queue
    }

    /// Adds tasks and starts as many; how long either took.
    fn each(&mut self, items: u64) -> (Duration, Duration) {
        let mut popping = Duration::ZERO;
        let pushing = in_batches(items, BATCH, |items| {
            let pushing = self.push(items);
            popping += self.pop(items);
            pushing
        });
        (pushing, popping)
    }

    fn push(&mut self, count: u64) -> Duration {
        let tasks: Vec<_> = (0..count).map(|_| self.draw()).collect();
        let start = Instant::now();
        for task in tasks {
            self.scheduler.submit(task, Timestamp::ZERO).expect("there is room");
        }
        start.elapsed()
    }

    fn draw(&mut self) -> TaskSpec<u64> {
        let number = self.submitted;
        self.submitted += 1;
        let ahead = (self.rng.unit() * self.span as f64) as u64;
        let due = (self.latest.as_nanos() + ahead) / self.grain * self.grain;
        TaskSpec::new(TaskId::new(number), number).deadline(Timestamp::from_nanos(due))
    }

    /// The tasks end and are forgotten off the clock.
    fn pop(&mut self, count: u64) -> Duration {
        let mut started = Vec::with_capacity(count as usize);
        let start = Instant::now();
        for _ in 0..count {
            started.extend(self.scheduler.dispatch(Timestamp::ZERO));
        }
        let elapsed = start.elapsed();
        assert_eq!(started.len() as u64, count, "that many were ready");
        for task in started {
            self.latest = task.deadline.expect("it was submitted with one");
            let ended = self.scheduler.finish(task.ticket, EndState::Completed, Timestamp::ZERO);
            ended.expect("it was running");
            assert!(self.scheduler.next_event().is_some(), "it has ended");
            assert!(self.scheduler.forget(task.id), "it was known");
        }
        elapsed
    }
}
