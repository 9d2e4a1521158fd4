//! Checking a submission, and what the shape of a graph says about its tasks. Nothing changes.

use super::ranks::{effective_deadlines, levels, upward_ranks};
use super::record::nanos;
use super::roster::Roster;
use super::{Adjacency, TaskId, TaskScheduler, TaskTerms, Topology};
use crate::error::SchedulerError;
use primitives::Timestamp;
use std::collections::HashSet;

/// A graph that has passed every check.
pub(super) struct Plan {
    pub(super) roster: Roster,
    pub(super) topology: Topology,
    /// For each node its level, its upward rank and its effective deadline.
    pub(super) levels: Vec<u32>,
    pub(super) ranks: Vec<u64>,
    pub(super) dues: Vec<Timestamp>,
    /// Dependencies on tasks that were submitted before, with the node that names them.
    pub(super) outside: Vec<(u32, TaskId)>,
}

impl<P> TaskScheduler<P> {
    pub(super) fn check_single(&self, spec: &TaskTerms<'_>) -> Result<(), SchedulerError> {
        self.admission.check(spec.id, &spec.requirements, &self.config)?;
        if self.directory.contains(spec.id) {
            return Err(SchedulerError::DuplicateId { id: spec.id });
        }
        for &dependency in spec.dependencies {
            if dependency == spec.id {
                return Err(SchedulerError::Cycle { tasks: vec![spec.id] });
            }
            self.check_known(spec.id, dependency)?;
        }
        self.check_room(1)
    }

    pub(super) fn plan<T>(
        &self,
        all: &[T],
        terms: impl Fn(&T) -> TaskTerms<'_>,
    ) -> Result<Plan, SchedulerError> {
        let (tasks, max_pending) = (all.len(), self.config.max_pending);
        if tasks > max_pending {
            return Err(SchedulerError::GraphTooLarge { tasks, max_pending });
        }
        let roster = self.enrol(all.iter().map(&terms))?;
        let mut parents = Adjacency::with_capacity(tasks);
        let mut outside = Vec::new();
        let mut estimates = Vec::with_capacity(tasks);
        let mut deadlines = Vec::with_capacity(tasks);
        for (spec, node) in all.iter().map(&terms).zip(0..) {
            estimates.push(nanos(spec.estimate));
            deadlines.push(spec.deadline);
            let first = outside.len();
            parents.push(spec.dependencies.iter().filter_map(|&id| {
                let inside = roster.node(id);
                if inside.is_none() {
                    outside.push((node, id));
                }
                inside
            }));
            let mut new = outside[first..].iter();
            new.try_for_each(|&(_, dependency)| self.check_known(spec.id, dependency))?;
        }
        let topology = Topology::new(parents).map_err(|ring| SchedulerError::Cycle {
            tasks: ring.into_iter().map(|node| terms(&all[node as usize]).id).collect(),
        })?;
        // Last, because it is the only reason that passes: whoever waits for room must not wait
        // with a graph that will be refused anyway.
        self.check_room(tasks)?;
        let own = |node: usize| deadlines[node];
        Ok(Plan {
            roster,
            levels: levels(&topology),
            ranks: upward_ranks(&topology, |node| estimates[node]),
            dues: effective_deadlines(&topology, own, |node| estimates[node]),
            topology,
            outside,
        })
    }

    /// Checks the ids and the requirements; the error is that of the first task that has one.
    fn enrol<'a>(
        &self,
        tasks: impl Iterator<Item = TaskTerms<'a>> + Clone,
    ) -> Result<Roster, SchedulerError> {
        let check =
            |task: &TaskTerms<'_>| self.admission.check(task.id, &task.requirements, &self.config);
        let mut refused = None;
        let roster = Roster::new(tasks.clone().map(|task| {
            refused = refused.take().or_else(|| check(&task).err());
            task.id
        }));
        if let Some(roster) = roster.filter(|roster| !self.directory.overlaps(roster)) {
            return refused.map_or(Ok(roster), Err);
        }
        let mut seen = HashSet::new();
        for task in tasks {
            check(&task)?;
            if self.directory.contains(task.id) || !seen.insert(task.id) {
                return Err(SchedulerError::DuplicateId { id: task.id });
            }
        }
        unreachable!("a task is known already, or two have the same id")
    }

    fn check_known(&self, task: TaskId, dependency: TaskId) -> Result<(), SchedulerError> {
        if self.directory.contains(dependency) {
            return Ok(());
        }
        Err(SchedulerError::UnknownDependency { task, dependency })
    }

    fn check_room(&self, wanted: usize) -> Result<(), SchedulerError> {
        if self.has_room(wanted) {
            return Ok(());
        }
        let (pending, max_pending) = (self.counts.pending(), self.config.max_pending);
        Err(SchedulerError::QueueFull { wanted, pending, max_pending })
    }
}
