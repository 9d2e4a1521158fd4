//! The way in: everything is checked before anything is changed.

use super::directory::{IdMap, Place};
use super::job::Job;
use super::raise::raise_ancestors;
use super::ranks::{effective_deadlines, levels, upward_ranks};
use super::record::{NO_JOB, Record, Standing, nanos};
use super::{
    Adjacency, EndState, Event, FailurePolicy, GraphId, TaskId, TaskScheduler, TaskSpec, Topology,
};
use crate::error::{Refused, SchedulerError};
use primitives::Timestamp;

/// A graph that has passed every check.
struct Plan {
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
        if self.directory.contains_key(&spec.id) {
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
        let mut nodes: IdMap<u32> = IdMap::with_capacity_and_hasher(tasks, Default::default());
        for (spec, node) in specs.iter().zip(0..) {
            self.admission.check(spec.id, &spec.requirements, &self.config)?;
            if self.directory.contains_key(&spec.id) || nodes.insert(spec.id, node).is_some() {
                return Err(SchedulerError::DuplicateId { id: spec.id });
            }
        }
        let mut parents = Adjacency::with_capacity(tasks);
        let mut outside = Vec::new();
        for (spec, node) in specs.iter().zip(0..) {
            for &dependency in spec.dependencies.iter().filter(|id| !nodes.contains_key(id)) {
                self.check_known(spec.id, dependency)?;
                outside.push((node, dependency));
            }
            parents.push(spec.dependencies.iter().filter_map(|id| nodes.get(id).copied()));
        }
        let topology = Topology::new(parents).map_err(|ring| SchedulerError::Cycle {
            tasks: ring.into_iter().map(|node| specs[node as usize].id).collect(),
        })?;
        // Last, because it is the only reason that passes: whoever waits for room must not wait
        // with a graph that will be refused anyway.
        self.check_room(tasks)?;
        Ok(Plan { topology, outside })
    }

    fn check_known(&self, task: TaskId, dependency: TaskId) -> Result<(), SchedulerError> {
        if self.directory.contains_key(&dependency) {
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
            level: below.max().unwrap_or(0),
            rank: nanos(spec.estimate),
            due: spec.deadline.unwrap_or(Timestamp::MAX),
        };
        let id = spec.id;
        let slot = self.graph.insert(Record::new(spec, standing));
        self.directory.insert(id, Place::Live(slot));
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
        let (job, slots) = self.insert_graph(specs, &plan.topology, failure);
        // Before the edges inside, so that raising ancestors spends no steps on exact ranks.
        let broken = self.link_graph_outside(&plan.outside, &slots);
        for (&slot, node) in slots.iter().zip(0..) {
            for &parent in plan.topology.parents.of(node) {
                self.graph.link(slots[parent as usize], slot);
            }
        }
        let graph = self.graph_id(job);
        if slots.is_empty() {
            self.events.push_back(Event::GraphEnded { graph, counts: self.jobs[job].counts });
        }
        // A task may be gone by the time it is looked at, skipped behind another one. Its slot
        // stays empty meanwhile: nothing is inserted here.
        for (slot, cause) in broken {
            if self.graph.contains(slot) {
                self.end(slot, EndState::Skipped, Some(cause), now);
            }
        }
        for slot in slots {
            if self.graph.contains(slot) {
                self.make_ready_if_free(slot, now);
            }
        }
        graph
    }

    /// Creates the job and the records of a graph, without edges.
    fn insert_graph(
        &mut self,
        specs: Vec<TaskSpec<P>>,
        topology: &Topology,
        failure: FailurePolicy,
    ) -> (u32, Vec<u32>) {
        let levels = levels(topology);
        let ranks = upward_ranks(topology, |node| nanos(specs[node].estimate));
        let own = |node: usize| specs[node].deadline;
        let dues = effective_deadlines(topology, own, |node| nanos(specs[node].estimate));
        let ids: Vec<TaskId> = specs.iter().map(|spec| spec.id).collect();
        let job = self.jobs.insert(Job::new(failure, &ids, &levels));
        self.counts.submit(ids.len());
        self.directory.reserve(ids.len());
        self.graph.reserve(ids.len(), topology.parents.edges());
        let mut slots = Vec::with_capacity(ids.len());
        for (node, spec) in specs.into_iter().enumerate() {
            let (level, rank, due) = (levels[node], ranks[node], dues[node]);
            slots.push(self.graph.insert(Record::new(spec, Standing { job, level, rank, due })));
            self.directory.insert(ids[node], Place::Live(slots[node]));
        }
        (job, slots)
    }

    /// Links a graph to tasks submitted before; returns the tasks that can never run, and why.
    fn link_graph_outside(
        &mut self,
        outside: &[(u32, TaskId)],
        slots: &[u32],
    ) -> Vec<(u32, TaskId)> {
        let mut broken = Vec::new();
        for of_one_task in outside.chunk_by(|a, b| a.0 == b.0) {
            let slot = slots[of_one_task[0].0 as usize];
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
            match self.directory[&id] {
                Place::Live(slot) => live.push(slot),
                Place::Ended { end: EndState::Completed, .. } => {}
                Place::Ended { .. } => broken = broken.or(Some(id)),
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
