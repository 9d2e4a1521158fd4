//! From samples of the machine to a limit: the one place where what the monitor sees becomes what
//! the scheduler obeys.

use super::busy::Busy;
use super::steering::{Question, Steering};
use crate::executor::ExecutorConfig;
use crate::worker::Shared;
use monitor::{ResourceMonitor, Sample};
use primitives::Timestamp;
use scheduler::TaskScheduler;
use scheduler::adaptive::Signals;
use std::sync::Arc;
use std::time::Duration;

/// What the executor asks the monitor, and remembers about the answers.
pub(in crate::executor) struct Control {
    monitor: Arc<ResourceMonitor>,
    runtime: Arc<Shared>,
    busy: Busy,
    /// `None` if the limit is constant.
    pub(in crate::executor) steering: Option<Steering>,
    /// Whether the limit was what ended the last search for tasks to start. Runners do not search
    /// while they have something to go on with.
    pub(in crate::executor) is_full: bool,
    /// Whether memory in use holds tasks back.
    guards_memory: bool,
    memory_threshold: usize,
    /// Samples there had been at the last look; those for which memory was read, if it is guarded.
    seen: u64,
    /// What they said.
    signals: Signals,
}

impl Control {
    /// `None` if the configuration leaves nothing to control.
    pub(in crate::executor) fn new(
        config: &ExecutorConfig,
        monitor: &Arc<ResourceMonitor>,
        shared: &Arc<Shared>,
    ) -> Option<Self> {
        let now = shared.now();
        let guards_memory = config.memory_threshold != usize::MAX;
        let steers = config.adaptive_scheduling;
        (steers || guards_memory).then(|| Self {
            monitor: Arc::clone(monitor),
            runtime: Arc::clone(shared),
            busy: Busy::new(&shared.counters, now),
            steering: steers.then(|| Steering::new(config, shared.worker_limit(), now)),
            is_full: false,
            guards_memory,
            memory_threshold: config.memory_threshold,
            seen: 0,
            signals: Signals::default(),
        })
    }

    /// Looks at the latest sample, if there is a new one.
    pub(in crate::executor) fn look(&mut self, scheduler: &mut TaskScheduler<()>) {
        let looks = if self.guards_memory {
            // Else it is not read for each sample. To go by a figure twice would be to fall twice.
            self.monitor.want_memory();
            self.monitor.memory_readings()
        } else {
            self.monitor.samples()
        };
        if std::mem::replace(&mut self.seen, looks) == looks {
            return;
        }
        self.tell_memory(scheduler);
        if self.steering.is_some() {
            self.signals = self.signals(&self.monitor.latest());
        }
    }

    /// So many are in flight now, and others are ready or not. What to ask the controller, if a
    /// window is complete.
    pub(in crate::executor) fn note(
        &mut self,
        in_flight: usize,
        is_more_ready: bool,
        now: Timestamp,
    ) -> Option<Question> {
        let is_held_back = is_more_ready && self.is_full;
        let mut question =
            self.steering.as_mut()?.note(in_flight, is_held_back, self.signals, now)?;
        // Those that must not run are not idle.
        question.window.signals.busy = self.busy.share(self.runtime.worker_limit(), now);
        if question.window.is_whole {
            self.busy.begin(now);
        }
        self.signals.is_fresh = false;
        Some(question)
    }

    fn signals(&self, sample: &Sample) -> Signals {
        let threshold = self.memory_threshold as f64;
        let memory = match sample.memory_used_bytes {
            _ if !self.guards_memory => Some(0.0),
            used => used.map(|used| used as f64 / threshold),
        };
        Signals {
            cpu: sample.cpu_utilization.map(|machine| machine.max(quota_used(sample))),
            // That of the window, which is not complete yet.
            busy: None,
            memory,
            throttled: throttled(sample),
            is_fresh: true,
        }
    }

    /// Tells the scheduler what memory there is, if memory in use is to hold tasks back.
    pub(in crate::executor) fn tell_memory(&self, scheduler: &mut TaskScheduler<()>) {
        if self.guards_memory {
            let most = self.monitor.latest().memory_to_spare(self.memory_threshold as u64);
            scheduler.set_free_memory(Some(most.unwrap_or(0)));
        }
    }

    /// When there will be a new sample.
    pub(in crate::executor) fn interval(&self) -> Duration {
        self.monitor.config().monitoring_interval
    }
}

/// Which part of its CPU quota the control group used; none of none.
fn quota_used(sample: &Sample) -> f64 {
    let used = sample.cgroup_cpu.zip(sample.cpu_quota).map(|(cores, quota)| cores / quota);
    used.map_or(0.0, |share| share.min(1.0))
}

/// Which part of the cores there are stood still for want of quota.
fn throttled(sample: &Sample) -> Option<f64> {
    let (throttling, cores) = sample.throttling.zip(sample.cpus_allowed())?;
    Some((throttling.cores / cores).min(1.0))
}
