//! How many tasks may be in flight, where a controller decides.

use super::{Core, Step};
use crate::executor::steer::steering::Steering;
use crate::executor::{Concurrency, LimitChange};
use primitives::Timestamp;
use scheduler::Reason;
use scheduler::adaptive::{ConcurrencyController, Decision};

impl Core {
    pub(super) fn steering_mut(&mut self) -> Option<&mut Steering> {
        self.control.as_mut()?.steering.as_mut()
    }

    fn steering(&self) -> Option<&Steering> {
        self.control.as_ref()?.steering.as_ref()
    }

    /// Tells the controller's meter what has come of the step. Those that have been started and
    /// wait for a runner are in flight: when there are any, there is enough to do.
    pub(super) fn note_concurrency(&mut self, step: &mut Step<'_>) {
        let Some(control) = &mut self.control else { return };
        let counts = self.scheduler.counts();
        step.after.question = control.note(counts.running, counts.ready > 0, step.now);
    }

    /// The controller has decided. What may start now starts with this step.
    pub(in crate::executor) fn decided(
        &mut self,
        controller: Option<Box<dyn ConcurrencyController>>,
        change: LimitChange,
        now: Timestamp,
    ) {
        if let Some(steering) = self.steering_mut() {
            steering.decided(controller, change, now);
            let limit = steering.limit();
            self.scheduler.set_max_in_flight(limit);
        }
    }

    /// What holds the limit below the most that it can be.
    pub(super) fn limited(&self) -> Option<Decision> {
        let decision = self.steering()?.decision();
        (decision.limit < self.max_in_flight).then_some(decision)
    }

    /// The same reason, with the controller's if it is the limit.
    pub(super) fn with_decision(&self, reason: Reason) -> Reason {
        match (reason, self.limited()) {
            (Reason::Slot { running, limit }, Some(Decision { reason: because, .. })) => {
                Reason::Limited { running, limit, most: self.max_in_flight, because }
            }
            (reason, _) => reason,
        }
    }

    pub(in crate::executor) fn concurrency(&self) -> Concurrency {
        Concurrency {
            in_flight: self.scheduler.counts().running,
            limit: self.scheduler.max_in_flight(),
            most: self.max_in_flight,
            controller: self.steering().map_or("fixed", Steering::label),
            decisions: self.steering().map_or_else(Vec::new, Steering::decisions),
            reasons: self.steering().map_or_else(Vec::new, Steering::reasons),
        }
    }
}
