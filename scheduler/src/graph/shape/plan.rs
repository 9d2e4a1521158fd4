//! Checking a submission, and what the shape of a graph says about its tasks. Nothing changes.

use super::roster::Roster;
use super::survey::Survey;
use crate::control::Needs;
use crate::error::SchedulerError;
use crate::graph::failure::resilience::check_timeout;
use crate::graph::order::due::from_caller;
use crate::graph::order::ranks::levels;
use crate::graph::record::Profile;
use crate::graph::{
    Policy, Resilience, SchedulerConfig, TaskId, TaskScheduler, TaskTerms, Topology,
};
use primitives::Timestamp;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A graph that has passed every check which asks nobody else: its ids are distinct, it has no
/// cycle, its requirements could be met; and the order that follows from its shape.
///
/// Making one is most of the work of a submission, and needs no scheduler, only its settings: a
/// driver does it before it takes the lock. [`submit_plan`](TaskScheduler::submit_plan) does the
/// rest.
///
/// # Examples
///
/// ```
/// use graph_runtime_scheduler::{GraphPlan, SchedulerConfig, TaskId, TaskScheduler, TaskSpec};
/// use primitives::Timestamp;
///
/// let config = SchedulerConfig::default();
/// let (first, second) = (TaskId::new(1), TaskId::new(2));
/// let tasks = [TaskSpec::new(first, "boil"), TaskSpec::new(second, "pour").after(first)];
/// let plan = GraphPlan::new(&config, tasks.len(), |n| tasks[n].terms())?;
///
/// let mut scheduler = TaskScheduler::new(config)?;
/// let now = Timestamp::ZERO;
/// let submitted = scheduler.submit_plan(plan, |n| n, Default::default(), now);
/// assert!(submitted.is_ok());
/// assert_eq!(scheduler.dispatch(now).map(|boil| boil.payload), Some(0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct GraphPlan {
    pub(in crate::graph) roster: Roster,
    pub(in crate::graph) topology: Topology,
    /// Under a policy with barriers.
    pub(in crate::graph) levels: Option<Vec<u32>>,
    pub(in crate::graph) nodes: Vec<PlannedNode>,
    pub(in crate::graph) profiles: Vec<Profile>,
    pub(in crate::graph) resiliences: Vec<Resilience>,
    /// Dependencies on tasks that were submitted before, with the node that names them.
    pub(in crate::graph) outside: Vec<(u32, TaskId)>,
    /// The deadlines of tasks of their own, by node, if running tasks are watched.
    pub(in crate::graph) deadlines: HashMap<u32, Timestamp>,
    /// What tasks need by name, by node, of those that need anything.
    pub(in crate::graph) needs: HashMap<u32, Arc<Needs>>,
    /// The deadline of the graph as a whole; [`Timestamp::MAX`] is none.
    pub(in crate::graph) deadline: Timestamp,
    /// How long the graph as a whole may take.
    pub(in crate::graph) timeout: Option<Duration>,
    /// The sum of all estimates, in nanoseconds.
    pub(in crate::graph) work: u64,
}

/// What the scheduler keeps of a task from its plan.
#[derive(Debug, Clone, Copy)]
pub(in crate::graph) struct PlannedNode {
    pub(in crate::graph) class: u32,
    pub(in crate::graph) profile: u32,
    pub(in crate::graph) rank: u64,
    pub(in crate::graph) due: Timestamp,
}

