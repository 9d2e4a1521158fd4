//! Tasks that wait for something that is no task.

use crate::error::SchedulerError;
use crate::graph::TaskId;
use crate::graph::TaskScheduler;
use crate::graph::ending::Fate;
use crate::graph::shape::directory::{IdHasher, Place};
use crate::graph::state::Phase;
use primitives::Timestamp;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;

/// How many holds there are on whom; each also counts as an unmet dependency.
#[derive(Debug, Default)]
pub(crate) struct Holds(HashMap<TaskId, u32, BuildHasherDefault<IdHasher>>);

impl Holds {
    /// The task has ended.
    pub(crate) fn forget(&mut self, id: TaskId) {
        if !self.0.is_empty() {
            self.0.remove(&id);
        }
    }

    /// How many there are on a task.
    pub(crate) fn on(&self, id: TaskId) -> u32 {
        self.0.get(&id).copied().unwrap_or(0)
    }

    /// One hold less. False if there is none.
    fn take(&mut self, id: TaskId) -> bool {
        let Some(holds) = self.0.get_mut(&id) else { return false };
        *holds -= 1;
        if *holds == 0 {
            self.0.remove(&id);
        }
        true
    }
}

impl<P> TaskScheduler<P> {
    /// Keeps a task that has not started from starting until the hold is
    /// [released](Self::release): a dependency on something that is no task, say on dependencies
    /// that are yet to be added. Holds add up. O(1), and O(log n) if the task was ready.
    ///
    /// # Errors
    ///
    /// [`SchedulerError::UnknownTask`], and [`SchedulerError::Started`] if the task has started or
    /// ended.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime_scheduler::{SchedulerConfig, TaskId, TaskScheduler, TaskSpec};
    /// use primitives::Timestamp;
    ///
    /// let mut scheduler = TaskScheduler::new(SchedulerConfig::default())?;
    /// let now = Timestamp::ZERO;
    /// let reduce = TaskId::new(1);
    /// scheduler.submit(TaskSpec::new(reduce, "reduce"), now)?;
    /// scheduler.hold(reduce)?;
    /// assert!(scheduler.dispatch(now).is_none());
    /// assert!(scheduler.release(reduce, now));
    /// assert!(scheduler.dispatch(now).is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn hold(&mut self, id: TaskId) -> Result<(), SchedulerError> {
        let slot = self.unstarted(id)?;
        *self.holds.0.entry(id).or_default() += 1;
        self.unready(slot);
        self.graph[slot].unmet += 1;
        Ok(())
    }

    /// Releases a hold. False if there is none, as after the task's end. O(1), and O(log n) if the
    /// task becomes ready.
    pub fn release(&mut self, id: TaskId, now: Timestamp) -> bool {
        let is_held = self.holds.take(id);
        if is_held && let Some(Place::Live(slot)) = self.place(id) {
            let broken = self.wait_for_one_less(slot, now);
            if let Some(cause) = broken {
                self.end(slot, Fate::skipped(cause), now);
            }
        }
        is_held
    }

    /// The slot of a task that has not started.
    pub(in crate::graph) fn unstarted(&self, id: TaskId) -> Result<u32, SchedulerError> {
        match self.place(id) {
            None => Err(SchedulerError::UnknownTask { task: id }),
            Some(Place::Live(slot)) if self.graph[slot].attempts == 0 => Ok(slot),
            Some(_) => Err(SchedulerError::Started { task: id }),
        }
    }

    /// A task that has not started waits again, if it was ready.
    pub(in crate::graph) fn unready(&mut self, slot: u32) {
        if self.graph[slot].phase == Phase::Ready {
            self.leave_queue(slot);
            self.step(slot, Phase::Waiting);
            // One whose rule is met does not ask its dependencies any more.
            self.graph[slot].is_detached = self.graph[slot].is_triggered;
        }
    }
}
