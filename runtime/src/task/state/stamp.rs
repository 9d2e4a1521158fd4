//! When a task was last taken up, or put down.

use primitives::Timestamp;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// A stamp counts 2^23 ns, some 8.4 ms: its 30 bits last for 104 days.
const SHIFT: u32 = 23;
const BITS: u32 = 30;
/// All the bits of a stamp.
pub(super) const MASK: usize = (1 << BITS) - 1;

/// A coarse moment. 0 is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stamp(u32);

impl Stamp {
    fn of(moment: Timestamp) -> Self {
        Self(((moment.as_nanos() >> SHIFT) as usize & MASK) as u32)
    }

    pub(super) fn from_bits(bits: usize) -> Self {
        Self((bits & MASK) as u32)
    }

    pub(super) fn bits(self) -> usize {
        self.0 as usize
    }

    /// How long ago it was, to some 10 ms; one that is 104 days ago, or none, is said to be now.
    pub(crate) fn age(self, now: Timestamp) -> Duration {
        if self == Self::default() {
            return Duration::ZERO;
        }
        let now = Self::of(now).0;
        // A stamp that somebody took a moment later than `now` was is no age.
        let ticks = now.wrapping_sub(self.0) as usize & MASK;
        if ticks > MASK / 2 {
            Duration::ZERO
        } else {
            Duration::from_nanos((ticks as u64) << SHIFT)
        }
    }
}

/// The time as whoever has looked at the clock last has found it: nobody looks for a stamp alone.
#[derive(Debug, Default)]
pub(crate) struct CoarseClock(AtomicU32);

impl CoarseClock {
    /// Somebody has looked at the clock.
    #[inline]
    pub(crate) fn set(&self, now: Timestamp) {
        let now = Stamp::of(now).0;
        // ORDERING: Relaxed, here and below: a number by itself. Read by all, and so written only
        // when it changes.
        if self.0.load(Ordering::Relaxed) != now {
            self.0.store(now, Ordering::Relaxed);
        }
    }

    #[inline]
    pub(crate) fn get(&self) -> Stamp {
        // ORDERING: as above.
        Stamp(self.0.load(Ordering::Relaxed))
    }
}

/// One that nobody sets.
pub(crate) static STOPPED: CoarseClock = CoarseClock(AtomicU32::new(0));

#[cfg(test)]
mod tests {
    use super::{CoarseClock, Stamp};
    use primitives::Timestamp;
    use std::time::Duration;

    #[test]
    fn an_age_is_right_to_some_milliseconds() {
        let clock = CoarseClock::default();
        let then = Timestamp::from_nanos(123_456_789_000);
        clock.set(then);
        for millis in [0, 1, 10, 500, 86_400_000] {
            let age = clock.get().age(then + Duration::from_millis(millis)).as_millis() as u64;
            assert!(age <= millis + 9 && age + 9 >= millis, "{age} for {millis}");
        }
        assert_eq!(Stamp::default().age(then), Duration::ZERO);
        assert_eq!(
            Stamp::of(then).age(then.saturating_sub(Duration::from_secs(1))),
            Duration::ZERO
        );
    }
}
