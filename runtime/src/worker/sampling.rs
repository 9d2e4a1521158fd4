//! Which polls are timed.
//!
//! Looking at the clock takes longer than many a poll, so only some are timed: one in so many, at
//! random, of the tasks that are queued is *picked*. Its cell is marked, and the moment kept on a
//! board of the runtime; whoever polls it, after whatever travels through queues and hands of
//! thieves, finds the mark in a word that it reads anyway, times the poll, and finds on the board
//! how long the task has waited. All others are spared the clock.

use super::{Local, Shared, handover};
use crate::task::{RawTask, Runnable};
use monitor::PollCounts;
use primitives::Timestamp;
use primitives::rng::Rng;
use primitives::shim::Mutex;
use primitives::shim::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A board has room for so many tasks if all are picked, and otherwise for its share.
const ROOM_MAX: u64 = 1 << 16;
const ROOM_MIN: u64 = 1 << 10;

/// A moment is kept in units of 16 ns, which leaves bits for the task's number; it returns after
/// three days.
const UNIT_SHIFT: u32 = 4;
const MOMENT_BITS: u32 = 44;
const MOMENT: u64 = (1 << MOMENT_BITS) - 1;

/// Picks the tasks whose next poll is timed, and keeps when they were queued.
#[derive(Debug)]
pub(crate) struct Sampling {
    /// One task in so many, on average; 0 is none.
    every: u32,
    board: Box<[AtomicU64]>,
    /// For those who are no workers.
    rng: Mutex<Rng>,
}

/// Counts what is queued by any thread, up to the next task to be picked.
#[derive(Debug)]
pub(super) struct Countdown {
    count: AtomicU64,
    next: AtomicU64,
}

// ORDERING (this whole file): numbers that order nothing; every access is Relaxed. What is written
// before a task is queued is seen by whoever takes it out of the queue.
impl Sampling {
    pub(super) fn new(every: Option<u32>, seed: u64) -> Self {
        let every = every.unwrap_or(0);
        let room = match every {
            0 => 0,
            _ => (ROOM_MAX / u64::from(every)).max(ROOM_MIN).next_power_of_two(),
        };
        let board = (0..room).map(|_| AtomicU64::new(0)).collect();
        Self { every, board, rng: Mutex::new(Rng::new(seed)) }
    }

    /// How many tasks there are from one that is picked to the next: on average as many as there
    /// should be.
    pub(super) fn stride(&self, rng: &mut Rng) -> u64 {
        match self.every {
            0 => u64::MAX,
            every => 1 + u64::from(rng.below(every.saturating_mul(2) - 1)),
        }
    }

    pub(super) fn countdown(&self) -> Countdown {
        let next = AtomicU64::new(self.stride(&mut self.rng.lock()));
        Countdown { count: AtomicU64::new(0), next }
    }

    /// Picks a task that is about to be queued. If another one has its place on the board, all that
    /// will be known of it is how long its poll takes.
    fn pick(&self, task: RawTask, now: Timestamp) {
        let (place, number) = self.place(task);
        if place.load(Ordering::Relaxed) == 0 {
            let moment = (now.as_nanos() >> UNIT_SHIFT) & MOMENT;
            place.store(number | moment, Ordering::Relaxed);
        }
        task.mark();
    }

    /// How long ago the task was queued; it is about to be polled.
    fn delay(&self, task: RawTask, now: Timestamp) -> Option<Duration> {
        let (place, number) = self.place(task);
        let found = place.load(Ordering::Relaxed);
        if found & !MOMENT != number {
            return None;
        }
        place.store(0, Ordering::Relaxed);
        let units = (now.as_nanos() >> UNIT_SHIFT).wrapping_sub(found) & MOMENT;
        // Clocks of supplied time may run backwards a little.
        let delay = if units > MOMENT / 2 { 0 } else { units << UNIT_SHIFT };
        Some(Duration::from_nanos(delay))
    }

    /// Where a task stands on the board, and its number there, which is not 0.
    fn place(&self, task: RawTask) -> (&AtomicU64, u64) {
        let (id, room) = (task.id().as_u64(), self.board.len() as u64);
        let number = (1 << (63 - MOMENT_BITS)) | (id / room) & ((1 << (63 - MOMENT_BITS)) - 1);
        (&self.board[(id % room) as usize], number << MOMENT_BITS)
    }
}

impl Countdown {
    /// How many tasks were queued.
    pub(super) fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }
}

impl Shared {
    /// A task is about to be queued that `countdown` counts.
    pub(super) fn count_queued(&self, countdown: &Countdown, runnable: &Runnable) {
        let count = countdown.count.fetch_add(1, Ordering::Relaxed) + 1;
        if count >= countdown.next.load(Ordering::Relaxed) {
            let stride = self.sampling.stride(&mut self.sampling.rng.lock());
            countdown.next.store(count.saturating_add(stride), Ordering::Relaxed);
            self.sampling.pick(runnable.task(), self.now());
        }
    }

