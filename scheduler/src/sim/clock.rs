//! The loop that moves virtual time.

use super::learning::Learning;
use super::{Schedule, SimGraph, SimJob, Span};
use crate::error::SchedulerError;
use crate::graph::{
    EndState, FailurePolicy, GraphId, GraphPlan, Policy, ResourceRequirements, SchedulerConfig,
    TaskScheduler, TaskSpec, Ticket,
};
use primitives::Timestamp;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Runs `graph` on `slots` equal slots under `policy`, one slot per task, without overhead.
///
/// Tasks that end at the same moment are all finished, the smallest number first, before
/// anything starts. O((tasks + dependencies) log tasks), and deterministic.
///
/// # Errors
///
/// [`SchedulerError::Cycle`] or [`SchedulerError::UnknownDependency`] if the graph has no
/// schedule, [`SchedulerError::InvalidConfig`] if there are no slots.
///
/// # Examples
///
/// ```
/// use graph_runtime_scheduler::Policy;
/// use graph_runtime_scheduler::sim::{SimGraph, SimTask, simulate};
/// use std::time::Duration;
///
/// let task = |seconds, parents: &[usize]| SimTask {
///     runtime: Duration::from_secs(seconds),
///     parents: parents.to_vec(),
/// };
/// // Two short tasks, and a long chain that had better start first.
/// let graph = SimGraph { tasks: vec![task(1, &[]), task(1, &[]), task(1, &[]), task(2, &[2])] };
///
/// let fifo = simulate(&graph, 2, Policy::Fifo)?;
/// let critical_path = simulate(&graph, 2, Policy::CriticalPath)?;
/// assert_eq!(fifo.makespan, Duration::from_secs(4));
/// assert_eq!(critical_path.makespan, Duration::from_secs(3));
/// # Ok::<(), graph_runtime_scheduler::SchedulerError>(())
/// ```
pub fn simulate(
    graph: &SimGraph,
    slots: usize,
    policy: Policy,
) -> Result<Schedule, SchedulerError> {
    let max_pending = graph.tasks.len().max(1);
    let config =
        SchedulerConfig { policy, max_in_flight: slots, max_pending, ..Default::default() };
    let mut schedules = simulate_jobs(&[SimJob::new(graph)], &config)?;
    Ok(schedules.pop().expect("one job has one schedule"))
}

/// Runs several graphs on the slots and budgets that `config` gives, each from its arrival on. As
/// [`simulate`], but the scheduler goes by what it is told about each job. Graphs that arrive when
/// tasks end come after them. One schedule for each job, in the order of `jobs`.
///
/// # Errors
///
/// As [`simulate`], and whatever else makes the scheduler refuse a graph under this configuration.
///
/// # Examples
///
/// ```
/// use graph_runtime_scheduler::SchedulerConfig;
/// use graph_runtime_scheduler::sim::{SimGraph, SimJob, SimTask, simulate_jobs};
/// use primitives::Timestamp;
/// use std::time::Duration;
///
/// let seconds = Duration::from_secs;
/// let graph = SimGraph { tasks: vec![SimTask { runtime: seconds(5), parents: vec![] }] };
/// let late = Some(Timestamp::ZERO + seconds(90));
/// let soon = Some(Timestamp::ZERO + seconds(9));
/// let jobs = [
///     SimJob { deadline: late, ..SimJob::new(&graph) },
///     SimJob { deadline: soon, ..SimJob::new(&graph) },
/// ];
/// let one_slot = SchedulerConfig { max_in_flight: 1, ..Default::default() };
/// let schedules = simulate_jobs(&jobs, &one_slot)?;
/// assert_eq!(schedules[1].makespan, seconds(5), "the earlier deadline goes first");
/// assert_eq!(schedules[0].makespan, seconds(10));
/// # Ok::<(), graph_runtime_scheduler::SchedulerError>(())
/// ```
pub fn simulate_jobs(
    jobs: &[SimJob<'_>],
    config: &SchedulerConfig,
) -> Result<Vec<Schedule>, SchedulerError> {
    let mut machine = Machine::new(jobs, config)?;
    machine.accept_jobs()?;
    machine.start_tasks();
    while machine.advance()? {
        machine.start_tasks();
    }
    Ok(machine.schedules)
}

/// What runs: end, then job and task, for those that end at the same moment.
type Running = Reverse<(Timestamp, usize, usize, usize)>;

/// Slots, what runs on them, and the time.
struct Machine<'a> {
    jobs: &'a [SimJob<'a>],
    config: &'a SchedulerConfig,
    scheduler: TaskScheduler<(usize, usize)>,
    now: Timestamp,
    /// The jobs that have not arrived, the next one last.
    awaited: Vec<usize>,
    /// The id of the first task of each job.
    first_ids: Vec<usize>,
    /// (end, job, task, index of its span in the job), the earliest first.
    running: BinaryHeap<Running>,
    /// Slots that were used before, the lowest first.
    free_slots: BinaryHeap<Reverse<usize>>,
    slots_used: usize,
    schedules: Vec<Schedule>,
    /// The ticket of each span.
    tickets: Vec<Vec<Ticket>>,
    /// The graphs of the jobs that have a history and run.
    learning: Vec<Option<(GraphId, Learning<'a>)>>,
}

