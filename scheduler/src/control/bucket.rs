//! Tokens that come back with time.

use primitives::Timestamp;

/// A token bucket in whole numbers.
///
/// Tokens flow in at a constant rate and up to a capacity, and tasks take them out (as the leaky
/// bucket as a meter of ITU-T Recommendation I.371, and RFC 2697). The level is kept in millionths
/// of a unit times nanoseconds of a period, which makes the inflow of a nanosecond a whole number:
/// nothing is ever rounded, so nothing drifts, however long it runs. Every operation is O(1).
#[derive(Debug, Clone)]
pub(crate) struct TokenBucket {
    /// Millionths of a unit that flow in during one period: the inflow of a nanosecond.
    inflow: i128,
    /// Nanoseconds in a period.
    period: i128,
    capacity: i128,
    /// Below zero is debt.
    level: i128,
    /// When the level was what it says.
    as_of: Timestamp,
}

impl TokenBucket {
    /// A full bucket, for so many millionths of a unit in so many nanoseconds; none of the three is
    /// zero.
    pub(crate) fn new(inflow: u64, period: u64, capacity: u64) -> Self {
        let capacity = i128::from(capacity) * i128::from(period);
        let (inflow, period) = (inflow.into(), period.into());
        Self { inflow, period, capacity, level: capacity, as_of: Timestamp::ZERO }
    }

    /// Whether `cost`, in millionths, is there at `now`.
    pub(crate) fn has(&self, cost: u64, now: Timestamp) -> bool {
        self.level_at(now) >= self.scaled(cost)
    }

    /// Takes `cost` out, whether it is there or not: what is missing is debt.
    pub(crate) fn take(&mut self, cost: u64, now: Timestamp) {
        self.advance(now);
        self.level = self.level.saturating_sub(self.scaled(cost));
    }

    /// Gives `refund` back. What there is no room for is lost.
    pub(crate) fn give_back(&mut self, refund: u64, now: Timestamp) {
        self.advance(now);
        self.level = self.level.saturating_add(self.scaled(refund)).min(self.capacity);
    }

    /// From when on `cost` is there if nobody takes anything. A moment that has passed if it is
    /// there now; never, if it is more than the capacity.
    pub(crate) fn enough_at(&self, cost: u64) -> Timestamp {
        let cost = self.scaled(cost);
        if cost > self.capacity {
            return Timestamp::MAX;
        }
        let missing = cost.saturating_sub(self.level).max(0);
        let wait = missing / self.inflow + i128::from(missing % self.inflow > 0);
        let at = i128::from(self.as_of.as_nanos()).saturating_add(wait);
        Timestamp::from_nanos(u64::try_from(at).unwrap_or(u64::MAX))
    }

    fn advance(&mut self, now: Timestamp) {
        self.level = self.level_at(now);
        self.as_of = self.as_of.max(now);
    }

    fn level_at(&self, now: Timestamp) -> i128 {
        let passed = now.as_nanos().saturating_sub(self.as_of.as_nanos());
        let inflow = self.inflow.saturating_mul(passed.into());
        self.level.saturating_add(inflow).min(self.capacity)
    }

    fn scaled(&self, millionths: u64) -> i128 {
        i128::from(millionths) * self.period
    }
}

#[cfg(test)]
mod tests {
    use super::TokenBucket;
    use primitives::Timestamp;
    use proptest::prelude::*;

    fn at(nanos: u64) -> Timestamp {
        Timestamp::from_nanos(nanos)
    }

    #[test]
    fn a_third_of_a_unit_a_nanosecond_does_not_drift_in_ten_years() {
        const YEARS: u64 = 10 * 365 * 86_400 * 1_000_000_000;
        let mut bucket = TokenBucket::new(1, 3, 1);
        let mut now = 0;
        for step in 0..100_000_u64 {
            // Now and then a bucket that is never full for long is asked at odd moments.
            bucket.take(1, at(now));
            let next = bucket.enough_at(1);
            assert_eq!(next, at(now + 3), "after {step} steps");
            assert!(!bucket.has(1, at(now + 2)));
            now += 3;
        }
        bucket.take(1, at(now));
        assert!(bucket.has(1, at(now + YEARS)) && !bucket.has(2, at(now + YEARS)));
    }

    #[test]
    fn debt_is_paid_back_and_a_refund_does_not_overflow() {
        let mut bucket = TokenBucket::new(10, 1, 100);
        bucket.take(300, at(0));
        assert_eq!(bucket.enough_at(1), at(21), "200 owed and one more");
        bucket.give_back(250, at(0));
        assert_eq!(bucket.enough_at(50), at(0));
        bucket.give_back(u64::MAX, at(0));
        assert!(bucket.has(100, at(0)));
        bucket.take(100, at(0));
        assert!(!bucket.has(1, at(0)), "what did not fit was lost");
        assert_eq!(bucket.enough_at(101), Timestamp::MAX);
    }

    #[test]
    fn time_that_runs_backwards_changes_nothing() {
        let mut bucket = TokenBucket::new(1, 1, 5);
        bucket.take(5, at(10));
        bucket.take(0, at(3));
        assert!(!bucket.has(1, at(3)) && bucket.has(1, at(11)));
    }

    #[derive(Debug, Clone)]
    enum Step {
        Wait(u64),
        Take(u64),
        GiveBack(u64),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (0..40_u64).prop_map(Step::Wait),
            (0..20_u64).prop_map(Step::Take),
            (0..20_u64).prop_map(Step::GiveBack),
        ]
    }

    proptest! {
        /// Against a bucket that is filled nanosecond by nanosecond.
        #[test]
        fn the_level_is_what_flowed_in_less_what_was_taken(
            (inflow, period, capacity) in (1..7_u64, 1..7_u64, 1..15_u64),
            steps in prop::collection::vec(step(), 0..60),
        ) {
            let mut bucket = TokenBucket::new(inflow, period, capacity);
            let (period, most) = (period as i64, (capacity * period) as i64);
            let (mut now, mut level) = (0, most);
            for step in steps {
                match step {
                    Step::Wait(nanos) => {
                        now += nanos;
                        (0..nanos).for_each(|_| level = most.min(level + inflow as i64));
                    }
                    Step::Take(cost) => {
                        bucket.take(cost, at(now));
                        level -= cost as i64 * period;
                    }
                    Step::GiveBack(refund) => {
                        bucket.give_back(refund, at(now));
                        level = most.min(level + refund as i64 * period);
                    }
                }
                for cost in 0..=capacity {
                    let enough = level >= cost as i64 * period;
                    prop_assert_eq!(bucket.has(cost, at(now)), enough);
                    let there = bucket.enough_at(cost);
                    prop_assert_eq!(there <= at(now), enough, "cost {}", cost);
                    prop_assert!(bucket.has(cost, there));
                    let before = at(there.as_nanos().saturating_sub(1));
                    prop_assert!(before <= at(now) || !bucket.has(cost, before));
                }
            }
        }
    }
}
