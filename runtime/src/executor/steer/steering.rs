//! From windows of what happened to limits.

use super::concurrency::{Decisions, LimitChange};
use crate::executor::books::record::Record;
use crate::executor::discard::{discard, forget_payload};
use crate::executor::inner::Inner;
use crate::executor::{Controller, ExecutorConfig};
use primitives::Timestamp;
use scheduler::adaptive::{
    Class, ConcurrencyController, ControllerSettings, Decision, LimitReason, Meter, Signals, Window,
};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The limit that a search begins with, for each worker.
const START_PER_WORKER: usize = 2;

/// The part of an executor's control that a [`Controller`] has a say in.
///
/// ```text
///   under the lock              after it                      under it again
///   a window is complete ──► the controller observes ──► its decision takes effect
///   (and takes the controller with it)                    (and it is back)
/// ```
///
/// A controller may be user code, so it is asked when the lock is free, at most by one thread at a
/// time: a window that is complete while the controller is away waits until it is back.
pub(in crate::executor) struct Steering {
    meter: Meter,
    /// `None` while it is asked, and after it has panicked.
    controller: Option<Box<dyn ConcurrencyController>>,
    label: &'static str,
    most: usize,
    decisions: Decisions,
}

/// A controller on its way, with what it is asked.
pub(in crate::executor) struct Question {
    controller: Box<dyn ConcurrencyController>,
    pub(super) window: Window,
    now: Timestamp,
}

impl Steering {
    /// Makes the controller, which is user code.
    pub(in crate::executor) fn new(
        config: &ExecutorConfig,
        workers: usize,
        now: Timestamp,
    ) -> Self {
        let most = config.max_in_flight;
        let start = START_PER_WORKER.saturating_mul(workers);
        let settings = ControllerSettings { max: most, start, cpu_target: config.cpu_target };
        let controller = config.controller.make(settings);
        let decision = Decision { limit: controller.limit(), reason: LimitReason::Start };
        let meter = Meter::new(decision.limit.clamp(1, most), now);
        let mut decisions = Decisions::default();
        decisions.push(LimitChange { at: Instant::now(), decision });
        let label = Controller::label(&config.controller);
        Self { meter, controller: Some(controller), label, most, decisions }
    }

    /// The limit in force.
    pub(in crate::executor) fn limit(&self) -> usize {
        self.decision().limit.clamp(1, self.most)
    }

    /// The limit in force and the reason for it.
    pub(in crate::executor) fn decision(&self) -> Decision {
        let start = Decision { limit: self.most, reason: LimitReason::Start };
        self.decisions.last().unwrap_or(start)
    }

    pub(in crate::executor) fn label(&self) -> &'static str {
        self.label
    }

    pub(in crate::executor) fn decisions(&self) -> Vec<LimitChange> {
        self.decisions.to_vec()
    }

    pub(in crate::executor) fn reasons(&self) -> Vec<(LimitReason, u64)> {
        self.decisions.reasons()
    }

    /// An attempt of this task has ended.
    pub(in crate::executor) fn ended(&mut self, task: &Record) {
        let run_time =
            task.ending().and_then(|ending| Some(ending.finished_at - ending.run.started_at()?));
        // One that never began says nothing about what it costs.
        if let Some(run_time) = run_time {
            self.meter.complete(class(task), run_time);
        }
    }

    /// So many are in flight now. What to ask the controller, if a window is complete.
    pub(in crate::executor) fn note(
        &mut self,
        in_flight: usize,
        is_held_back: bool,
        signals: Signals,
        now: Timestamp,
    ) -> Option<Question> {
        self.meter.note(in_flight, is_held_back, now);
        self.controller.as_ref()?;
        let window = self.meter.close(signals, now)?;
        Some(Question { controller: self.controller.take()?, window, now })
    }

    /// The controller is back, unless it has panicked, and has decided.
    pub(in crate::executor) fn decided(
        &mut self,
        controller: Option<Box<dyn ConcurrencyController>>,
        change: LimitChange,
        now: Timestamp,
    ) {
        self.controller = controller;
        let limit = change.decision.limit.clamp(1, self.most);
        let decision = Decision { limit, ..change.decision };
        self.decisions.push(LimitChange { decision, ..change });
        self.meter.set_limit(limit, now);
    }
}

impl Drop for Steering {
    fn drop(&mut self) {
        discard(self.controller.take());
    }
}

impl Question {
    /// Asks, and has the answer take effect. The lock is free.
    pub(in crate::executor) fn ask(self, inner: &Arc<Inner>) {
        let Self { mut controller, window, now } = self;
        let observe = || controller.observe(&window, now);
        let (controller, decision) = match catch_unwind(AssertUnwindSafe(observe)) {
            Ok(decision) => (Some(controller), decision),
            Err(payload) => {
                forget_payload(payload);
                discard(controller);
                let limit = inner.config.max_in_flight;
                (None, Decision { limit, reason: LimitReason::Lost })
            }
        };
        let change = LimitChange { at: inner.instant(now), decision };
        inner.step(|core, step| core.decided(controller, change, step.now));
    }
}

/// What kind of task it is, as far as its cost is concerned: by its estimate, or else its name.
fn class(task: &Record) -> Class {
    match (task.estimate(), &task.name) {
        (Duration::ZERO, Some(name)) => Class::named(name),
        (estimate, _) => Class::estimated(estimate),
    }
}
