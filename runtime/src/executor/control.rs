//! From samples of the machine to a limit: the one place where what the monitor sees becomes what
//! the scheduler obeys.

use super::ExecutorConfig;
use monitor::{ResourceMonitor, Sample};
use std::sync::Arc;
use std::time::Duration;

/// The limit falls to this share of what runs.
const DECREASE: f64 = 0.75;
/// From one to the full limit in about this many samples.
const STEPS_TO_FULL: usize = 16;
/// The most tasks the limit rises by after one sample.
const STEP_MAX: usize = 16;

/// How many tasks may run at once, steered by what the machine is doing.
///
/// Additive increase, multiplicative decrease (D.-M. Chiu and R. Jain, "Analysis of the increase
/// and decrease algorithms for congestion avoidance", Computer Networks and ISDN Systems 17,
/// 1989): after each sample the limit falls to three quarters of what runs if the CPU is busier
/// than its target or memory in use has reached its threshold, and rises by a fixed step if both
/// are known to be below. What is unknown changes nothing. Pure arithmetic.
#[derive(Debug)]
pub(super) struct Limit {
    current: usize,
    max: usize,
    cpu_target: f64,
    memory_threshold: u64,
}

impl Limit {
    pub(super) fn new(config: &ExecutorConfig) -> Self {
        Self {
            current: config.max_in_flight,
            max: config.max_in_flight,
            cpu_target: config.cpu_target,
            memory_threshold: u64::try_from(config.memory_threshold).unwrap_or(u64::MAX),
        }
    }

    /// The limit that follows from `sample`, taken while `in_flight` tasks ran: 1 to
    /// `max_in_flight`.
    pub(super) fn observe(&mut self, sample: &Sample, in_flight: usize) -> usize {
        let cpu_over = sample.cpu_utilization.map(|busy| busy > self.cpu_target);
        let memory_over = match sample.memory_used_bytes {
            _ if self.memory_threshold == u64::MAX => Some(false),
            used => used.map(|used| used >= self.memory_threshold),
        };
        if cpu_over == Some(true) || memory_over == Some(true) {
            let running = self.current.min(in_flight) as f64;
            self.current = ((running * DECREASE) as usize).clamp(1, self.max);
        } else if cpu_over == Some(false) && memory_over == Some(false) {
            let step = (self.max / STEPS_TO_FULL).clamp(1, STEP_MAX);
            self.current = self.current.saturating_add(step).min(self.max);
        }
        self.current
    }
}

/// What the executor asks the monitor, and remembers about the answers.
pub(super) struct Control {
    monitor: Arc<ResourceMonitor>,
    /// `None` if the limit is constant.
    limit: Option<Limit>,
    /// Whether memory in use holds tasks back.
    guards_memory: bool,
    /// Samples there had been at the last look.
    seen: u64,
    /// Memory of the tasks started since then, which the sample cannot show yet.
    started_bytes: usize,
}

impl Control {
    /// `None` if the configuration leaves nothing to control.
    pub(super) fn new(config: &ExecutorConfig, monitor: &Arc<ResourceMonitor>) -> Option<Self> {
        let guards_memory = config.memory_threshold != usize::MAX;
        (config.adaptive_scheduling || guards_memory).then(|| Self {
            monitor: Arc::clone(monitor),
            limit: config.adaptive_scheduling.then(|| Limit::new(config)),
            guards_memory,
            seen: 0,
            started_bytes: 0,
        })
    }

    /// The limit, if there is a new sample and a limit that follows it.
    pub(super) fn new_limit(&mut self, in_flight: usize) -> Option<usize> {
        let samples = self.monitor.samples();
        if std::mem::replace(&mut self.seen, samples) == samples {
            return None;
        }
        self.started_bytes = 0;
        self.limit.as_mut().map(|limit| limit.observe(&self.monitor.latest(), in_flight))
    }

    /// Whether a task that needs `bytes` may start while others run.
    pub(super) fn allows_memory(&self, bytes: usize) -> bool {
        !self.guards_memory
            || bytes == 0
            || self.monitor.can_schedule_memory_task(bytes.saturating_add(self.started_bytes))
    }

    pub(super) fn started(&mut self, bytes: usize) {
        self.started_bytes = self.started_bytes.saturating_add(bytes);
    }

    /// When there will be a new sample.
    pub(super) fn interval(&self) -> Duration {
        self.monitor.config().monitoring_interval
    }
}

#[cfg(test)]
mod tests {
    use super::{ExecutorConfig, Limit, Sample};
    use proptest::prelude::*;

    fn limit(max_in_flight: usize) -> Limit {
        let config = ExecutorConfig {
            max_in_flight,
            cpu_target: 0.8,
            memory_threshold: 1_000,
            ..ExecutorConfig::default()
        };
        Limit::new(&config)
    }

    fn sample(cpu: Option<f64>, memory: Option<u64>) -> Sample {
        Sample { cpu_utilization: cpu, memory_used_bytes: memory, ..Sample::default() }
    }

    #[test]
    fn falls_to_three_quarters_of_what_runs_and_climbs_back() {
        let mut limit = limit(64);
        assert_eq!(limit.observe(&sample(Some(0.9), Some(0)), 16), 12);
        assert_eq!(limit.observe(&sample(Some(0.5), Some(1_000)), 12), 9, "memory");
        assert_eq!(limit.observe(&sample(Some(0.8), Some(999)), 9), 13);
        for _ in 0..16 {
            limit.observe(&sample(Some(0.1), Some(0)), 13);
        }
        assert_eq!(limit.current, 64);
    }

    #[test]
    fn what_is_unknown_changes_nothing() {
        let mut limit = limit(64);
        limit.observe(&sample(Some(1.0), None), 8);
        assert_eq!(limit.current, 6, "one known excess is enough");
        limit.observe(&sample(None, Some(0)), 6);
        limit.observe(&sample(Some(0.1), None), 6);
        assert_eq!(limit.current, 6);
    }

    proptest! {
        #[test]
        fn stays_within_its_bounds(
            max in 1_usize..=usize::MAX,
            samples in prop::collection::vec(
                (prop::option::of(0.0..1.5_f64), prop::option::of(0..2_000_u64), 0..200_usize),
                1..80,
            ),
        ) {
            let mut limit = limit(max);
            for (cpu, memory, in_flight) in samples {
                let now = limit.observe(&sample(cpu, memory), in_flight);
                prop_assert!((1..=max).contains(&now));
            }
        }
    }
}
