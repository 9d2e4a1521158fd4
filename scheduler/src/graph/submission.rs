//! The way in: everything is checked before anything is changed.

use super::agenda::Matter;
use super::cargo::{Label, cargo_of, make_cargo};
use super::ending::Fate;
use super::order::due::{from_caller, is_deadline, none_in};
use super::order::raise::raise_ancestors;
use super::record::{NO_JOB, NO_NODE, Profile, Record, Standing, nanos};
use super::shape::directory::Place;
use super::shape::job::Job;
use super::shape::plan::{GraphPlan, PlannedNode};
use super::{
    Counts, Event, FailurePolicy, GraphId, Overdue, TaskId, TaskScheduler, TaskSpec, TaskTerms,
};
use crate::control::Needs;
use crate::error::{Refused, SchedulerError};
use primitives::Timestamp;
use std::sync::Arc;

/// Tasks of a new graph whose start does not depend on the graph any more.
#[derive(Default)]
struct Decided {
    /// The nodes whose rules are met, in order.
    triggered: Vec<u32>,
    /// The slots of those that will never run, each with the dependency because of which.
    broken: Vec<(u32, TaskId)>,
}

/// A plan, and the tasks it was made of.
pub(super) type Planned<P> = (GraphPlan, Vec<TaskSpec<P>>);

impl<P> TaskScheduler<P> {
    /// Accepts one task. O(dependencies + log n).
    ///
    /// Its dependencies must be known. Those that have ended count as if they ended now; if one
    /// ended in a way that the task does not put up with it is accepted and skipped at once. Ranks
    /// and effective deadlines of its nearest unfinished ancestors are brought up to date, along at
    /// most 64 edges upwards.
    ///
    /// The task is remembered until it is [forgotten](Self::forget).
    ///
    /// # Errors
    ///
    /// The task is handed back, and nothing has changed, if its id is a duplicate, a dependency
    /// is unknown, it depends on itself, its requirements or costs mean nothing or exceed the whole
    /// budget or burst, it names a group or rate that is not declared, its timeouts or retries make
    /// no sense, or (the one reason that passes) the queue is full.
    pub fn submit(
        &mut self,
        spec: TaskSpec<P>,
        now: Timestamp,
    ) -> Result<(), Refused<TaskSpec<P>>> {
        match self.check_alone(&spec.terms()) {
            Ok(needs) => self.insert_spec(NO_JOB, spec, needs, now),
            Err(error) => return Err(Refused::new(error, spec)),
        }
        Ok(())
    }

