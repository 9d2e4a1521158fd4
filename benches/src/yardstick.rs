//! What the machine itself takes for the steps that claims are about.

use crate::Rounds;
use primitives::rng::Rng;
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering, fence};
use std::thread;
use std::time::{Duration, Instant};

const ROUNDS: usize = 5;
const STEPS: u32 = 100_000;
const SYSTEM_CALLS: u32 = 10_000;
const TRIPS: u32 = 50;
/// More than any cache holds: 64 MiB, in cache lines.
const LINES: usize = 1 << 20;

/// Long enough for a thread that waits, or a worker without work, to be asleep.
pub const FALL_ASLEEP: Duration = Duration::from_micros(300);

/// Costs of this machine, in nanoseconds, each the median of a few rounds.
///
/// A claim such as "takes no lock" holds on every machine, a number of nanoseconds does not. So
/// limits are multiples of these, which are measured in the same process.
#[derive(Debug, Clone, Copy)]
pub struct Yardsticks {
    /// An atomic addition to a word that no other thread touches: a locked instruction on x86.
    pub locked_ns: f64,
    /// A sequentially consistent fence between a store and a load.
    pub fence_ns: f64,
    /// A cache line on its way from the core that has written it to another that writes it next.
    pub transfer_ns: f64,
    /// A load from memory that is in no cache.
    pub memory_ns: f64,
    /// A system call that does next to nothing: `sched_yield`.
    pub system_call_ns: f64,
    /// Unparking a thread that sleeps, for the one that does it.
    pub thread_wake_ns: f64,
    /// The same and back: until the other has unparked the first, which sleeps meanwhile.
    pub thread_trip_ns: f64,
}

impl Yardsticks {
    /// Measures them, which takes less than a second.
    ///
    /// # Examples
    ///
    /// ```
    /// let machine = benches::Yardsticks::measure();
    /// assert!(machine.locked_ns < machine.thread_trip_ns);
    /// ```
    pub fn measure() -> Self {
        let word = AtomicU64::new(0);
        let (thread_wake_ns, thread_trip_ns) = thread_wake_and_trip_ns();
        Self {
            locked_ns: per_step(STEPS, || add_one(&word)),
            fence_ns: per_step(STEPS, || {
                word.store(black_box(1), Ordering::Relaxed);
                fence(Ordering::SeqCst);
                black_box(word.load(Ordering::Relaxed));
            }),
            transfer_ns: transfer_ns(),
            memory_ns: memory_ns(),
            system_call_ns: per_step(SYSTEM_CALLS, thread::yield_now),
            thread_wake_ns,
            thread_trip_ns,
        }
    }
}

fn add_one(word: &AtomicU64) {
    black_box(word).fetch_add(1, Ordering::SeqCst);
}

fn per_step(steps: u32, mut step: impl FnMut()) -> f64 {
    let round = |_| {
        let start = Instant::now();
        (0..steps).for_each(|_| step());
        nanos(start.elapsed()) / f64::from(steps)
    };
    Rounds::of((0..ROUNDS).map(round).collect()).median
}

fn nanos(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e9
}

/// Two threads that take turns in writing one word.
fn transfer_ns() -> f64 {
    let (word, over) = (AtomicU64::new(0), AtomicBool::new(false));
    // Even numbers are this thread's turn to write, odd ones the other's.
    let mut turn = 0;
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut turn = 1;
            while await_turn(&word, turn, &over) {
                word.store(turn + 1, Ordering::Release);
                turn += 2;
            }
        });
        let there_and_back = per_step(SYSTEM_CALLS, || {
            word.store(turn + 1, Ordering::Release);
            turn += 2;
            await_turn(&word, turn, &over);
        });
        over.store(true, Ordering::Relaxed);
        there_and_back / 2.0
    })
}

/// Spins until it is that turn, and now and then lets others run in case there is one processor
/// only. False if it is over.
fn await_turn(word: &AtomicU64, turn: u64, over: &AtomicBool) -> bool {
    for spins in 1u64.. {
        if word.load(Ordering::Acquire) == turn {
            return true;
        }
        if spins.is_multiple_of(1 << 12) {
            thread::yield_now();
        }
        if over.load(Ordering::Relaxed) {
            return false;
        }
    }
    false
}

/// Follows a random cycle through all lines, so that each load has to wait for the one before.
fn memory_ns() -> f64 {
    let mut lines = vec![[0u32; 16]; LINES];
    let mut order: Vec<_> = (0..LINES as u32).collect();
    Rng::new(1).shuffle(&mut order);
    for (at, &line) in order.iter().enumerate() {
        lines[line as usize][0] = order[(at + 1) % LINES];
    }
    let mut line = 0;
    per_step(STEPS, || line = black_box(lines[line as usize][0]))
}

/// What it takes to unpark a sleeping thread, and until its answer.
fn thread_wake_and_trip_ns() -> (f64, f64) {
    let (asked, over) = (AtomicBool::new(false), AtomicBool::new(false));
    let caller = thread::current();
    thread::scope(|scope| {
        let other = scope.spawn(|| {
            while !over.load(Ordering::Acquire) {
                if asked.swap(false, Ordering::AcqRel) {
                    caller.unpark();
                } else {
                    thread::park();
                }
            }
        });
        let trip = |_| {
            thread::sleep(FALL_ASLEEP);
            asked.store(true, Ordering::Release);
            let start = Instant::now();
            other.thread().unpark();
            let wake = start.elapsed();
            while asked.load(Ordering::Acquire) {
                thread::park();
            }
            (nanos(wake), nanos(start.elapsed()))
        };
        let (wakes, trips): (Vec<_>, Vec<_>) = (0..TRIPS).map(trip).unzip();
        over.store(true, Ordering::Release);
        other.thread().unpark();
        (Rounds::of(wakes).median, Rounds::of(trips).median)
    })
}
