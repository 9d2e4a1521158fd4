//! The way in: everything is checked before anything is changed.

use super::directory::Place;
use super::job::Job;
use super::raise::raise_ancestors;
use super::ranks::{effective_deadlines, levels, upward_ranks};
use super::record::{NO_JOB, Record, Standing, nanos};
use super::roster::Roster;
use super::{
    Adjacency, Counts, EndState, Event, FailurePolicy, GraphId, TaskId, TaskScheduler, TaskSpec,
    Topology,
};
use crate::error::{Refused, SchedulerError};
use primitives::Timestamp;
use std::collections::HashSet;

/// A graph that has passed every check.
struct Plan {
    roster: Roster,
    topology: Topology,
    /// Dependencies on tasks that were submitted before, with the node that names them.
    outside: Vec<(u32, TaskId)>,
}

impl<P> TaskScheduler<P> {
    /// Accepts one task. O(dependencies + log n).
    ///
    /// Its dependencies must be known. One that has completed counts as met; if one ended in any
    /// other way the task is accepted and skipped at once. Ranks and effective deadlines of its
    /// nearest unfinished ancestors are brought up to date, along at most 64 edges upwards.
    ///
    /// The task is remembered until it is [forgotten](Self::forget).
    ///
    /// # Errors
    ///
    /// The task is handed back, and nothing has changed, if its id is a duplicate, a dependency
    /// is unknown, it depends on itself, its requirements mean nothing or exceed the whole
    /// budget, or (the one reason that passes) the queue is full.
    pub fn submit(
        &mut self,
        spec: TaskSpec<P>,
        now: Timestamp,
    ) -> Result<(), Refused<TaskSpec<P>>> {
        if let Err(error) = self.check_single(&spec) {
            return Err(Refused::new(error, spec));
        }
        self.accept_single(spec, now);
        Ok(())
    }

    /// Accepts a whole graph, or nothing of it. O(tasks + dependencies), plus O(log n) for each
    /// task that is ready at once.
    ///
    /// Tasks may name each other as dependencies in any order, and tasks submitted before. Upward
    /// ranks and effective deadlines are exact. Among equals, tasks become ready in the order in
    /// which they were submitted. A graph without tasks ends at once.
    ///
    /// The graph and its tasks are remembered until the graph is
    /// [forgotten](Self::forget_graph).
    ///
    /// # Errors
    ///
    /// Every task is handed back, and nothing has changed, for the reasons that
    /// [`submit`](Self::submit) gives, for a cycle (named task by task), and if the graph would
    /// not fit even into an empty queue.
    pub fn submit_graph(
        &mut self,
        specs: Vec<TaskSpec<P>>,
        failure: FailurePolicy,
        now: Timestamp,
    ) -> Result<GraphId, Refused<Vec<TaskSpec<P>>>> {
        match self.plan(&specs) {
            Ok(plan) => Ok(self.accept_graph(specs, plan, failure, now)),
            Err(error) => Err(Refused::new(error, specs)),
        }
    }

    fn check_single(&self, spec: &TaskSpec<P>) -> Result<(), SchedulerError> {
        self.admission.check(spec.id, &spec.requirements, &self.config)?;
        if self.directory.contains(spec.id) {
            return Err(SchedulerError::DuplicateId { id: spec.id });
        }
        for &dependency in &spec.dependencies {
            if dependency == spec.id {
                return Err(SchedulerError::Cycle { tasks: vec![spec.id] });
            }
            self.check_known(spec.id, dependency)?;
        }
        self.check_room(1)
    }

