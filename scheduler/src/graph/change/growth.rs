//! Adding tasks to a graph that runs.

use crate::error::{Refused, SchedulerError};
use crate::graph::cargo::{Label, cargo_of, make_cargo};
use crate::graph::record::{NO_NODE, Record, Standing};
use crate::graph::shape::directory::Place;
use crate::graph::shape::plan::{GraphPlan, PlannedNode};
use crate::graph::{GraphId, TaskId, TaskScheduler, TaskSpec, TaskTerms};
use primitives::Timestamp;

/// Tasks that are added are kept as those that are submitted alone: each has its entry in the
/// directory, its profile and linked edges. They belong to the job of their graph, which counts,
/// cancels and ends them with its own; the rows of its arrays stay as they are. So a graph that
/// never grows pays nothing, and one that grows for ever keeps nothing of a task that has ended and
/// been forgotten.
impl<P> TaskScheduler<P> {
    /// Adds a task to a graph that has not ended. It belongs to the graph as if it had been
    /// submitted with it: its failure stops a fail-fast graph, it is cancelled with the graph,
    /// shares its deadline and its place in the order, and the graph does not end before it does.
    /// It may depend on any task that is known, and is remembered, like a task that is submitted
    /// alone, until it is [forgotten](Self::forget). O(dependencies + log n).
    ///
    /// Also while the scheduler [drains](Self::drain): what a running task has to hand on is part
    /// of what remains. Under [`Policy::LevelBarrier`](crate::Policy::LevelBarrier) an addition
    /// lifts the barriers of all graphs that run.
    ///
    /// # Errors
    ///
    /// [`SchedulerError::UnknownGraph`], and [`SchedulerError::GraphClosed`] if the graph has ended
    /// or is stopping; further those of [`submit`](Self::submit). The task is handed back, and
    /// nothing has changed.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime_scheduler::{EndState, SchedulerConfig, TaskId, TaskScheduler, TaskSpec};
    /// use primitives::Timestamp;
    ///
    /// let mut scheduler = TaskScheduler::new(SchedulerConfig::default())?;
    /// let now = Timestamp::ZERO;
    /// let plan = TaskSpec::new(TaskId::new(1), "plan");
    /// let graph = scheduler.submit_graph(vec![plan], Default::default(), now)?;
    ///
    /// let plan = scheduler.dispatch(now).expect("it is ready");
    /// scheduler.submit_into(graph, TaskSpec::new(TaskId::new(2), "act").after(plan.id), now)?;
    /// scheduler.finish(plan.ticket, EndState::Completed, now)?;
    /// assert_eq!(scheduler.graph_counts(graph).map(|counts| counts.ready), Some(1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn submit_into(
        &mut self,
        graph: GraphId,
        spec: TaskSpec<P>,
        now: Timestamp,
    ) -> Result<(), Refused<TaskSpec<P>>> {
        let terms = spec.terms();
        let checked = self.open_job(graph).and_then(|()| self.check_single(&terms));
        match checked {
            Ok(needs) => {
                self.lift_barriers(now);
                self.insert_spec(graph.index, spec, needs, now);
                Ok(())
            }
            Err(error) => Err(Refused::new(error, spec)),
        }
    }

    /// Adds a task as [`submit_into`](Self::submit_into) does, without a copy of what the driver
    /// has already. Name and deadline are the driver's own.
    ///
    /// # Errors
    ///
    /// As [`submit_into`](Self::submit_into).
    pub fn submit_into_of(
        &mut self,
        graph: GraphId,
        terms: &TaskTerms<'_>,
        payload: P,
        now: Timestamp,
    ) -> Result<(), SchedulerError> {
        self.open_job(graph)?;
        let needs = self.check_single(terms)?;
        self.lift_barriers(now);
        self.insert_single(graph.index, terms, needs, (payload, self.label_of(terms)), now);
        Ok(())
    }

    /// Adds several tasks, which may name each other as dependencies in any order, or none of them.
    /// O(tasks + dependencies), plus O(log n) for each task that is ready at once. Among themselves
    /// their ranks and effective deadlines are exact.
    ///
    /// # Errors
    ///
    /// As [`submit_into`](Self::submit_into) and [`submit_graph`](Self::submit_graph).
    pub fn grow(
        &mut self,
        graph: GraphId,
        specs: Vec<TaskSpec<P>>,
        now: Timestamp,
    ) -> Result<(), Refused<Vec<TaskSpec<P>>>> {
        let (plan, specs) = self.plan(specs, |plan| self.check_growth(graph, plan))?;
        self.insert_growth(graph, plan, cargo_of(specs), now);
        Ok(())
    }

    /// Adds tasks as [`grow`](Self::grow) does, which have been planned for a scheduler with the
    /// same settings. `payload` makes the payload of a task, given its position in the plan; if it
    /// panics nothing has changed. A [deadline](GraphPlan::due_by) of the plan is one of each of
    /// its tasks.
    ///
    /// # Errors
    ///
    /// As [`submit_into`](Self::submit_into) and [`submit_plan`](Self::submit_plan); further
    /// [`SchedulerError::InvalidTerm`] if the plan has a [timeout](GraphPlan::timeout), which only
    /// a graph as a whole can have: what is added stops with its graph and not without it.
    pub fn grow_plan(
        &mut self,
        graph: GraphId,
        plan: GraphPlan,
        payload: impl FnMut(usize) -> P,
        now: Timestamp,
    ) -> Result<(), Refused<GraphPlan>> {
        if let Err(error) = self.check_growth(graph, &plan) {
            return Err(Refused::new(error, plan));
        }
        let cargo = make_cargo(plan.len(), payload);
        self.insert_growth(graph, plan, cargo, now);
        Ok(())
    }

    /// The tasks that were added to a graph while it ran and have not ended, in no order.
    pub fn added(&self, graph: GraphId) -> impl Iterator<Item = TaskId> + '_ {
        let slots = self.job(graph).map(|job| job.grown.iter());
        slots.into_iter().flatten().map(|&slot| self.graph[slot].id)
    }

    fn check_growth(&self, graph: GraphId, plan: &GraphPlan) -> Result<(), SchedulerError> {
        self.open_job(graph)?;
        if let Some(timeout) = plan.timeout {
            let (term, value) = ("timeout", format!("{timeout:?}"));
            let expected = "none, because what is added to a graph has the graph's";
            return Err(SchedulerError::InvalidTerm { task: None, term, value, expected });
        }
        self.check_plan(plan)
    }

    /// Whether tasks can be added to a graph: it has neither ended nor begun to stop. O(1).
    pub fn can_grow(&self, graph: GraphId) -> bool {
        self.open_job(graph).is_ok()
    }

    /// Why tasks cannot be added to a graph, if they cannot.
    fn open_job(&self, graph: GraphId) -> Result<(), SchedulerError> {
        let job = self.job(graph).ok_or(SchedulerError::UnknownGraph { graph })?;
        let closed = |state| Err(SchedulerError::GraphClosed { graph, state });
        match (job.has_ended(), job.is_stopping) {
            (true, _) => closed("has ended"),
            (false, true) => closed("is stopping"),
            (false, false) => Ok(()),
        }
    }

    /// Takes in what has been checked: all records first, then their edges, then what need not wait
    /// starts, or is skipped.
    fn insert_growth(
        &mut self,
        graph: GraphId,
        plan: GraphPlan,
        mut cargo: impl FnMut(usize) -> (P, Label),
        now: Timestamp,
    ) {
        self.let_tasks_age(now);
        self.lift_barriers(now);
        self.counts.submit(plan.len());
        self.graph.reserve(plan.len());
        let mut ids = plan.roster.ids();
        let mut slots = Vec::with_capacity(plan.len());
        let (mut deadlines, mut needs) = (plan.deadlines, plan.needs);
        for (at, node) in plan.nodes.iter().enumerate() {
            let id = ids.next().expect("every task has an id");
            let (payload, mut label) = cargo(at);
            if let Some(deadline) = deadlines.remove(&(at as u32)) {
                label.deadline = Some(deadline);
            }
            let &PlannedNode { class, profile, rank, due } = node;
            let profile = plan.profiles[profile as usize];
            let resilience = plan.resiliences.get(profile.resilience as usize);
            let due = due.min(self.config.policy.due(plan.deadline, rank));
            let due = self.due_in(graph.index, due, rank);
            let (profile, trigger) =
                (self.graph.insert_profile(profile, resilience), profile.trigger);
            let job = graph.index;
            let (node, unmet) = (NO_NODE, 0);
            let standing = Standing { job, node, unmet, class, profile, rank, due, trigger };
            let slot = self.graph.insert(Record::new(id, standing), payload, label);
            if let Some(needs) = needs.remove(&(at as u32)) {
                self.turnstile.set_needs(slot, needs);
            }
            self.directory.put_alone(id, Place::Live(slot));
            self.join_job(job, slot);
            slots.push(slot);
        }
        for (&slot, at) in slots.iter().zip(0..) {
            for &parent in plan.topology.parents.of(at) {
                self.graph.link(slots[parent as usize], slot);
            }
        }
        let broken = self.link_growth_outside(&plan.outside, &slots);
        self.begin_growth(slots, broken, now);
    }

    /// A task that was added counts as one of its graph's.
    pub(in crate::graph) fn join_job(&mut self, job: u32, slot: u32) {
        let estimate = self.graph.profile(slot).estimate;
        let job = &mut self.graph.jobs[job];
        job.counts.submit(1);
        job.work = job.work.saturating_add(estimate);
        job.grown.insert(slot);
    }

    /// Links added tasks to what was there before; returns those that can never run, and why.
    fn link_growth_outside(
        &mut self,
        outside: &[(u32, TaskId)],
        slots: &[u32],
    ) -> Vec<(u32, TaskId)> {
        let mut broken = Vec::new();
        for of_one_task in outside.chunk_by(|a, b| a.0 == b.0) {
            let slot = slots[of_one_task[0].0 as usize];
            let cause = self.depend(slot, of_one_task.iter().map(|&(_, id)| id));
            broken.extend(cause.map(|cause| (slot, cause)));
        }
        broken
    }

    /// Starts, or skips, what need not wait.
    fn begin_growth(&mut self, slots: Vec<u32>, broken: Vec<(u32, TaskId)>, now: Timestamp) {
        self.skip_broken(broken, now);
        for slot in slots {
            if self.graph.contains(slot) {
                self.make_ready_if_free(slot, now);
            }
        }
    }
}
