//! The gradient of latency.

use super::{ConcurrencyController, ControllerSettings, Decision, LimitReason, Window};
use primitives::Timestamp;

/// How much of the long-term latency a window is, once it has a past.
const LONG_WEIGHT: f64 = 2.0 / 601.0;
/// Windows until then, in which all count alike.
const WARM_UP: u32 = 10;
/// Latency may be above the long-term one by this factor before the limit falls.
const TOLERANCE: f64 = 1.5;
/// The least that remains of the limit before smoothing.
const GRADIENT_MIN: f64 = 0.5;
/// The queue that is allowed for: what the limit grows by while latency stays.
const QUEUE: f64 = 4.0;
/// How much of the new limit takes effect at once.
const SMOOTHING: f64 = 0.2;
/// When latency has fallen to less than this share of the long-term one, the latter hurries after.
const RECOVERY_SHARE: f64 = 0.5;
const RECOVERY: f64 = 0.95;

/// A limit that falls when latency rises above what it was in the long run, and rises otherwise.
///
/// Source: the algorithm `Gradient2Limit` of Netflix's `concurrency-limits` (Apache 2.0), with its
/// standard settings; here it goes by the mean latency of each window.
///
/// # Examples
///
/// ```
/// use graph_runtime_scheduler::adaptive::{
///     ConcurrencyController, ControllerSettings, Gradient2, Window,
/// };
/// use primitives::Timestamp;
/// use std::time::Duration;
///
/// let mut gradient = Gradient2::new(ControllerSettings::default());
/// let before = gradient.limit();
/// let span = Duration::from_millis(10);
/// let window = Window {
///     span,
///     completions: 8,
///     in_flight: 8.0,
///     held_back: 1.0,
///     is_whole: true,
///     ..Window::default()
/// };
/// (0..20).for_each(|_| drop(gradient.observe(&window, Timestamp::ZERO)));
/// assert!(gradient.limit() > before, "latency stays where it is");
/// ```
#[derive(Debug)]
pub struct Gradient2 {
    settings: ControllerSettings,
    limit: f64,
    /// In seconds.
    long_term: f64,
    windows: u32,
}

impl Gradient2 {
    /// One with these bounds.
    pub fn new(settings: ControllerSettings) -> Self {
        Self { settings, limit: settings.start() as f64, long_term: 0.0, windows: 0 }
    }

    fn follow(&mut self, latency: f64) {
        self.windows = (self.windows + 1).min(WARM_UP + 1);
        let weight =
            if self.windows <= WARM_UP { 1.0 / f64::from(self.windows) } else { LONG_WEIGHT };
        self.long_term += weight * (latency - self.long_term);
        if latency < RECOVERY_SHARE * self.long_term {
            self.long_term *= RECOVERY;
        }
    }
}

impl ConcurrencyController for Gradient2 {
    fn limit(&self) -> usize {
        self.settings.clamp(self.limit as usize)
    }

    fn observe(&mut self, window: &Window, _now: Timestamp) -> Decision {
        let latency = window.latency().filter(|_| window.is_whole);
        let Some(latency) = latency.map(|latency| latency.as_secs_f64()) else {
            return Decision { limit: self.limit(), reason: LimitReason::Measuring };
        };
        self.follow(latency);
        if window.is_application_limited() {
            return Decision { limit: self.limit(), reason: LimitReason::ApplicationLimited };
        }
        let gradient =
            (TOLERANCE * self.long_term / latency.max(f64::MIN_POSITIVE)).clamp(GRADIENT_MIN, 1.0);
        let next = self.limit * gradient + QUEUE;
        let next = self.limit + SMOOTHING * (next - self.limit);
        let reason = if next < self.limit { LimitReason::Latency } else { LimitReason::Headroom };
        self.limit = next.clamp(1.0, self.settings.max.max(1) as f64);
        Decision { limit: self.limit(), reason }
    }
}

#[cfg(test)]
mod tests {
    use super::Gradient2;
    use crate::control::adaptive::{ConcurrencyController, ControllerSettings, Window};
    use primitives::Timestamp;
    use std::time::Duration;

    fn observe(gradient: &mut Gradient2, latency_ms: u64) -> usize {
        let span = Duration::from_millis(latency_ms);
        let window = Window {
            span,
            completions: 8,
            in_flight: 8.0,
            held_back: 1.0,
            is_whole: true,
            ..Window::default()
        };
        gradient.observe(&window, Timestamp::ZERO).limit
    }

    #[test]
    fn falls_when_latency_rises_and_climbs_back() {
        let mut gradient = Gradient2::new(ControllerSettings { max: 64, ..Default::default() });
        (0..200).for_each(|_| {
            observe(&mut gradient, 10);
        });
        assert_eq!(gradient.limit(), 64);
        (0..10).for_each(|_| {
            observe(&mut gradient, 100);
        });
        assert!(gradient.limit() < 40, "{gradient:?}");
        (0..200).for_each(|_| {
            observe(&mut gradient, 10);
        });
        assert_eq!(gradient.limit(), 64);
    }
}
