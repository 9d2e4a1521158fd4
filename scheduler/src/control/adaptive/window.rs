//! A span of time, as controllers see it.

use super::Signals;
use std::time::Duration;

/// A window in which tasks were held back for a smaller share of the time tells nothing about the
/// limit.
const HELD_BACK_MIN: f64 = 0.8;

/// What happened between two looks. A [`Meter`](super::Meter) makes them.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Window {
    /// How long it was.
    pub span: Duration,
    /// The limit that was in force.
    pub limit: usize,
    /// Attempts that ended.
    pub completions: u64,
    /// The sum of what they cost by class, in seconds of the run time that was usual when their
    /// classes were first seen.
    pub work: f64,
    /// Tasks in flight, averaged over the span.
    pub in_flight: f64,
    /// The share of the span in which the limit held ready tasks back, 0 to 1.
    pub held_back: f64,
    /// From first poll to end, averaged over the completions.
    pub run_time: Duration,
    /// The class that did three quarters of the work or more, if one did: 0 to 63.
    pub main_class: Option<u8>,
    /// Whether nothing has ended for four times as long as a task takes.
    pub is_stuck: bool,
    /// Whether it is complete. If not, the next one is the same with more to it.
    pub is_whole: bool,
    /// Whether it is whole, and its throughput that of its limit: that had been in force for as
    /// long as it takes to show in completions.
    pub is_settled: bool,
    /// The machine's and the workers' figures at its end.
    pub signals: Signals,
}

impl Window {
    /// Work done in each second.
    pub fn throughput(&self) -> f64 {
        let seconds = self.span.as_secs_f64();
        if seconds > 0.0 { self.work / seconds } else { 0.0 }
    }

    /// From start to end, averaged: what so many in flight means for so many completions. `None`
    /// without completions.
    ///
    /// Source: J. D. C. Little, "A proof for the queuing formula: L = λW", Operations Research
    /// 9(3), 1961.
    pub fn latency(&self) -> Option<Duration> {
        let seconds = self.span.as_secs_f64() * self.in_flight / self.completions as f64;
        Duration::try_from_secs_f64(seconds).ok()
    }

    /// From start to first poll, averaged: what of the latency is not run time.
    pub fn poll_delay(&self) -> Option<Duration> {
        Some(self.latency()?.saturating_sub(self.run_time))
    }

    /// Whether there was too little to run for the limit to matter.
    pub fn is_application_limited(&self) -> bool {
        self.held_back < HELD_BACK_MIN
    }
}

#[cfg(test)]
mod tests {
    use super::Window;
    use std::time::Duration;

    #[test]
    fn latency_follows_from_what_is_in_flight_and_what_ends() {
        let window = Window {
            span: Duration::from_secs(2),
            completions: 100,
            in_flight: 5.0,
            run_time: Duration::from_millis(70),
            ..Window::default()
        };
        assert_eq!(window.latency(), Some(Duration::from_millis(100)));
        assert_eq!(window.poll_delay(), Some(Duration::from_millis(30)));
        assert_eq!(Window::default().latency(), None);
        assert_eq!(Window::default().throughput(), 0.0);
    }
}
