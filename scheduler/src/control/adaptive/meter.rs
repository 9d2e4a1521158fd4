//! Where windows come from.

use super::class::{CLASSES, Class};
use super::costs::Costs;
use super::{Signals, Window};
use primitives::Timestamp;
use std::time::Duration;

/// The shortest window.
const SPAN_MIN: Duration = Duration::from_millis(10);
/// How often one that takes longer is shown before it is complete.
const INTERIM: Duration = Duration::from_millis(100);
/// If nothing ends for so many times what a task takes, something is wrong.
const STUCK_LATENCIES: u32 = 4;
/// The fewest completions of a settled window.
const COMPLETIONS_MIN: u64 = 8;
/// The share of the work from which on a class is the main one.
const MAIN_SHARE: f64 = 0.75;

/// Cuts time into windows.
///
/// A window is made of whole *generations*, and lasts 10 ms or longer. A generation is as many
/// completions as tasks were in flight when the window began, as a rule at least eight: so tasks
/// which started together and end together are always counted together, and none counts with only a
/// part of its time. One that takes long is shown every 100 ms as far as it has come, so that what
/// has to be quick need not wait for slow tasks.
///
/// What a new limit does shows in completions only after everything that was in flight has ended
/// once, and no more is in flight than may be. The window until then is not
/// [settled](Window::is_settled), is a generation of any size, and may last 5 ms.
///
/// # Examples
///
/// ```
/// use graph_runtime_scheduler::adaptive::{Class, Meter, Signals};
/// use primitives::Timestamp;
/// use std::time::Duration;
///
/// let at = |millis: u64| Timestamp::from_nanos(millis * 1_000_000);
/// let mut meter = Meter::new(4, at(0));
/// meter.note(4, true, at(0));
/// for _ in 0..8 {
///     meter.complete(Class::named("step"), Duration::from_millis(10));
/// }
/// let window = meter.close(Signals::default(), at(20)).expect("it has all it needs");
/// assert_eq!((window.completions, window.in_flight), (8, 4.0));
/// assert!((window.throughput() - 4.0).abs() < 1e-9, "four tasks are worked on at a time");
/// ```
#[derive(Debug)]
pub struct Meter {
    limit: usize,
    costs: Costs,
    began_at: Timestamp,
    noted_at: Timestamp,
    in_flight: usize,
    is_held_back: bool,
    /// Completions of a generation, and those that the window needs.
    generation: u64,
    wanted: u64,
    /// When it is shown before it is complete.
    shown_at: Timestamp,
    /// What a task took from start to end in the last whole window, or takes at most at this limit.
    latency: Duration,
    is_settled: bool,
    completions: u64,
    /// In-flight seconds and held-back seconds so far.
    in_flight_s: f64,
    held_back_s: f64,
    run_time_s: f64,
    /// Completions and run time by class; both zero for most.
    classes: Box<[(u64, f64); CLASSES]>,
}

impl Meter {
    /// One whose first window begins at `now`, with nothing in flight.
    pub fn new(limit: usize, now: Timestamp) -> Self {
        let mut meter = Self {
            limit,
            costs: Costs::new(),
            began_at: now,
            noted_at: now,
            in_flight: 0,
            is_held_back: false,
            generation: 0,
            wanted: 0,
            shown_at: now,
            latency: Duration::ZERO,
            is_settled: false,
            completions: 0,
            in_flight_s: 0.0,
            held_back_s: 0.0,
            run_time_s: 0.0,
            classes: Box::new([(0, 0.0); CLASSES]),
        };
        // What only the first tasks cost is not what the limit does.
        meter.begin(false, now);
        meter
    }

    /// From `now` on `in_flight` tasks are in flight, and the limit holds ready ones back or not.
    /// To be called after each change. O(1).
    pub fn note(&mut self, in_flight: usize, is_held_back: bool, now: Timestamp) {
        self.pass(now);
        let was_idle = self.in_flight == 0 && self.completions == 0;
        (self.in_flight, self.is_held_back) = (in_flight, is_held_back);
        if was_idle && in_flight > 0 {
            // The window begins with the work.
            self.begin(self.is_settled, now);
        }
    }

