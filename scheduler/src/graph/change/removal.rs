//! Taking a task out that has not started.

use crate::error::SchedulerError;
use crate::graph::ending::Fate;
use crate::graph::{EndState, TaskId, TaskScheduler};
use primitives::Timestamp;

/// What becomes of those that wait for a task which is removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Dependents {
    /// They can never run, and are skipped.
    #[default]
    Skip,
    /// They do not wait for it any more.
    Detach,
}

impl<P> TaskScheduler<P> {
    /// Removes a task that has not started: it ends as [`Cancelled`](EndState::Cancelled), and
    /// `dependents` says what becomes of those that wait for it. Detached ones become ready if they
    /// wait for nobody else: O(dependents), and O(log c) for each that becomes ready. Otherwise
    /// O(tasks that end).
    ///
    /// # Errors
    ///
    /// [`SchedulerError::UnknownTask`], and [`SchedulerError::Started`] if the task has started or
    /// ended; one that runs can be [cancelled](Self::cancel).
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime_scheduler::{Dependents, SchedulerConfig, TaskId, TaskScheduler, TaskSpec};
    /// use primitives::Timestamp;
    ///
    /// let mut scheduler = TaskScheduler::new(SchedulerConfig::default())?;
    /// let now = Timestamp::ZERO;
    /// let (check, deploy) = (TaskId::new(1), TaskId::new(2));
    /// scheduler.submit(TaskSpec::new(check, "check"), now)?;
    /// scheduler.submit(TaskSpec::new(deploy, "deploy").after(check), now)?;
    /// scheduler.remove(check, Dependents::Detach, now)?;
    /// assert_eq!(scheduler.peek(), Some(deploy));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn remove(
        &mut self,
        id: TaskId,
        dependents: Dependents,
        now: Timestamp,
    ) -> Result<(), SchedulerError> {
        let slot = self.unstarted(id)?;
        let fate = match dependents {
            Dependents::Skip => Fate::of(EndState::Cancelled),
            Dependents::Detach => Fate::waived(EndState::Cancelled),
        };
        self.end(slot, fate, now);
        Ok(())
    }
}
