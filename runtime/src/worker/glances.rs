//! When a busy worker looks at its reactor.

use std::cell::Cell;
use std::time::Duration;

/// How long the steps between two glances should take at most. A glance costs about a microsecond.
const SPAN: Duration = Duration::from_micros(100);

/// A glance comes after so many steps, at most the configured number, as took [`SPAN`] before:
/// where polls are long, timers and sockets do not wait for 61 of them.
#[derive(Debug, Default)]
pub(super) struct Glances {
    /// The step of the next glance.
    due_at: Cell<u64>,
    /// How many steps there are from one to the next.
    interval: Cell<u64>,
    /// Whose timers were looked at last.
    other: Cell<usize>,
}

impl Glances {
    /// Whether step number `ticks` begins with a glance.
    #[inline]
    pub(super) fn is_due(&self, ticks: u64) -> bool {
        ticks >= self.due_at.get()
    }

    /// A glance was made at step `ticks`, and the steps before it took `elapsed`.
    pub(super) fn took(&self, elapsed: Duration, ticks: u64, interval_max: u64) {
        let interval = self.interval.get().max(1);
        let next = if elapsed > SPAN {
            // A u64 of nanoseconds is centuries long.
            let (elapsed, span) = (elapsed.as_nanos() as u64, SPAN.as_nanos() as u64);
            (interval.saturating_mul(span) / elapsed).max(1)
        } else {
            interval.saturating_mul(2)
        };
        self.interval.set(next.min(interval_max));
        self.restart(ticks);
    }

    /// The reactor was just served, at step `ticks`.
    pub(super) fn restart(&self, ticks: u64) {
        self.due_at.set(ticks.saturating_add(self.interval.get()));
    }

    /// The number of the next worker in turn of `workers` that is not `own`; `own` if there is
    /// no other.
    pub(super) fn next_other(&self, own: usize, workers: usize) -> usize {
        let next = |it: usize| (it + 1) % workers;
        let other = next(self.other.get());
        self.other.set(other);
        if other == own { next(own) } else { other }
    }
}

#[cfg(test)]
mod tests {
    use super::{Glances, SPAN};

    /// After how many steps of `step` each glance came, in a worker that does nothing else.
    fn intervals(step: std::time::Duration, interval_max: u64) -> Vec<u64> {
        let (glances, mut last) = (Glances::default(), 0);
        let mut intervals = Vec::new();
        for ticks in 1..2_000 {
            if glances.is_due(ticks) {
                intervals.push(ticks - last);
                glances.took(step * (ticks - last) as u32, ticks, interval_max);
                last = ticks;
            }
        }
        intervals
    }

    #[test]
    fn short_polls_are_interrupted_after_the_configured_number() {
        let intervals = intervals(SPAN / 1_000, 61);
        assert_eq!(intervals.last(), Some(&61));
        assert!(intervals.len() < 2_000 / 61 + 10, "{intervals:?}");
    }

    #[test]
    fn long_polls_are_interrupted_after_fewer() {
        let intervals = intervals(SPAN / 10, 61);
        assert!(intervals.iter().skip(5).all(|&it| it <= 20), "{intervals:?}");
        let stuck = self::intervals(SPAN * 100, 61);
        assert!(stuck.iter().all(|&it| it == 1), "{:?}", &stuck[..10]);
    }

    #[test]
    fn every_step_may_be_configured() {
        assert!(intervals(SPAN / 1_000, 1).iter().all(|&it| it == 1));
    }

    #[test]
    fn all_others_have_their_turn() {
        let glances = Glances::default();
        let mut seen: Vec<_> = (0..8).map(|_| glances.next_other(2, 4)).collect();
        assert!(!seen.contains(&2));
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen, [0, 1, 3]);
        assert_eq!(Glances::default().next_other(0, 1), 0, "there is nobody else");
    }
}