    fn plan(&self, specs: &[TaskSpec<P>]) -> Result<Plan, SchedulerError> {
        let (tasks, max_pending) = (specs.len(), self.config.max_pending);
        if tasks > max_pending {
            return Err(SchedulerError::GraphTooLarge { tasks, max_pending });
        }
        let roster = self.enrol(specs)?;
        let mut parents = Adjacency::with_capacity(tasks);
        let mut outside = Vec::new();
        for (spec, node) in specs.iter().zip(0..) {
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
            tasks: ring.into_iter().map(|node| specs[node as usize].id).collect(),
        })?;
        // Last, because it is the only reason that passes: whoever waits for room must not wait
        // with a graph that will be refused anyway.
        self.check_room(tasks)?;
        Ok(Plan { roster, topology, outside })
    }

    /// Checks the ids and the requirements; the error is that of the first task that has one.
    fn enrol(&self, specs: &[TaskSpec<P>]) -> Result<Roster, SchedulerError> {
        let check =
            |spec: &TaskSpec<P>| self.admission.check(spec.id, &spec.requirements, &self.config);
        let roster = Roster::new(specs.iter().map(|spec| spec.id));
        if let Some(roster) = roster.filter(|roster| !self.directory.overlaps(roster)) {
            specs.iter().try_for_each(check)?;
            return Ok(roster);
        }
        let mut seen = HashSet::new();
        for spec in specs {
            check(spec)?;
            if self.directory.contains(spec.id) || !seen.insert(spec.id) {
                return Err(SchedulerError::DuplicateId { id: spec.id });
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

    fn accept_single(&mut self, spec: TaskSpec<P>, now: Timestamp) {
        self.counts.submit(1);
        let (predecessors, broken) = self.resolve(spec.dependencies.iter().copied());
        let below = predecessors.iter().map(|&slot| self.graph[slot].level + 1);
        let standing = Standing {
            job: NO_JOB,
            node: 0,
            unmet: 0,
            level: below.max().unwrap_or(0),
            rank: nanos(spec.estimate),
            due: spec.deadline.unwrap_or(Timestamp::MAX),
        };
        let id = spec.id;
        let slot = self.graph.insert(Record::new(spec, standing));
        self.directory.put_alone(id, Place::Live(slot));
        self.link_outside(&predecessors, slot);
        match broken {
            Some(cause) => self.end(slot, EndState::Skipped, Some(cause), now),
            None => self.make_ready_if_free(slot, now),
        }
    }

    fn accept_graph(
        &mut self,
        specs: Vec<TaskSpec<P>>,
        plan: Plan,
        failure: FailurePolicy,
        now: Timestamp,
    ) -> GraphId {
        let Plan { roster, topology, outside } = plan;
        let job = self.insert_graph(specs, roster, topology, failure);
        let broken = self.link_graph_outside(&outside, job);
        let graph = self.graph_id(job);
        let nodes = self.graph.jobs[job].len();
        if nodes == 0 {
            self.events.push_back(Event::GraphEnded { graph, counts: Counts::default() });
        }
        // A task may be gone by the time it is looked at, skipped behind another one. Its slot
        // stays empty meanwhile: nothing is inserted here.
        for (slot, cause) in broken {
            if self.graph.contains(slot) {
                self.end(slot, EndState::Skipped, Some(cause), now);
            }
        }
        for node in 0..nodes {
            if let Some(slot) = self.graph.jobs[job].slot(node) {
                self.make_ready_if_free(slot, now);
            }
        }
        graph
    }

    /// Creates the job and the records of a graph.
    fn insert_graph(
        &mut self,
        specs: Vec<TaskSpec<P>>,
        roster: Roster,
        topology: Topology,
        failure: FailurePolicy,
    ) -> u32 {
        let levels = levels(&topology);
        let ranks = upward_ranks(&topology, |node| nanos(specs[node].estimate));
        let own = |node: usize| specs[node].deadline;
        let dues = effective_deadlines(&topology, own, |node| nanos(specs[node].estimate));
        self.counts.submit(specs.len());
        self.graph.reserve(specs.len());
        let job = Job::new(failure, roster, topology, &levels);
        let job = self.graph.jobs.insert(job);
        self.directory.insert_graph(job, &self.graph.jobs[job].roster);
        for (spec, node) in specs.into_iter().zip(0..) {
            let at = node as usize;
            let (level, rank, due) = (levels[at], ranks[at], dues[at]);
            let unmet = self.graph.jobs[job].unmet(node);
            let standing = Standing { job, node, unmet, level, rank, due };
            let slot = self.graph.insert(Record::new(spec, standing));
            self.graph.jobs[job].place_next(slot);
        }
        job
    }

    /// Links a graph to tasks submitted before; returns the tasks that can never run, and why.
    fn link_graph_outside(&mut self, outside: &[(u32, TaskId)], job: u32) -> Vec<(u32, TaskId)> {
        let mut broken = Vec::new();
        for of_one_task in outside.chunk_by(|a, b| a.0 == b.0) {
            let node = of_one_task[0].0;
            let slot = self.graph.jobs[job].slot(node).expect("nothing has ended yet");
            let (predecessors, cause) = self.resolve(of_one_task.iter().map(|&(_, id)| id));
            self.link_outside(&predecessors, slot);
            broken.extend(cause.map(|cause| (slot, cause)));
        }
        broken
    }

    /// Looks up known dependencies: the slots of those that have not ended, each once, and the
    /// first that has ended without completing.
    fn resolve(&self, dependencies: impl Iterator<Item = TaskId>) -> (Vec<u32>, Option<TaskId>) {
        let (mut live, mut broken) = (Vec::new(), None);
        for id in dependencies {
            match self.place(id).expect("the dependency has been found before") {
                Place::Live(slot) => live.push(slot),
                Place::Ended(EndState::Completed) => {}
                Place::Ended(_) => broken = broken.or(Some(id)),
            }
        }
        live.sort_unstable();
        live.dedup();
        (live, broken)
    }

    fn link_outside(&mut self, predecessors: &[u32], slot: u32) {
        for &predecessor in predecessors {
            self.graph.link(predecessor, slot);
        }
        if !predecessors.is_empty() {
            raise_ancestors(&mut self.graph, &mut self.ready, self.config.policy, slot);
        }
    }
}