    /// An attempt has ended that ran for so long. O(1).
    pub fn complete(&mut self, class: Class, run_time: Duration) {
        let seconds = run_time.as_secs_f64();
        self.completions += 1;
        self.run_time_s += seconds;
        let (count, sum) = &mut self.classes[class.index()];
        (*count, *sum) = (*count + 1, *sum + seconds);
    }

    /// Another limit is in force from `now` on: a window begins that is not settled.
    pub fn set_limit(&mut self, limit: usize, now: Timestamp) {
        if limit != self.limit {
            // At worst more in flight take longer in proportion, each of them.
            let stretch = (limit as f64 / self.limit.max(1) as f64).max(1.0);
            let latency = self.latency.as_secs_f64() * stretch;
            self.latency = Duration::try_from_secs_f64(latency).unwrap_or(Duration::MAX);
            self.limit = limit;
            self.begin(false, now);
        }
    }

    /// The window that is complete at `now`, if it is; the next begins. Or what there is of it, if
    /// it is time to show that. O(1), where all classes count as one.
    pub fn close(&mut self, signals: Signals, now: Timestamp) -> Option<Window> {
        let span = now - self.began_at;
        let is_long = span >= if self.is_settled { SPAN_MIN } else { SPAN_MIN / 2 };
        let has_enough = self.completions >= self.wanted;
        if has_enough && !is_long {
            self.wanted = (self.completions / self.generation + 1) * self.generation;
        }
        let has_taken_effect = self.is_settled || self.in_flight <= self.limit;
        let is_whole = has_enough && is_long && has_taken_effect;
        if !is_whole && now < self.shown_at {
            return None;
        }
        self.pass(now);
        let mut window = self.window(span, signals);
        if is_whole {
            (window.is_whole, window.is_settled) = (true, self.is_settled);
            self.latency = window.latency().unwrap_or_default();
            self.begin(true, now);
        } else {
            self.shown_at = now + INTERIM;
        }
        Some(window)
    }

    fn begin(&mut self, is_settled: bool, now: Timestamp) {
        self.pass(now);
        (self.began_at, self.is_settled) = (now, is_settled);
        self.shown_at = now + INTERIM;
        self.generation = if is_settled {
            COMPLETIONS_MIN.max(self.in_flight as u64)
        } else {
            // What a limit that has just risen lets through counts as well.
            self.in_flight.max(self.limit).max(1) as u64
        };
        self.wanted = self.generation;
        self.completions = 0;
        (self.in_flight_s, self.held_back_s, self.run_time_s) = (0.0, 0.0, 0.0);
        self.classes.fill((0, 0.0));
    }

    fn pass(&mut self, now: Timestamp) {
        let seconds = (now - self.noted_at).as_secs_f64();
        self.noted_at = self.noted_at.max(now);
        self.in_flight_s += seconds * self.in_flight as f64;
        self.held_back_s += if self.is_held_back { seconds } else { 0.0 };
    }

    fn window(&mut self, span: Duration, signals: Signals) -> Window {
        let seconds = span.as_secs_f64().max(f64::MIN_POSITIVE);
        let (work, main_class) = self.weigh();
        let run_time = self.run_time_s / self.completions.max(1) as f64;
        Window {
            span,
            limit: self.limit,
            completions: self.completions,
            work,
            in_flight: self.in_flight_s / seconds,
            held_back: (self.held_back_s / seconds).min(1.0),
            run_time: Duration::try_from_secs_f64(run_time).unwrap_or(Duration::MAX),
            main_class,
            is_stuck: self.completions == 0 && span >= self.latency.saturating_mul(STUCK_LATENCIES),
            is_whole: false,
            is_settled: false,
            signals,
        }
    }

    /// The work done, and the class that did most of it.
    fn weigh(&mut self) -> (f64, Option<u8>) {
        self.costs.learn(&self.classes);
        let (mut work, mut most, mut main) = (0.0, 0.0, 0);
        for (class, &(count, _)) in self.classes.iter().enumerate() {
            let share = self.costs.weight(class) * count as f64;
            work += share;
            if share > most {
                (most, main) = (share, class as u8);
            }
        }
        (work, (most > 0.0 && most >= MAIN_SHARE * work).then_some(main))
    }
}
