//! Additive increase, multiplicative decrease.

use super::{ConcurrencyController, ControllerSettings, Decision, LimitReason, Window};
use primitives::Timestamp;

/// The limit falls to this share of what runs.
const DECREASE: f64 = 0.75;
/// From one to the full limit in about this many steps.
const STEPS_TO_FULL: usize = 16;
/// The most tasks the limit rises by at once.
const STEP_MAX: usize = 16;

/// A limit that follows the machine's CPU and memory.
///
/// With each fresh figure it falls to three quarters of what runs if the CPU is busier than its
/// target or memory in use has reached its threshold, and rises by a fixed step if both are known
/// to be below. What is unknown changes nothing. It begins at the most that is allowed.
///
/// Source: D.-M. Chiu and R. Jain, "Analysis of the increase and decrease algorithms for congestion
/// avoidance", Computer Networks and ISDN Systems 17, 1989.
///
/// # Examples
///
/// ```
/// use graph_runtime_scheduler::adaptive::{
///     Aimd, ConcurrencyController, ControllerSettings, Signals, Window,
/// };
/// use primitives::Timestamp;
///
/// let mut aimd = Aimd::new(ControllerSettings { max: 16, ..ControllerSettings::default() });
/// let signals = Signals { cpu: Some(1.0), is_fresh: true, ..Signals::default() };
/// let window = Window { in_flight: 16.0, signals, ..Window::default() };
/// assert_eq!(aimd.observe(&window, Timestamp::ZERO).limit, 12);
/// ```
#[derive(Debug)]
pub struct Aimd {
    settings: ControllerSettings,
    limit: usize,
}

impl Aimd {
    /// One with these bounds; `start` is ignored.
    pub fn new(settings: ControllerSettings) -> Self {
        Self { settings, limit: settings.clamp(settings.max) }
    }

    fn fall(&mut self, in_flight: f64, reason: LimitReason) -> LimitReason {
        let running = in_flight.ceil().min(self.limit as f64);
        self.limit = self.settings.clamp((running * DECREASE) as usize);
        reason
    }
}

impl ConcurrencyController for Aimd {
    fn limit(&self) -> usize {
        self.limit
    }

    fn observe(&mut self, window: &Window, _now: Timestamp) -> Decision {
        let Window { signals, in_flight, .. } = window;
        let memory_over = signals.memory.map(|_| signals.is_memory_over());
        let cpu_over = signals.cpu.map(|share| share > self.settings.cpu_target);
        let reason = match (memory_over, cpu_over) {
            _ if !signals.is_fresh => LimitReason::Measuring,
            (Some(true), _) => self.fall(*in_flight, LimitReason::Memory),
            (_, Some(true)) => self.fall(*in_flight, LimitReason::CpuBusy),
            (Some(false), Some(false)) => {
                let step = (self.settings.max / STEPS_TO_FULL).clamp(1, STEP_MAX);
                self.limit = self.settings.clamp(self.limit.saturating_add(step));
                LimitReason::Headroom
            }
            _ => LimitReason::Measuring,
        };
        Decision { limit: self.limit, reason }
    }
}

#[cfg(test)]
mod tests {
    use super::Aimd;
    use crate::control::adaptive::{ConcurrencyController, ControllerSettings, Signals, Window};
    use primitives::Timestamp;
    use proptest::prelude::*;

    fn aimd(max: usize) -> Aimd {
        Aimd::new(ControllerSettings { max, cpu_target: 0.8, ..ControllerSettings::default() })
    }

    fn observe(aimd: &mut Aimd, cpu: Option<f64>, memory: Option<f64>, in_flight: usize) -> usize {
        let signals = Signals { cpu, memory, is_fresh: true, ..Signals::default() };
        let window = Window { signals, in_flight: in_flight as f64, ..Window::default() };
        aimd.observe(&window, Timestamp::ZERO).limit
    }

    #[test]
    fn falls_to_three_quarters_of_what_runs_and_climbs_back() {
        let mut aimd = aimd(64);
        assert_eq!(observe(&mut aimd, Some(0.9), Some(0.0), 16), 12);
        assert_eq!(observe(&mut aimd, Some(0.5), Some(1.0), 12), 9, "memory");
        assert_eq!(observe(&mut aimd, Some(0.8), Some(0.99), 9), 13);
        for _ in 0..16 {
            observe(&mut aimd, Some(0.1), Some(0.0), 13);
        }
        assert_eq!(aimd.limit, 64);
    }

    #[test]
    fn what_is_unknown_changes_nothing() {
        let mut aimd = aimd(64);
        assert_eq!(observe(&mut aimd, Some(1.0), None, 8), 6, "one known excess is enough");
        assert_eq!(observe(&mut aimd, None, Some(0.0), 6), 6);
        assert_eq!(observe(&mut aimd, Some(0.1), None, 6), 6);
    }

    proptest! {
        #[test]
        fn stays_within_its_bounds(
            max in 1_usize..=usize::MAX,
            samples in prop::collection::vec(
                (prop::option::of(0.0..1.5_f64), prop::option::of(0.0..2.0_f64), 0..200_usize),
                1..80,
            ),
        ) {
            let mut aimd = aimd(max);
            for (cpu, memory, in_flight) in samples {
                let limit = observe(&mut aimd, cpu, memory, in_flight);
                prop_assert!((1..=max).contains(&limit));
            }
        }
    }
}
