//! From running totals to rates.
//!
//! Pure arithmetic: totals that go backwards, stand still for lack of time, or jump further than
//! time allows give an unknown rate for this interval, and the next one starts afresh from them.

use primitives::Timestamp;
use std::time::Duration;

/// How far a rate may exceed what is possible and still be believed. The clock and a counter are
/// not read in the same instant, and a sampler that loses its core between the two sees a little
/// more stalled time than time.
const BELIEVABLE: f64 = 2.0;
/// By how much a total may be late and not be broken: a sampler may wait this long for a core, and
/// cores that run without a timer interrupt are caught up with about once a second, all of it in
/// one go.
const LATE: Duration = Duration::from_secs(1);

/// A total, and when it was last read.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Counter {
    before: Option<(Timestamp, u64)>,
}

/// How much a total grew, if that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Growth(Option<(u64, Duration)>);

/// What a growth means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Rate {
    Known(f64),
    /// There is nothing to compare with, or more than can be, if only because it is late.
    Unknown,
    /// More than can be, however late.
    Implausible,
}

impl Rate {
    pub(crate) fn known(self) -> Option<f64> {
        match self {
            Self::Known(rate) => Some(rate),
            Self::Unknown | Self::Implausible => None,
        }
    }
}

impl Counter {
    /// Takes the total as of `at`. An unknown one is forgotten together with the one before.
    pub(crate) fn advance(&mut self, at: Timestamp, total: Option<u64>) -> Growth {
        let now = total.map(|total| (at, total));
        let before = std::mem::replace(&mut self.before, now);
        Growth(before.zip(now).and_then(|((then, before), (at, total))| {
            let elapsed = at - then;
            let by = total.checked_sub(before)?;
            (!elapsed.is_zero()).then_some((by, elapsed))
        }))
    }
}

impl Growth {
    /// How much, without asking whether it can be.
    pub(crate) fn by(self) -> Option<u64> {
        self.0.map(|(by, _)| by)
    }

    /// A total of nanoseconds that cannot outgrow time, as a share of it.
    pub(crate) fn share(self) -> Rate {
        self.cores(1)
    }

    /// A total of nanoseconds that `most` cores add to at once, in cores.
    pub(crate) fn cores(self, most: u32) -> Rate {
        let Some((ns, elapsed)) = self.0 else { return Rate::Unknown };
        let (cores, most) = (ns as f64 / elapsed.as_nanos() as f64, f64::from(most));
        if cores <= BELIEVABLE * most {
            Rate::Known(cores.min(most))
        } else if ns as f64 <= most_seconds(elapsed) * most * 1e9 {
            Rate::Unknown
        } else {
            Rate::Implausible
        }
    }
}

/// The most seconds of CPU time that a core can seem to have had in `elapsed`.
pub(crate) fn most_seconds(elapsed: Duration) -> f64 {
    (elapsed + LATE).as_secs_f64() * BELIEVABLE
}

#[cfg(test)]
mod tests {
    use super::{Counter, Growth, Rate};
    use primitives::Timestamp;
    use proptest::prelude::*;

    fn growth(before: (u64, u64), after: (u64, u64)) -> Growth {
        let mut counter = Counter::default();
        counter.advance(Timestamp::from_nanos(before.0), Some(before.1));
        counter.advance(Timestamp::from_nanos(after.0), Some(after.1))
    }

    #[test]
    fn an_unbelievable_share_is_unknown_and_a_little_skew_is_not() {
        assert_eq!(growth((0, 0), (100, 50)).share(), Rate::Known(0.5));
        assert_eq!(growth((0, 0), (100, 120)).share(), Rate::Known(1.0));
        assert_eq!(growth((0, 0), (100, 201)).share(), Rate::Unknown, "late, perhaps");
        let late = 2 * (1_000_000_000 + 100);
        assert_eq!(growth((0, 0), (100, late)).share(), Rate::Unknown);
        assert_eq!(growth((0, 0), (100, late + 1_000)).share(), Rate::Implausible);
    }

    #[test]
    fn a_total_that_was_away_starts_afresh() {
        let mut counter = Counter::default();
        let at = Timestamp::from_nanos;
        assert_eq!(counter.advance(at(0), Some(0)).share(), Rate::Unknown, "the first");
        assert_eq!(counter.advance(at(1), None).share(), Rate::Unknown);
        assert_eq!(counter.advance(at(2), Some(8)).share(), Rate::Unknown, "nothing to compare");
        assert_eq!(counter.advance(at(6), Some(9)).share(), Rate::Known(0.25));
        assert_eq!(counter.advance(at(9), Some(7)).share(), Rate::Unknown, "backwards");
        assert_eq!(counter.advance(at(13), Some(9)).share(), Rate::Known(0.5));
        assert_eq!(counter.advance(at(13), Some(9)).share(), Rate::Unknown, "no time passed");
    }

    /// A total: small, so that it often runs backwards, or anywhere in the range.
    fn total() -> impl Strategy<Value = u64> {
        prop_oneof![0..8_u64, any::<u64>()]
    }

    proptest! {
        /// A rate is there exactly if its total moved forward within what is possible, and then it
        /// is the quotient.
        #[test]
        fn rates_match_wide_arithmetic(
            before in total(),
            after in total(),
            elapsed in prop_oneof![0..8_u64, 1_000..u64::MAX],
            cores in 1_u32..300,
        ) {
            let growth = growth((0, before), (elapsed, after));
            let by = i128::from(after) - i128::from(before);
            if by < 0 || elapsed == 0 {
                prop_assert_eq!((growth.share(), growth.by()), (Rate::Unknown, None));
                prop_assert_eq!(growth.cores(cores), Rate::Unknown);
                return Ok(());
            }
            prop_assert_eq!(growth.by().map(i128::from), Some(by));
            // At the very edge the rounding of the quotient decides.
            let near = |most: i128| (by as f64 / most as f64 - 1.0).abs() < 1e-9;
            let quotient = by as f64 / elapsed as f64;
            let known = 2 * i128::from(elapsed) * i128::from(cores);
            let late = 2 * (i128::from(elapsed) + 1_000_000_000) * i128::from(cores);
            match growth.cores(cores) {
                Rate::Known(rate) => {
                    let expected = quotient.min(f64::from(cores));
                    prop_assert!((rate - expected).abs() <= expected * 1e-9);
                    prop_assert!(by <= known || near(known));
                }
                Rate::Unknown => {
                    prop_assert!((by > known || near(known)) && (by <= late || near(late)));
                }
                Rate::Implausible => prop_assert!(by > late || near(late)),
            }
        }
    }
}
