//! From running totals to rates.

use super::reading::{CpuTicks, Reading, Stalled};
use super::{Pressure, Sample};
use primitives::Timestamp;
use std::time::Duration;

/// How far a share may exceed 1 and still be believed. The clock and a counter are not read in the
/// same instant, and a sampler that loses its core between the two sees a little more stalled time
/// than time. Beyond this it is not skew, the counter is broken.
const BELIEVABLE_SHARE: f64 = 2.0;
/// How long the kernel may take to account for ticks. Cores that run without a timer interrupt are
/// caught up with about once a second, all of it in one go.
const LATE_ACCOUNTING: Duration = Duration::from_secs(1);

/// Remembers the reading before, to take differences.
///
/// Pure arithmetic: totals that go backwards, stand still for lack of time, or jump further than
/// time allows give an unknown rate for this interval, and the next one starts afresh from them.
#[derive(Debug, Default)]
pub(crate) struct Rates {
    before: Option<(Timestamp, Reading)>,
}

impl Rates {
    /// The sample that `reading`, taken at `at`, makes together with the reading before.
    pub(crate) fn sample(&mut self, at: Timestamp, reading: Reading) -> Sample {
        let mut sample = Sample {
            memory_used_bytes: reading.memory.map(|memory| memory.used_bytes),
            memory_available_bytes: reading.memory.map(|memory| memory.available_bytes),
            process_rss_bytes: reading.process_rss_bytes,
            ..Sample::unknown(at)
        };
        if let Some((then, before)) = self.before.replace((at, reading)) {
            let elapsed = at - then;
            let shares = shares(before.cpu, reading.cpu, elapsed);
            sample.cpu_utilization = shares.map(|(busy, _)| busy);
            sample.io_wait = shares.map(|(_, io_wait)| io_wait);
            sample.process_cpu = rate(before.process_cpu, reading.process_cpu, elapsed);
            sample.pressure = pressure(before.stalled, reading.stalled, elapsed);
        }
        sample
    }
}

/// The busy and the I/O wait share of the ticks that passed, if all counters moved forward, any
/// tick passed, and no more than could have.
fn shares(
    before: Option<CpuTicks>,
    now: Option<CpuTicks>,
    elapsed: Duration,
) -> Option<(f64, f64)> {
    let (before, now) = (before?, now?);
    let busy = now.busy.checked_sub(before.busy)?;
    let idle = now.idle.checked_sub(before.idle)?;
    // The kernel's documentation warns that this one does decrease at times.
    let io_wait = now.io_wait.checked_sub(before.io_wait)?;
    let total = busy.checked_add(idle)?.checked_add(io_wait)? as f64;
    let most = (elapsed + LATE_ACCOUNTING).as_secs_f64() * now.per_second as f64;
    let believable = total > 0.0 && total <= most * BELIEVABLE_SHARE;
    believable.then(|| (busy as f64 / total, io_wait as f64 / total))
}

/// How much of `elapsed` a total of times grew by.
fn rate(before: Option<Duration>, now: Option<Duration>, elapsed: Duration) -> Option<f64> {
    let grown = now?.checked_sub(before?)?;
    (!elapsed.is_zero()).then(|| grown.as_secs_f64() / elapsed.as_secs_f64())
}

/// Like [`rate`], for a total that cannot outgrow time.
fn share(before: Duration, now: Duration, elapsed: Duration) -> Option<f64> {
    let share = rate(Some(before), Some(now), elapsed)?;
    (share <= BELIEVABLE_SHARE).then(|| share.min(1.0))
}

fn pressure(before: Option<Stalled>, now: Option<Stalled>, elapsed: Duration) -> Option<Pressure> {
    let (before, now) = (before?, now?);
    Some(Pressure {
        cpu: share(before.cpu, now.cpu, elapsed)?,
        memory: share(before.memory, now.memory, elapsed)?,
        io: share(before.io, now.io, elapsed)?,
    })
}

#[cfg(test)]
mod tests {
    use super::Rates;
    use crate::Sample;
    use crate::sample::reading::{CpuTicks, Reading, Stalled};
    use primitives::Timestamp;
    use proptest::prelude::*;
    use std::time::Duration;

    const PER_SECOND: u64 = 200;

    fn reading((busy, idle, io_wait): (u64, u64, u64), process: u64, stalled: u64) -> Reading {
        let stalled = Duration::from_nanos(stalled);
        Reading {
            cpu: Some(CpuTicks { busy, idle, io_wait, per_second: PER_SECOND }),
            process_cpu: Some(Duration::from_nanos(process)),
            stalled: Some(Stalled { cpu: stalled, memory: stalled, io: stalled }),
            ..Reading::default()
        }
    }

