//! Adding an edge between tasks that are known.

use crate::error::SchedulerError;
use crate::graph::ending::Fate;
use crate::graph::shape::directory::Place;
use crate::graph::shape::ring::way_down;
use crate::graph::{TaskId, TaskScheduler};
use primitives::Timestamp;

impl<P> TaskScheduler<P> {
    /// Makes `after` wait for `before` as well, in the same graph or not. `after` must not have
    /// started; if it was ready it waits again, unless its
    /// [`TriggerRule`](crate::TriggerRule) was met by any one of its dependencies already. A
    /// `before` that has ended counts as if it ended now, as with dependencies at a submission.
    ///
    /// Ranks, priorities and effective deadlines of the nearest ancestors are brought up to date,
    /// along at most 64 edges upwards. Under [`Policy::LevelBarrier`](crate::Policy::LevelBarrier)
    /// the barriers of all graphs that run are lifted: their levels were those of other edges.
    ///
    /// O(1) and O(log n) for a queue, unless `before` waits and others wait for `after`. Then the
    /// search for a ring takes O(edges below `after` or above `before`, whichever are fewer).
    ///
    /// # Errors
    ///
    /// [`SchedulerError::Cycle`] names the ring that the edge would close, task by task;
    /// [`SchedulerError::UnknownDependency`] and [`SchedulerError::UnknownTask`];
    /// [`SchedulerError::Started`] if `after` has started or ended. Nothing changes.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime_scheduler::{SchedulerConfig, TaskId, TaskScheduler, TaskSpec};
    /// use primitives::Timestamp;
    ///
    /// let mut scheduler = TaskScheduler::new(SchedulerConfig::default())?;
    /// let now = Timestamp::ZERO;
    /// let (first, second) = (TaskId::new(1), TaskId::new(2));
    /// scheduler.submit(TaskSpec::new(second, ()), now)?;
    /// scheduler.submit(TaskSpec::new(first, ()), now)?;
    /// scheduler.connect(first, second, now)?;
    /// assert_eq!(scheduler.peek(), Some(first));
    /// assert!(scheduler.connect(second, first, now).unwrap_err().is_cycle());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn connect(
        &mut self,
        before: TaskId,
        after: TaskId,
        now: Timestamp,
    ) -> Result<(), SchedulerError> {
        let to = self.unstarted(after)?;
        let unknown = SchedulerError::UnknownDependency { task: after, dependency: before };
        let from = match self.place(before).ok_or(unknown)? {
            Place::Ended(end) => {
                match self.note_ended(to, &[(before, end)]) {
                    Some(cause) => self.end(to, Fate::skipped(cause), now),
                    None => self.make_ready_if_free(to, now),
                }
                return Ok(());
            }
            Place::Live(from) => from,
        };
        if let Some(way) = self.ring(from, to) {
            let tasks = way.into_iter().map(|slot| self.graph[slot].id).collect();
            return Err(SchedulerError::Cycle { tasks });
        }
        if self.graph[to].is_triggered {
            return Ok(());
        }
        self.unready(to);
        self.link_outside(&[from], to);
        self.lift_barriers(now);
        Ok(())
    }

    /// The ring that an edge would close. One that is ready or runs waits for nobody, so there is
    /// no way down to it.
    fn ring(&self, before: u32, after: u32) -> Option<Vec<u32>> {
        if before == after {
            return Some(vec![after]);
        }
        let is_possible =
            self.graph[before].unmet > 0 && self.graph.successors(after).next().is_some();
        if is_possible { way_down(&self.graph, after, before) } else { None }
    }

    /// Levels say nothing any more about who can start: a barrier might wait for what is behind it.
    pub(in crate::graph) fn lift_barriers(&mut self, now: Timestamp) {
        if !self.config.policy.has_barrier() {
            return;
        }
        let jobs: Vec<u32> = self.graph.jobs.indices().collect();
        for job in jobs {
            for slot in self.graph.jobs[job].lift_barriers() {
                self.make_ready_if_free(slot, now);
            }
        }
    }
}