impl GraphPlan {
    /// Plans the graph whose task number n, of `tasks`, is what `terms(n)` says, for a scheduler
    /// with the settings `config`. O(tasks + dependencies).
    ///
    /// # Errors
    ///
    /// Those that [`submit_graph`](TaskScheduler::submit_graph) gives for what is wrong with the
    /// graph by itself: more tasks than `max_pending`, two with the same id, requirements that
    /// mean nothing or exceed a budget, or a cycle.
    pub fn new<'a>(
        config: &SchedulerConfig,
        tasks: usize,
        terms: impl Fn(usize) -> TaskTerms<'a>,
    ) -> Result<Self, SchedulerError> {
        let max_pending = config.max_pending;
        if tasks > max_pending {
            return Err(SchedulerError::GraphTooLarge { tasks, max_pending });
        }
        let mut survey = Survey::new(config, tasks);
        (0..tasks).try_for_each(|node| survey.visit(&terms(node)))?;
        let mut plan = survey.finish(&terms)?;
        plan.order(config);
        Ok(plan)
    }

    /// Computes what a policy sorts by.
    fn order(&mut self, config: &SchedulerConfig) {
        if config.policy.has_barrier() {
            let levels = levels(&self.topology);
            for (node, &level) in self.nodes.iter_mut().zip(&levels) {
                node.class = level;
            }
            self.levels = Some(levels);
        }
        self.urge(config.policy);
    }

    /// Ranks, effective deadlines and priorities, in one pass from the ends of the graph to its
    /// beginnings: what `nodes` says of a task by itself before, it says for everybody behind it
    /// afterwards. Under a policy with barriers a class is nobody else's.
    fn urge(&mut self, policy: Policy) {
        let Self { topology, nodes, profiles, work, .. } = self;
        for node in topology.order().rev() {
            let PlannedNode { due, mut class, profile, .. } = nodes[node as usize];
            let estimate = profiles[profile as usize].estimate;
            let mut due = policy.due(due, estimate);
            let mut longest = 0;
            for &child in topology.children.of(node) {
                let child = nodes[child as usize];
                longest = longest.max(child.rank);
                let successor = profiles[child.profile as usize].estimate;
                due = due.min(policy.due_before(child.due, successor, estimate));
                if !policy.has_barrier() {
                    class = class.max(child.class);
                }
            }
            let own = &mut nodes[node as usize];
            *work = work.saturating_add(own.rank);
            own.rank = own.rank.saturating_add(longest);
            (own.due, own.class) = (due, class);
        }
    }

    /// Gives the graph as a whole a deadline. It concerns each of its tasks alike, so that among
    /// them the longest way to an end decides.
    ///
    /// ```
    /// # use graph_runtime_scheduler::{GraphPlan, SchedulerConfig, TaskId, TaskScheduler};
    /// # use graph_runtime_scheduler::TaskSpec;
    /// # use primitives::Timestamp;
    /// let config = SchedulerConfig::default();
    /// let mut scheduler = TaskScheduler::new(config.clone())?;
    /// for (id, deadline) in [(1, 90), (2, 60)] {
    ///     let task = TaskSpec::new(TaskId::new(id), ());
    ///     let plan = GraphPlan::new(&config, 1, |_| task.terms())?;
    ///     let plan = plan.due_by(Timestamp::from_nanos(deadline));
    ///     scheduler.submit_plan(plan, |_| (), Default::default(), Timestamp::ZERO)?;
    /// }
    /// assert_eq!(scheduler.peek(), Some(TaskId::new(2)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn due_by(mut self, deadline: Timestamp) -> Self {
        self.deadline = from_caller(Some(deadline));
        self
    }

    /// Gives the graph as a whole a time, from its submission on, after which it stops as a
    /// [fail-fast](crate::graph::FailurePolicy::FailFast) graph does, but that its tasks end
    /// [`TimedOut`](crate::graph::EndState::TimedOut). Tasks that tidy up run even then; they can
    /// have timeouts of their own. Zero is refused at the submission, and any at all by
    /// [`grow_plan`](TaskScheduler::grow_plan).
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Whether a task depends on one that is not in the graph.
    pub fn reaches_out(&self) -> bool {
        !self.outside.is_empty()
    }

    /// How many tasks there are.
    pub(in crate::graph) fn len(&self) -> usize {
        self.nodes.len()
    }
}

impl fmt::Debug for GraphPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GraphPlan").field("tasks", &self.len()).finish_non_exhaustive()
    }
}

impl<P> TaskScheduler<P> {
    /// Whether a task may be submitted alone; then what it needs by name.
    pub(in crate::graph) fn check_alone(
        &self,
        spec: &TaskTerms<'_>,
    ) -> Result<Option<Needs>, SchedulerError> {
        self.gate.check()?;
        self.check_single(spec)
    }

