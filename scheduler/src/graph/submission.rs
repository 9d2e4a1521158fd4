//! The way in: everything is checked before anything is changed.

use super::cargo::Label;
use super::directory::Place;
use super::due::{from_caller, is_deadline, none_in};
use super::job::Job;
use super::plan::{GraphPlan, PlannedNode};
use super::raise::raise_ancestors;
use super::record::{NO_JOB, NO_NODE, Profile, Record, Standing, nanos};
use super::{
    Counts, EndState, Event, FailurePolicy, GraphId, Overdue, TaskId, TaskScheduler, TaskSpec,
    TaskTerms,
};
use crate::error::{Refused, SchedulerError};
use primitives::Timestamp;

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
        if let Err(error) = self.check_alone(&spec.terms()) {
            return Err(Refused::new(error, spec));
        }
        self.insert_spec(NO_JOB, spec, now);
        Ok(())
    }

    /// Takes a checked task in, into a graph if `job` is one.
    pub(super) fn insert_spec(&mut self, job: u32, spec: TaskSpec<P>, now: Timestamp) {
        let TaskSpec {
            id,
            name,
            priority,
            deadline,
            ref dependencies,
            estimate,
            requirements,
            timeout,
            payload,
        } = spec;
        let terms =
            TaskTerms { id, priority, deadline, dependencies, estimate, requirements, timeout };
        self.insert_single(job, &terms, payload, Label { name, deadline }, now);
    }

    /// Accepts one task as [`submit`](Self::submit) does, without a copy of what the driver has
    /// already. Name and deadline are the driver's own.
    ///
    /// # Errors
    ///
    /// As [`submit`](Self::submit).
    pub fn submit_of(
        &mut self,
        terms: &TaskTerms<'_>,
        payload: P,
        now: Timestamp,
    ) -> Result<(), SchedulerError> {
        self.check_alone(terms)?;
        self.insert_single(NO_JOB, terms, payload, self.label_of(terms), now);
        Ok(())
    }

    /// What is kept of a task whose driver keeps its own books.
    pub(super) fn label_of(&self, terms: &TaskTerms<'_>) -> Label {
        let is_watched = self.config.overdue != Overdue::Ignore;
        Label { name: None, deadline: terms.deadline.filter(|_| is_watched) }
    }

    pub(super) fn insert_single(
        &mut self,
        job: u32,
        terms: &TaskTerms<'_>,
        payload: P,
        label: Label,
        now: Timestamp,
    ) {
        self.let_tasks_age(now);
        self.counts.submit(1);
        let (predecessors, broken) = self.resolve(terms.dependencies.iter().copied());
        let record = Record::new(terms.id, self.standing_alone(job, terms, &predecessors));
        let slot = self.graph.insert(record, payload, label);
        self.directory.put_alone(terms.id, Place::Live(slot));
        if job != NO_JOB {
            self.join_job(job, slot);
        }
        self.link_outside(&predecessors, slot);
        match broken {
            Some(cause) => self.end(slot, EndState::Skipped, Some(cause), now),
            None => self.make_ready_if_free(slot, now),
        }
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
        let plan = GraphPlan::new(&self.config, specs.len(), |node| specs[node].terms());
        let checked = plan.and_then(|plan| self.check_graph(&plan).map(|()| plan));
        let plan = match checked {
            Ok(plan) => plan,
            Err(error) => return Err(Refused::new(error, specs)),
        };
        let mut specs = specs.into_iter();
        let next = |_| {
            let spec = specs.next().expect("there are as many as were planned");
            (spec.payload, Label { name: spec.name, deadline: spec.deadline })
        };
        Ok(self.insert_plan(plan, next, failure, now))
    }

    /// Accepts a whole graph as [`submit_graph`](Self::submit_graph) does, which has been planned
    /// for a scheduler with the same settings. `payload` makes the payload of a task, given its
    /// position. Names and deadlines are the driver's own.
    ///
    /// # Errors
    ///
    /// The plan is handed back, and nothing has changed, if an id is known already, a dependency
    /// is not, or (the one reason that passes) the queue is full.
    pub fn submit_plan(
        &mut self,
        plan: GraphPlan,
        mut payload: impl FnMut(usize) -> P,
        failure: FailurePolicy,
        now: Timestamp,
    ) -> Result<GraphId, Refused<GraphPlan>> {
        if let Err(error) = self.check_graph(&plan) {
            return Err(Refused::new(error, plan));
        }
        Ok(self.insert_plan(plan, |node| (payload(node), Label::default()), failure, now))
    }

    fn insert_plan(
        &mut self,
        plan: GraphPlan,
        cargo: impl FnMut(usize) -> (P, Label),
        failure: FailurePolicy,
        now: Timestamp,
    ) -> GraphId {
        self.let_tasks_age(now);
        let (job, outside) = self.insert_graph(plan, cargo, failure);
        let broken = self.link_graph_outside(&outside, job);
        self.begin_graph(job, broken, now)
    }

    fn standing_alone(&mut self, job: u32, task: &TaskTerms<'_>, predecessors: &[u32]) -> Standing {
        // Under a policy with levels these are in the class.
        let below = predecessors.iter().map(|&slot| self.graph[slot].class.saturating_add(1));
        let level = below.max().unwrap_or(0);
        let estimate = nanos(task.estimate);
        Standing {
            job,
            node: NO_NODE,
            unmet: 0,
            class: self.config.policy.class(task.priority, level),
            profile: self.graph.insert_profile(Profile::from(task)),
            rank: estimate,
            due: self.due_in(job, from_caller(task.deadline), estimate, estimate),
        }
    }

    /// Starts, or skips, what need not wait.
    fn begin_graph(&mut self, job: u32, broken: Vec<(u32, TaskId)>, now: Timestamp) -> GraphId {
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
            let job = &self.graph.jobs[job];
            // In this order: a graph that has ended knows no dependencies any more.
            if let Some(slot) = job.slot(node)
                && job.unmet(node) == 0
            {
                self.make_ready_if_free(slot, now);
            }
        }
        graph
    }

    /// Creates the job and the records of a graph. Returns what it depends on outside.
    fn insert_graph(
        &mut self,
        plan: GraphPlan,
        mut cargo: impl FnMut(usize) -> (P, Label),
        failure: FailurePolicy,
    ) -> (u32, Vec<(u32, TaskId)>) {
        let GraphPlan {
            roster,
            topology,
            levels,
            nodes,
            profiles,
            outside,
            deadline,
            work,
            mut deadlines,
        } = plan;
        // Tasks submitted alone before it and after it are in two different rounds.
        self.round += 1;
        self.counts.submit(nodes.len());
        self.graph.reserve(nodes.len());
        let mut ids = roster.ids();
        let mut job = Job::new(failure, roster, topology, profiles, levels.as_deref());
        (job.deadline, job.work, job.round) = (deadline, work, self.round);
        let job = self.graph.jobs.insert(job);
        self.directory.insert_graph(job, &self.graph.jobs[job].roster);
        for (planned, at) in nodes.into_iter().zip(0..) {
            let PlannedNode { class, profile, rank, due } = planned;
            let (node, unmet) = (at as u32, self.graph.jobs[job].unmet(at as u32));
            let estimate = self.graph.jobs[job].profile(profile).estimate;
            let due = self.due_in(job, due, estimate, rank);
            let standing = Standing { job, node, unmet, class, profile, rank, due };
            let id = ids.next().expect("every task has an id");
            let (payload, mut label) = cargo(at);
            if !deadlines.is_empty() {
                label.deadline = deadlines.remove(&node);
            }
            let slot = self.graph.insert(Record::new(id, standing), payload, label);
            self.graph.jobs[job].place_next(slot);
        }
        self.round += 1;
        (job, outside)
    }

    /// What the queue sorts by: a deadline, the task's own or that of its graph, or for those
    /// without one when they or their graph came.
    pub(super) fn due_in(&self, job: u32, due: Timestamp, estimate: u64, rank: u64) -> Timestamp {
        let policy = self.config.policy;
        let due = policy.due(due, estimate);
        let (due, round) = match self.graph.jobs.get(job) {
            Some(job) => (due.min(policy.due(job.deadline, rank)), job.round),
            None => (due, self.round),
        };
        if is_deadline(due) { due } else { none_in(round) }
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
    pub(super) fn resolve(
        &self,
        dependencies: impl Iterator<Item = TaskId>,
    ) -> (Vec<u32>, Option<TaskId>) {
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

    pub(super) fn link_outside(&mut self, predecessors: &[u32], slot: u32) {
        for &predecessor in predecessors {
            self.graph.link(predecessor, slot);
        }
        if !predecessors.is_empty() {
            let policy = self.config.policy;
            let moved = raise_ancestors(&mut self.graph, &mut self.ready, policy, slot);
            self.look_again(&moved);
        }
    }
}
