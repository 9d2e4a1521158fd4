//! Whether anything starts, and whether anything new is accepted.

use crate::error::SchedulerError;
use crate::graph::{Reason, TaskScheduler};

/// Open, unless somebody has closed it.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    is_paused: bool,
    /// For good.
    is_draining: bool,
}

impl Gate {
    /// Whether nothing starts.
    pub(crate) fn is_shut(&self) -> bool {
        self.is_paused || self.is_draining
    }

    /// Why nothing starts, if nothing does.
    pub(crate) fn reason(&self) -> Option<Reason> {
        match (self.is_draining, self.is_paused) {
            (true, _) => Some(Reason::Draining),
            (false, true) => Some(Reason::Paused),
            (false, false) => None,
        }
    }

    /// Whether something new may be submitted.
    pub(crate) fn check(&self) -> Result<(), SchedulerError> {
        if self.is_draining { Err(SchedulerError::Draining) } else { Ok(()) }
    }

    /// From now on nothing starts and nothing new is accepted.
    pub(crate) fn drain(&mut self) {
        self.is_draining = true;
    }
}

impl<P> TaskScheduler<P> {
    /// Starts nothing from now on, until [`resume`](Self::resume). What runs goes on, and
    /// everything else is as usual: submissions, ends, cancellation. O(1).
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime_scheduler::{SchedulerConfig, TaskId, TaskScheduler, TaskSpec};
    /// use primitives::Timestamp;
    ///
    /// let mut scheduler = TaskScheduler::new(SchedulerConfig::default())?;
    /// scheduler.pause();
    /// scheduler.submit(TaskSpec::new(TaskId::new(1), ()), Timestamp::ZERO)?;
    /// assert!(scheduler.dispatch(Timestamp::ZERO).is_none());
    /// scheduler.resume();
    /// assert!(scheduler.dispatch(Timestamp::ZERO).is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn pause(&mut self) {
        self.gate.is_paused = true;
    }

    /// Undoes [`pause`](Self::pause). A scheduler that [drains](Self::drain) goes on draining.
    pub fn resume(&mut self) {
        self.gate.is_paused = false;
    }

    /// Whether it is paused.
    pub fn is_paused(&self) -> bool {
        self.gate.is_paused
    }

    /// Whether it drains, or has been drained.
    pub fn is_draining(&self) -> bool {
        self.gate.is_draining
    }
}