    /// Takes a checked task in, into a graph if `job` is one.
    pub(super) fn insert_spec(
        &mut self,
        job: u32,
        spec: TaskSpec<P>,
        needs: Option<Needs>,
        now: Timestamp,
    ) {
        let TaskSpec {
            id,
            name,
            priority,
            deadline,
            ref dependencies,
            estimate,
            requirements,
            ref groups,
            ref costs,
            timeout,
            trigger,
            ref resilience,
            payload,
        } = spec;
        let resilience = resilience.as_deref();
        let terms = TaskTerms {
            id,
            priority,
            deadline,
            dependencies,
            estimate,
            requirements,
            groups,
            costs,
            timeout,
            trigger,
            resilience,
        };
        self.insert_single(job, &terms, needs, (payload, Label { name, deadline }), now);
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
        let needs = self.check_alone(terms)?;
        self.insert_single(NO_JOB, terms, needs, (payload, self.label_of(terms)), now);
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
        needs: Option<Needs>,
        (payload, label): (P, Label),
        now: Timestamp,
    ) {
        self.let_tasks_age(now);
        self.counts.submit(1);
        let record = Record::new(terms.id, self.standing_alone(job, terms));
        let slot = self.graph.insert(record, payload, label);
        if let Some(needs) = needs {
            self.turnstile.set_needs(slot, Arc::new(needs));
        }
        self.directory.put_alone(terms.id, Place::Live(slot));
        if job != NO_JOB {
            self.join_job(job, slot);
        }
        match self.depend(slot, terms.dependencies.iter().copied()) {
            Some(cause) => self.end(slot, Fate::skipped(cause), now),
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
    /// The graph and its tasks are remembered until the graph is [forgotten](Self::forget_graph).
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
        let (plan, specs) = self.plan(specs, |plan| self.check_graph(plan))?;
        Ok(self.insert_plan(plan, cargo_of(specs), failure, now))
    }

    /// Plans what passes the check, or hands it back.
    pub(super) fn plan(
        &self,
        specs: Vec<TaskSpec<P>>,
        check: impl FnOnce(&GraphPlan) -> Result<(), SchedulerError>,
    ) -> Result<Planned<P>, Refused<Vec<TaskSpec<P>>>> {
        let plan = GraphPlan::new(&self.config, specs.len(), |node| specs[node].terms());
        match plan.and_then(|plan| check(&plan).map(|()| plan)) {
            Ok(plan) => Ok((plan, specs)),
            Err(error) => Err(Refused::new(error, specs)),
        }
    }

    /// Accepts a whole graph as [`submit_graph`](Self::submit_graph) does, which has been planned
    /// for a scheduler with the same settings. `payload` makes the payload of a task, given its
    /// position. Names and deadlines are the driver's own. If `payload` panics nothing has changed,
    /// for all payloads are made before anything does.
    ///
    /// # Errors
    ///
    /// The plan is handed back, and nothing has changed, if an id is known already, a dependency
    /// is not, or (the one reason that passes) the queue is full.
    pub fn submit_plan(
        &mut self,
        plan: GraphPlan,
        payload: impl FnMut(usize) -> P,
        failure: FailurePolicy,
        now: Timestamp,
    ) -> Result<GraphId, Refused<GraphPlan>> {
        if let Err(error) = self.check_graph(&plan) {
            return Err(Refused::new(error, plan));
        }
        let cargo = make_cargo(plan.len(), payload);
        Ok(self.insert_plan(plan, cargo, failure, now))
    }

    fn insert_plan(
        &mut self,
        plan: GraphPlan,
        cargo: impl FnMut(usize) -> (P, Label),
        failure: FailurePolicy,
        now: Timestamp,
    ) -> GraphId {
        self.let_tasks_age(now);
        let timeout = plan.timeout;
        let (job, outside) = self.insert_graph(plan, cargo, failure);
        if let Some(timeout) = timeout {
            let ends_at = self.graph.jobs[job].set_timeout(timeout, now);
            self.remember(ends_at, Matter::GraphTimeout(self.graph_id(job)));
        }
        let decided = self.link_graph_outside(&outside, job);
        self.begin_graph(job, decided, now)
    }

    fn standing_alone(&mut self, job: u32, task: &TaskTerms<'_>) -> Standing {
        let has_level = self.config.policy.has_barrier();
        let level = if has_level { self.level_after(task.dependencies) } else { 0 };
        let estimate = nanos(task.estimate);
        let due = self.config.policy.due(from_caller(task.deadline), estimate);
        Standing {
            job,
            node: NO_NODE,
            unmet: 0,
            class: self.config.policy.class(task.priority, level),
            profile: self.graph.insert_profile(Profile::from(task), task.resilience),
            rank: estimate,
            due: self.due_in(job, due, estimate),
            trigger: task.trigger,
        }
    }

    /// The level after those of `dependencies` that have not ended: under a policy with levels
    /// these are in the class.
    fn level_after(&self, dependencies: &[TaskId]) -> u32 {
        let after = dependencies.iter().map(|&id| match self.place(id) {
            Some(Place::Live(slot)) => self.graph[slot].class.saturating_add(1),
            _ => 0,
        });
        after.max().unwrap_or(0)
    }

    /// Skips tasks that have just been inserted and can never run, and why. One may be gone by
    /// then, skipped behind another one; its slot stays empty, for nothing is inserted meanwhile.
    pub(super) fn skip_broken(&mut self, broken: Vec<(u32, TaskId)>, now: Timestamp) {
        for (slot, cause) in broken {
            if self.graph.contains(slot) {
                self.end(slot, Fate::skipped(cause), now);
            }
        }
    }

    /// Starts, or skips, what need not wait.
    fn begin_graph(&mut self, job: u32, decided: Decided, now: Timestamp) -> GraphId {
        let graph = self.graph_id(job);
        let nodes = self.graph.jobs[job].len();
        if nodes == 0 {
            self.events.push_back(Event::GraphEnded { graph, counts: Counts::default() });
        }
        self.skip_broken(decided.broken, now);
        for node in 0..nodes {
            let job = &self.graph.jobs[job];
            // In this order: a graph that has ended knows no dependencies any more.
            if let Some(slot) = job.slot(node)
                && (job.unmet(node) == 0 || decided.triggered.binary_search(&node).is_ok())
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
            resiliences,
            outside,
            deadline,
            timeout: _,
            work,
            mut deadlines,
            mut needs,
        } = plan;
        // Tasks submitted alone before it and after it are in two different rounds.
        self.round += 1;
        self.counts.submit(nodes.len());
        self.graph.reserve(nodes.len());
        let mut ids = roster.ids();
        let mut job = Job::new(failure, roster, topology, profiles, levels.as_deref());
        (job.deadline, job.work, job.round) = (deadline, work, self.round);
        job.set_resiliences(resiliences);
        let job = self.graph.jobs.insert(job);
        self.directory.insert_graph(job, &self.graph.jobs[job].roster);
        for (planned, at) in nodes.into_iter().zip(0..) {
            let PlannedNode { class, profile, rank, due } = planned;
            let (node, unmet) = (at as u32, self.graph.jobs[job].unmet(at as u32));
            let trigger = self.graph.jobs[job].profile(profile).trigger;
            let due = self.due_in(job, due, rank);
            let standing = Standing { job, node, unmet, class, profile, rank, due, trigger };
            let id = ids.next().expect("every task has an id");
            let (payload, mut label) = cargo(at);
            if !deadlines.is_empty() {
                label.deadline = deadlines.remove(&node);
            }
            let slot = self.graph.insert(Record::new(id, standing), payload, label);
            if !needs.is_empty()
                && let Some(needs) = needs.remove(&node)
            {
                self.turnstile.set_needs(slot, needs);
            }
            self.graph.jobs[job].place_next(slot);
        }
        self.round += 1;
        (job, outside)
    }

    /// What the queue sorts by: a deadline, the task's own or that of its graph, or for those
    /// without one when they or their graph came.
    pub(super) fn due_in(&self, job: u32, due: Timestamp, rank: u64) -> Timestamp {
        let policy = self.config.policy;
        let (due, round) = match self.graph.jobs.get(job) {
            Some(job) => (due.min(policy.due(job.deadline, rank)), job.round),
            None => (due, self.round),
        };
        if is_deadline(due) { due } else { none_in(round) }
    }

    /// Links a graph to tasks submitted before, and lets those that have ended decide.
    fn link_graph_outside(&mut self, outside: &[(u32, TaskId)], job: u32) -> Decided {
        let mut decided = Decided::default();
        for of_one_task in outside.chunk_by(|a, b| a.0 == b.0) {
            let node = of_one_task[0].0;
            let slot = self.graph.jobs[job].slot(node).expect("nothing has ended yet");
            let cause = self.depend(slot, of_one_task.iter().map(|&(_, id)| id));
            decided.broken.extend(cause.map(|cause| (slot, cause)));
            if self.graph[slot].is_triggered {
                decided.triggered.push(node);
            }
        }
        decided
    }

    /// Makes the task in `slot` depend on known tasks, each counted once. If it will never run,
    /// returns because of which of them.
    pub(super) fn depend(
        &mut self,
        slot: u32,
        dependencies: impl Iterator<Item = TaskId>,
    ) -> Option<TaskId> {
        let (mut live, mut ended) = (Vec::new(), Vec::new());
        for id in dependencies {
            match self.place(id).expect("the dependency has been found before") {
                Place::Live(slot) => live.push(slot),
                Place::Ended(end) => ended.push((id, end)),
            }
        }
        live.sort_unstable();
        live.dedup();
        self.link_outside(&live, slot);
        self.note_ended(slot, &ended)
    }

    pub(super) fn link_outside(&mut self, predecessors: &[u32], slot: u32) {
        for &predecessor in predecessors {
            self.graph.link(predecessor, slot);
        }
        if !predecessors.is_empty() {
            let policy = self.config.policy;
            let moved = raise_ancestors(&mut self.graph, &mut self.turnstile, policy, slot);
            self.look_again(&moved);
        }
    }
}