    fn second(before: (u64, Reading), after: (u64, Reading)) -> Sample {
        let mut rates = Rates::default();
        rates.sample(Timestamp::from_nanos(before.0), before.1);
        rates.sample(Timestamp::from_nanos(after.0), after.1)
    }

    #[test]
    fn an_unbelievable_share_is_unknown_and_a_little_skew_is_not() {
        let zero = reading((0, 0, 0), 0, 0);
        let pressure = |stalled| second((0, zero), (100, reading((1, 0, 0), 0, stalled))).pressure;
        assert_eq!(pressure(50).map(|pressure| pressure.io), Some(0.5));
        assert_eq!(pressure(120).map(|pressure| pressure.io), Some(1.0));
        assert_eq!(pressure(201), None);
    }

    #[test]
    fn no_time_and_no_ticks_are_no_rate() {
        let same = reading((5, 5, 5), 7, 7);
        let sample = second((9, same), (9, same));
        assert_eq!(sample, Sample::unknown(Timestamp::from_nanos(9)));
    }

    #[test]
    fn a_figure_that_was_away_starts_afresh() {
        let mut rates = Rates::default();
        rates.sample(Timestamp::ZERO, reading((0, 0, 0), 0, 0));
        let away = rates.sample(Timestamp::from_nanos(1), Reading::default());
        assert_eq!(away.cpu_utilization, None);
        let back = rates.sample(Timestamp::from_nanos(2), reading((50, 50, 0), 0, 0));
        assert_eq!(back.cpu_utilization, None, "there is nothing to compare it with");
        let next = rates.sample(Timestamp::from_nanos(3), reading((51, 53, 0), 0, 0));
        assert_eq!(next.cpu_utilization, Some(0.25));
    }

    #[test]
    fn more_ticks_than_the_time_has_are_unknown() {
        let zero = reading((0, 0, 0), 0, 0);
        // A nanosecond, and the second by which the kernel may be late, twice: 400 ticks.
        let busy = |ticks| second((0, zero), (1, reading((ticks, 0, 0), 0, 0))).cpu_utilization;
        assert_eq!(busy(400), Some(1.0));
        assert_eq!(busy(401), None);
    }

    /// A total: small, so that it often runs backwards, or anywhere in the range.
    fn total() -> impl Strategy<Value = u64> {
        prop_oneof![0..8_u64, any::<u64>()]
    }

    proptest! {
        /// Each rate is there exactly if its totals moved forward within what is possible, and
        /// then it is the quotient.
        #[test]
        fn rates_match_wide_arithmetic(
            before in ((total(), total(), total()), total(), total()),
            after in ((total(), total(), total()), total(), total()),
            elapsed in prop_oneof![0..8_u64, 1_000..u64::MAX],
        ) {
            let sample = second(
                (0, reading(before.0, before.1, before.2)),
                (elapsed, reading(after.0, after.1, after.2)),
            );
            let grown = |after: u64, before: u64| i128::from(after) - i128::from(before);

            let (busy, idle) = (grown(after.0.0, before.0.0), grown(after.0.1, before.0.1));
            let io_wait = grown(after.0.2, before.0.2);
            let ticks = busy + idle + io_wait;
            let forwards = busy >= 0 && idle >= 0 && io_wait >= 0;
            let most = 2 * (i128::from(elapsed) + 1_000_000_000) * i128::from(PER_SECOND);
            let believable = ticks * 1_000_000_000 <= most;
            let known = forwards && ticks > 0 && believable && ticks <= i128::from(u64::MAX);
            prop_assert_eq!(sample.cpu_utilization, known.then(|| busy as f64 / ticks as f64));
            prop_assert_eq!(sample.io_wait, known.then(|| io_wait as f64 / ticks as f64));

            let process = grown(after.1, before.1);
            prop_assert_eq!(sample.process_cpu.is_some(), process >= 0 && elapsed > 0);
            if let Some(cores) = sample.process_cpu {
                let expected = process as f64 / elapsed as f64;
                prop_assert!((cores - expected).abs() <= expected * 1e-9);
            }

            let stalled = grown(after.2, before.2);
            let believable = stalled <= 2 * i128::from(elapsed);
            // At the very edge the rounding of the quotient decides.
            let edge = (stalled as f64 / elapsed as f64 - 2.0).abs() < 1e-9;
            let expected = stalled >= 0 && elapsed > 0 && believable;
            prop_assert!(edge || sample.pressure.is_some() == expected);
            if let Some(pressure) = sample.pressure {
                let share = (stalled as f64 / elapsed as f64).min(1.0);
                prop_assert!((pressure.cpu - share).abs() <= 1e-9);
            }
        }
    }
}