    /// Polls a task that was picked, or for hooks that want to know, and has what is found out
    /// recorded by whoever polls.
    pub(super) fn run_watched(
        &self,
        runnable: Runnable,
        is_picked: bool,
        counts: &PollCounts,
        record: impl Fn(Timing),
    ) -> Option<Runnable> {
        let began = is_picked.then(|| self.now());
        let delay = began.and_then(|now| self.sampling.delay(runnable.task(), now));
        if let Some(delay) = delay {
            counts.count_delay(delay);
            record(Timing::Delay(delay));
        }
        let again = self.hooks.run(runnable, delay, &self.coarse);
        if let Some(began) = began {
            let length = self.now() - began;
            counts.count_length(length);
            record(Timing::Length(length));
        }
        again
    }
}

/// What is found out about a poll.
#[derive(Debug, Clone, Copy)]
pub(super) enum Timing {
    /// For how long the task was queued before.
    Delay(Duration),
    Length(Duration),
}

impl Local {
    /// A task is about to be queued by this worker for itself.
    #[inline]
    pub(super) fn count_schedule(&self, runnable: &Runnable) {
        let count = self.remote().gauges.count_local_schedule();
        if count >= self.next_picked.get() {
            self.pick(runnable, count);
        }
    }

    #[cold]
    fn pick(&self, runnable: &Runnable, count: u64) {
        let stride = self.shared.sampling.stride(&mut self.rng.borrow_mut());
        self.next_picked.set(count.saturating_add(stride));
        self.shared.sampling.pick(runnable.task(), self.shared.now());
    }

    /// Polls a task that was picked, or for hooks that want to know.
    #[cold]
    pub(super) fn run_watched(&self, runnable: Runnable, is_picked: bool) -> Option<Runnable> {
        let (index, shared) = (self.index(), &self.shared);
        let times = &self.remote().times;
        shared.run_watched(runnable, is_picked, &shared.poll_counts[index], |timing| match timing {
            Timing::Delay(delay) => times.record_delay(delay),
            // A thread that has stepped aside may not record any more for the worker that it was.
            Timing::Length(_) if handover::has_lost_worker() => {}
            Timing::Length(length) => {
                times.record_length(length);
                shared.counters[index].note_poll(length);
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Countdown, MOMENT, Rng, Sampling, UNIT_SHIFT};
    use crate::task::{RawTask, Runnable, new_detached};
    use primitives::Timestamp;
    use std::panic::Location;
    use std::time::Duration;

    #[derive(Clone)]
    struct Nowhere;

    impl crate::task::Schedule for Nowhere {
        fn schedule(&self, _: Runnable) {}
        fn retire(&self, _: RawTask, _: crate::task::End) {}
    }

    fn task() -> Runnable {
        new_detached(async {}, Nowhere, Location::caller()).0
    }

    #[test]
    fn one_in_so_many_is_picked() {
        let (sampling, mut rng) = (Sampling::new(Some(100), 1), Rng::new(1));
        let sum: u64 = (0..10_000).map(|_| sampling.stride(&mut rng)).sum();
        assert!((980_000..1_020_000).contains(&sum), "{sum}");
        let (all, none) = (Sampling::new(Some(1), 1), Sampling::new(None, 1));
        assert!((0..100).all(|_| all.stride(&mut rng) == 1));
        let Countdown { next, .. } = none.countdown();
        assert_eq!((next.into_inner(), none.board.len()), (u64::MAX, 0));
    }

    #[test]
    fn what_was_picked_is_known_once() {
        let sampling = Sampling::new(Some(1_000), 1);
        let (task, other) = (task(), task());
        // However late the moment, also where it returns.
        for queued in [0, 1_000, MOMENT << UNIT_SHIFT, u64::MAX - 10_000] {
            let queued = Timestamp::from_nanos(queued);
            sampling.pick(task.task(), queued);
            assert!(task.task().id_and_mark().1);
            let now = queued + Duration::from_micros(5);
            assert_eq!(sampling.delay(other.task(), now), None);
            let delay = sampling.delay(task.task(), now).unwrap();
            assert!(delay.as_nanos().abs_diff(5_000) <= 16, "{delay:?}");
            assert_eq!(sampling.delay(task.task(), now), None);
        }
    }

    #[test]
    fn who_comes_first_keeps_the_place() {
        let sampling = Sampling::new(Some(1), 1);
        let room = sampling.board.len() as u64;
        let first = task();
        let id = |it: &Runnable| it.task().id().as_u64() % room;
        let same = std::iter::repeat_with(task).find(|it| id(it) == id(&first)).unwrap();
        let at = |micros: u64| Timestamp::from_nanos(1_000 * micros);
        sampling.pick(first.task(), at(0));
        sampling.pick(same.task(), at(1));
        assert!(same.task().id_and_mark().1);
        assert_eq!(sampling.delay(same.task(), at(16)), None);
        assert_eq!(sampling.delay(first.task(), at(16)), Some(Duration::from_micros(16)));
    }
}
