//! What a rate has promised.

use primitives::Timestamp;

/// Units that flow in evenly, in floating point: right to a millionth of a unit for as long as a
/// test lasts.
#[derive(Debug)]
pub(crate) struct Bucket {
    burst: f64,
    per_second: f64,
    level: f64,
    as_of: Timestamp,
    paused_until: Timestamp,
}

const TOLERANCE: f64 = 1e-3;

impl Bucket {
    pub(crate) fn new(burst: f64, per_second: f64) -> Self {
        let (as_of, paused_until) = (Timestamp::ZERO, Timestamp::ZERO);
        Self { burst, per_second, level: burst, as_of, paused_until }
    }

    /// An attempt starts that costs so much.
    pub(crate) fn start(&mut self, cost: f64, now: Timestamp) {
        assert!(now >= self.paused_until, "the rate is paused until {:?}", self.paused_until);
        self.flow(now);
        assert!(self.level + TOLERANCE >= cost, "{cost} was taken of {}", self.level);
        self.level -= cost;
    }

    /// An attempt that was thought to cost `before` costs `after`.
    pub(crate) fn correct(&mut self, before: f64, after: f64, now: Timestamp) {
        self.flow(now);
        self.level = (self.level + before - after).min(self.burst);
    }

    pub(crate) fn pause(&mut self, until: Timestamp) {
        self.paused_until = self.paused_until.max(until);
    }

    pub(crate) fn resume(&mut self) {
        self.paused_until = Timestamp::ZERO;
    }

    fn flow(&mut self, now: Timestamp) {
        let seconds = (now - self.as_of).as_secs_f64();
        self.level = (self.level + seconds * self.per_second).min(self.burst);
        self.as_of = now;
    }
}
