//! The queue that latency betrays.

use super::{ConcurrencyController, ControllerSettings, Decision, LimitReason, Window};
use primitives::Timestamp;

/// Of the decimal logarithm of the limit: a shorter queue is room for more, a longer one is too
/// long.
const ALPHA: f64 = 3.0;
const BETA: f64 = 6.0;
/// After so many completions for each task in flight the lowest latency is looked for anew.
const FORGET_AFTER: f64 = 30.0;

/// A limit that keeps a short queue: of so many in flight, those that latency above its minimum
/// accounts for are taken to wait.
///
/// Source: L. Brakmo and L. Peterson, "TCP Vegas: end to end congestion avoidance on a global
/// Internet", IEEE JSAC 13(8), 1995, in the form of `VegasLimit` of Netflix's
/// `concurrency-limits` (Apache 2.0), whose bounds grow with the logarithm of the limit; here it
/// goes by the mean latency of each window.
///
/// # Examples
///
/// ```
/// use graph_runtime_scheduler::adaptive::{
///     ConcurrencyController, ControllerSettings, Vegas, Window,
/// };
/// use primitives::Timestamp;
/// use std::time::Duration;
///
/// let mut vegas = Vegas::new(ControllerSettings::default());
/// let before = vegas.limit();
/// let span = Duration::from_millis(10);
/// let window = Window {
///     span,
///     completions: 8,
///     in_flight: 8.0,
///     held_back: 1.0,
///     is_whole: true,
///     ..Window::default()
/// };
/// vegas.observe(&window, Timestamp::ZERO);
/// assert!(vegas.limit() > before, "there is no queue");
/// ```
#[derive(Debug)]
pub struct Vegas {
    settings: ControllerSettings,
    limit: f64,
    /// The lowest latency, in seconds.
    lowest: f64,
    /// Completions since that was looked for anew.
    completions: u64,
}

impl Vegas {
    /// One with these bounds.
    pub fn new(settings: ControllerSettings) -> Self {
        let limit = settings.start() as f64;
        Self { settings, limit, lowest: f64::INFINITY, completions: 0 }
    }

    fn follow(&mut self, latency: f64, completions: u64) {
        self.completions = self.completions.saturating_add(completions);
        if self.completions as f64 > FORGET_AFTER * self.limit {
            (self.lowest, self.completions) = (latency, 0);
        }
        self.lowest = self.lowest.min(latency);
    }
}

impl ConcurrencyController for Vegas {
    fn limit(&self) -> usize {
        self.settings.clamp(self.limit as usize)
    }

    fn observe(&mut self, window: &Window, _now: Timestamp) -> Decision {
        let latency = window.latency().filter(|_| window.is_whole);
        let Some(latency) = latency.map(|latency| latency.as_secs_f64()) else {
            return Decision { limit: self.limit(), reason: LimitReason::Measuring };
        };
        self.follow(latency, window.completions);
        if window.is_application_limited() {
            return Decision { limit: self.limit(), reason: LimitReason::ApplicationLimited };
        }
        let unit = self.limit.log10().max(1.0);
        let queue = (self.limit * (1.0 - self.lowest / latency.max(f64::MIN_POSITIVE))).ceil();
        let (step, reason) = if queue <= unit {
            (BETA * unit, LimitReason::Headroom)
        } else if queue < ALPHA * unit {
            (unit, LimitReason::Headroom)
        } else if queue > BETA * unit {
            (-unit, LimitReason::Latency)
        } else {
            (0.0, LimitReason::Best)
        };
        self.limit = (self.limit + step).clamp(1.0, self.settings.max.max(1) as f64);
        Decision { limit: self.limit(), reason }
    }
}

#[cfg(test)]
mod tests {
    use super::Vegas;
    use crate::control::adaptive::{ConcurrencyController, ControllerSettings, Window};
    use primitives::Timestamp;
    use std::time::Duration;

    /// A server that works on ten at a time: others wait.
    fn observe(vegas: &mut Vegas) {
        let in_flight = vegas.limit() as f64;
        let span = Duration::from_secs_f64(0.01 * (in_flight / 10.0).max(1.0));
        let completions = in_flight.ceil() as u64;
        let window = Window {
            span,
            completions,
            in_flight,
            held_back: 1.0,
            is_whole: true,
            ..Window::default()
        };
        vegas.observe(&window, Timestamp::ZERO);
    }

    #[test]
    fn keeps_a_short_queue() {
        let mut vegas = Vegas::new(ControllerSettings { start: 4, ..Default::default() });
        let limits = (0..25).map(|_| {
            observe(&mut vegas);
            vegas.limit()
        });
        let limits: Vec<_> = limits.collect();
        assert!(limits[5..].iter().all(|limit| (10..=30).contains(limit)), "{limits:?}");
    }
}
