//! The way in: everything is checked before anything is changed.

use super::directory::Place;
use super::job::Job;
use super::plan::Plan;
use super::raise::raise_ancestors;
use super::record::{NO_JOB, Record, Standing, nanos};
use super::{
    Counts, EndState, Event, FailurePolicy, GraphId, TaskId, TaskScheduler, TaskSpec, TaskTerms,
};
use crate::error::Refused;
use primitives::Timestamp;
use std::sync::Arc;

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
        let payload = |spec: TaskSpec<P>| (spec.name, spec.payload);
        self.submit_one(spec, TaskSpec::terms, payload, now)
    }

    /// Accepts one task as [`submit`](Self::submit) does, without a copy of what the driver has
    /// already; see [`submit_graph_of`](Self::submit_graph_of).
    ///
    /// # Errors
    ///
    /// As [`submit`](Self::submit); `payload` has not been called then.
    pub fn submit_of<T>(
        &mut self,
        task: T,
        terms: impl Fn(&T) -> TaskTerms<'_>,
        payload: impl FnOnce(T) -> P,
        now: Timestamp,
    ) -> Result<(), Refused<T>> {
        self.submit_one(task, terms, |task| (None, payload(task)), now)
    }

    fn submit_one<T>(
        &mut self,
        task: T,
        terms: impl Fn(&T) -> TaskTerms<'_>,
        payload: impl FnOnce(T) -> (Option<Arc<str>>, P),
        now: Timestamp,
    ) -> Result<(), Refused<T>> {
        let view = terms(&task);
        if let Err(error) = self.check_single(&view) {
            return Err(Refused::new(error, task));
        }
        self.counts.submit(1);
        let (predecessors, broken) = self.resolve(view.dependencies.iter().copied());
        let record = Record::new(&view, self.standing_alone(&view, &predecessors));
        let (name, payload) = payload(task);
        let id = record.id;
        let slot = self.graph.insert(record.carrying(name, payload));
        self.directory.put_alone(id, Place::Live(slot));
        self.link_outside(&predecessors, slot);
        match broken {
            Some(cause) => self.end(slot, EndState::Skipped, Some(cause), now),
            None => self.make_ready_if_free(slot, now),
        }
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
        let payload = |spec: TaskSpec<P>, _| (spec.name, spec.payload);
        self.submit_named(specs, TaskSpec::terms, payload, failure, now)
    }

    /// Accepts a whole graph as [`submit_graph`](Self::submit_graph) does, without a copy of what
    /// the driver has already: `terms` says what the scheduler has to know of a task, and
    /// `payload` makes the payload out of an accepted one, given its position. Names are the
    /// driver's own.
    ///
    /// # Errors
    ///
    /// As [`submit_graph`](Self::submit_graph); `payload` has not been called then.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime_scheduler::{SchedulerConfig, TaskId, TaskScheduler, TaskSpec};
    /// use primitives::Timestamp;
    ///
    /// let mut scheduler = TaskScheduler::new(SchedulerConfig::default())?;
    /// let (first, second) = (TaskId::new(1), TaskId::new(2));
    /// let jobs = vec![TaskSpec::new(first, "boil"), TaskSpec::new(second, "pour").after(first)];
    /// let now = Timestamp::ZERO;
    /// scheduler.submit_graph_of(jobs, TaskSpec::terms, |_, n| n, Default::default(), now)?;
    /// assert_eq!(scheduler.dispatch(now).map(|boil| boil.payload), Some(0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn submit_graph_of<T>(
        &mut self,
        tasks: Vec<T>,
        terms: impl Fn(&T) -> TaskTerms<'_>,
        mut payload: impl FnMut(T, usize) -> P,
        failure: FailurePolicy,
        now: Timestamp,
    ) -> Result<GraphId, Refused<Vec<T>>> {
        self.submit_named(tasks, terms, |task, node| (None, payload(task, node)), failure, now)
    }

    fn submit_named<T>(
        &mut self,
        tasks: Vec<T>,
        terms: impl Fn(&T) -> TaskTerms<'_>,
        payload: impl FnMut(T, usize) -> (Option<Arc<str>>, P),
        failure: FailurePolicy,
        now: Timestamp,
    ) -> Result<GraphId, Refused<Vec<T>>> {
        let plan = match self.plan(&tasks, &terms) {
            Ok(plan) => plan,
            Err(error) => return Err(Refused::new(error, tasks)),
        };
        let (job, outside) = self.insert_graph(tasks, plan, terms, payload, failure);
        let broken = self.link_graph_outside(&outside, job);
        Ok(self.begin_graph(job, broken, now))
    }

    fn standing_alone(&self, task: &TaskTerms<'_>, predecessors: &[u32]) -> Standing {
        let below = predecessors.iter().map(|&slot| self.graph[slot].level + 1);
        Standing {
            job: NO_JOB,
            node: 0,
            unmet: 0,
            level: below.max().unwrap_or(0),
            rank: nanos(task.estimate),
            due: task.deadline.unwrap_or(Timestamp::MAX),
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
            if let Some(slot) = self.graph.jobs[job].slot(node) {
                self.make_ready_if_free(slot, now);
            }
        }
        graph
    }

    /// Creates the job and the records of a graph. Returns what it depends on outside.
    fn insert_graph<T>(
        &mut self,
        tasks: Vec<T>,
        plan: Plan,
        terms: impl Fn(&T) -> TaskTerms<'_>,
        mut payload: impl FnMut(T, usize) -> (Option<Arc<str>>, P),
        failure: FailurePolicy,
    ) -> (u32, Vec<(u32, TaskId)>) {
        let Plan { roster, topology, levels, ranks, dues, outside } = plan;
        self.counts.submit(tasks.len());
        self.graph.reserve(tasks.len());
        let job = self.graph.jobs.insert(Job::new(failure, roster, topology, &levels));
        self.directory.insert_graph(job, &self.graph.jobs[job].roster);
        for (at, task) in tasks.into_iter().enumerate() {
            let node = at as u32;
            let unmet = self.graph.jobs[job].unmet(node);
            let (level, rank, due) = (levels[at], ranks[at], dues[at]);
            let standing = Standing { job, node, unmet, level, rank, due };
            let record = Record::new(&terms(&task), standing);
            let (name, payload) = payload(task, at);
            let slot = self.graph.insert(record.carrying(name, payload));
            self.graph.jobs[job].place_next(slot);
        }
        (job, outside)
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