    /// Whether a graph may be submitted.
    pub(in crate::graph) fn check_graph(&self, plan: &GraphPlan) -> Result<(), SchedulerError> {
        self.gate.check()?;
        self.check_plan(plan)
    }

    /// Whether a task may be added to what is there; then what it needs by name.
    pub(in crate::graph) fn check_single(
        &self,
        spec: &TaskTerms<'_>,
    ) -> Result<Option<Needs>, SchedulerError> {
        self.turnstile.admission.check(spec.id, &spec.requirements, &self.config)?;
        let needs = self.turnstile.allowances.names.needs(spec, &self.config)?;
        spec.check_times()?;
        if self.directory.contains(spec.id) {
            return Err(SchedulerError::DuplicateId { id: spec.id });
        }
        for &dependency in spec.dependencies {
            if dependency == spec.id {
                return Err(SchedulerError::Cycle { tasks: vec![spec.id] });
            }
            self.check_known(spec.id, dependency)?;
        }
        self.check_room(1).map(|()| needs)
    }

    /// What a plan says nothing about: who else is known, and how much room there is.
    pub(in crate::graph) fn check_plan(&self, plan: &GraphPlan) -> Result<(), SchedulerError> {
        check_timeout(None, "timeout", plan.timeout)?;
        if self.directory.overlaps(&plan.roster) {
            let known = plan.roster.ids().find(|&id| self.directory.contains(id));
            let id = known.expect("a task is known already");
            return Err(SchedulerError::DuplicateId { id });
        }
        for &(node, dependency) in &plan.outside {
            self.check_known(plan.roster.id(node), dependency)?;
        }
        // Last, because it is the only reason that passes: whoever waits for room must not wait
        // with a graph that will be refused anyway.
        self.check_room(plan.len())
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

#[cfg(test)]
mod tests {
    use super::GraphPlan;
    use crate::graph::{SchedulerConfig, TaskId, TaskSpec};
    use primitives::Timestamp;
    use proptest::prelude::*;
    use std::time::Duration;

    /// For each task its dependencies, its deadline and its estimate.
    fn plan(tasks: &[(&[u64], Option<u64>, u64)]) -> GraphPlan {
        let spec = |(id, &(after, deadline, estimate)): (u64, &(&[u64], Option<u64>, u64))| {
            let mut spec = TaskSpec::new(TaskId::new(id), ())
                .after_all(after.iter().copied().map(TaskId::new))
                .estimate(Duration::from_nanos(estimate));
            spec.deadline = deadline.map(Timestamp::from_nanos);
            spec
        };
        let specs: Vec<_> = (0..).zip(tasks).map(spec).collect();
        let config = SchedulerConfig::default();
        GraphPlan::new(&config, specs.len(), |node| specs[node].terms()).unwrap()
    }

    #[test]
    fn deadlines_and_ranks_travel_backwards() {
        let plan = plan(&[
            (&[], None, 1),
            (&[0], Some(60), 10),
            (&[0], None, 2),
            (&[1, 2], Some(100), 5),
            (&[2], None, 20),
        ]);
        let dues: Vec<_> = plan.nodes.iter().map(|node| node.due.as_nanos()).collect();
        assert_eq!(dues, [50, 60, 95, 100, u64::MAX]);
        let ranks: Vec<_> = plan.nodes.iter().map(|node| node.rank).collect();
        assert_eq!(ranks, [23, 15, 22, 5, 20]);
    }

    proptest! {
        #[test]
        fn equal_neighbours_share_a_profile(estimates in prop::collection::vec(0..6_u64, 0..40)) {
            let tasks: Vec<_> = estimates.iter().map(|&ns| (&[][..], None, ns)).collect();
            let plan = plan(&tasks);
            for (node, &ns) in plan.nodes.iter().zip(&estimates) {
                prop_assert_eq!(plan.profiles[node.profile as usize].estimate, ns);
            }
            let changes = estimates.windows(2).filter(|pair| pair[0] != pair[1]).count();
            prop_assert!(plan.profiles.len() <= 1 + changes);
        }
    }
}