impl<'a> Machine<'a> {
    fn new(jobs: &'a [SimJob<'a>], config: &'a SchedulerConfig) -> Result<Self, SchedulerError> {
        jobs.iter().try_for_each(|job| job.graph.check_parents())?;
        let mut awaited: Vec<usize> = (0..jobs.len()).collect();
        awaited.sort_by_key(|&job| Reverse((jobs[job].arrival, job)));
        let sizes = jobs.iter().map(|job| job.graph.tasks.len());
        let first_ids = sizes.scan(0, |sum, tasks| {
            let first = *sum;
            *sum += tasks;
            Some(first)
        });
        Ok(Self {
            jobs,
            config,
            scheduler: TaskScheduler::new(config.clone())?,
            now: Timestamp::ZERO,
            awaited,
            first_ids: first_ids.collect(),
            running: BinaryHeap::new(),
            free_slots: BinaryHeap::new(),
            slots_used: 0,
            schedules: vec![Schedule::default(); jobs.len()],
            tickets: vec![Vec::new(); jobs.len()],
            learning: jobs.iter().map(|_| None).collect(),
        })
    }

    /// Submits the jobs that have arrived.
    fn accept_jobs(&mut self) -> Result<(), SchedulerError> {
        while let Some(&job) = self.awaited.last()
            && self.jobs[job].arrival <= self.now
        {
            self.awaited.pop();
            self.submit(job)?;
        }
        Ok(())
    }

    fn submit(&mut self, number: usize) -> Result<(), SchedulerError> {
        let (job, first) = (&self.jobs[number], self.first_ids[number]);
        let mut learning = Learning::of(job);
        let estimates = learning.as_mut().map(Learning::estimates);
        let estimate = |task: usize| match &estimates {
            Some(estimates) => estimates.get(task).copied().unwrap_or_default(),
            None => job.estimate(task),
        };
        let specs: Vec<TaskSpec<()>> = (0..job.graph.tasks.len())
            .map(|task| {
                let parents = job.graph.tasks[task].parents.iter();
                let memory_bytes = job.memory_bytes(task);
                TaskSpec::new(SimGraph::id(first + task), ())
                    .estimate(estimate(task))
                    .requirements(ResourceRequirements { memory_bytes, ..Default::default() })
                    .after_all(parents.map(|&parent| SimGraph::id(first + parent)))
            })
            .collect();
        let mut plan = GraphPlan::new(self.config, specs.len(), |task| specs[task].terms())?;
        if let Some(deadline) = job.deadline {
            plan = plan.due_by(deadline);
        }
        if let Some(how) = job.look_ahead {
            plan = plan.look_ahead(self.config, how);
        }
        let payload = |task| (number, task);
        let graph = self
            .scheduler
            .submit_plan(plan, payload, FailurePolicy::default(), self.now)
            .map_err(|refused| refused.error)?;
        self.learning[number] = learning.map(|learning| (graph, learning));
        Ok(())
    }

    /// Starts whatever may start now.
    fn start_tasks(&mut self) {
        while let Some(dispatch) = self.scheduler.dispatch(self.now) {
            let (job, task) = dispatch.payload;
            let end = self.now + self.jobs[job].graph.tasks[task].runtime;
            let slot = self.free_slots.pop().map_or(self.slots_used, |Reverse(slot)| slot);
            self.slots_used = self.slots_used.max(slot + 1);
            let spans = &mut self.schedules[job].spans;
            self.running.push(Reverse((end, job, task, spans.len())));
            spans.push(Span { task, slot, ready: dispatch.ready_at, start: self.now, end });
            self.tickets[job].push(dispatch.ticket);
            let most = &mut self.schedules[job].max_in_flight;
            *most = (*most).max(self.running.len());
        }
    }

    /// Moves on to the next end or arrival, and to all that end or arrive then. False if there is
    /// nothing to come.
    fn advance(&mut self) -> Result<bool, SchedulerError> {
        let end = self.running.peek().map(|&Reverse((end, ..))| end);
        let arrival = self.awaited.last().map(|&job| self.jobs[job].arrival);
        let Some(next) = end.into_iter().chain(arrival).min() else { return Ok(false) };
        self.now = next;
        while let Some(&Reverse((end, job, _, span))) = self.running.peek() {
            if end > self.now {
                break;
            }
            self.running.pop();
            self.free_slots.push(Reverse(self.schedules[job].spans[span].slot));
            self.schedules[job].makespan = self.now - self.jobs[job].arrival;
            self.scheduler.finish(self.tickets[job][span], EndState::Completed, self.now)?;
            while self.scheduler.next_event().is_some() {}
            self.learn(job, self.schedules[job].spans[span].task);
        }
        self.accept_jobs()?;
        Ok(true)
    }

    /// A task has ended: ranks its graph again if estimates have moved and it is time for that.
    fn learn(&mut self, job: usize, task: usize) {
        let Some((graph, learning)) = &mut self.learning[job] else { return };
        if learning.observe(task, self.jobs[job].graph.tasks[task].runtime) {
            let estimates = learning.estimates();
            let estimate = |task: usize| estimates.get(task).copied().unwrap_or_default();
            self.scheduler.reestimate(*graph, estimate, |_| None);
        }
    }
}
