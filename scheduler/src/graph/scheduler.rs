//! The scheduler's state, what can be asked about it, and the way from ready to running.

use super::admission::gate::Gate;
use super::admission::turnstile::{Choice, Turnstile};
use super::agenda::Agenda;
use super::cargo::Label;
use super::change::holds::Holds;
use super::failure::decision::Misses;
use super::failure::limits::Vigils;
use super::failure::resilience::{NOT_RESILIENT, Resilience};
use super::order::ageing::Aged;
use super::order::shifts::Shifts;
use super::record::{NO_JOB, NO_NODE, Profile, Record};
use super::shape::dependency_graph::DependencyGraph;
use super::shape::directory::{Directory, Entry, Place};
use super::shape::job::Job;
use super::state::Phase;
use super::{Counts, Dispatch, Event, GraphId, SchedulerConfig, TaskId, TaskState, Ticket};
use crate::control::Demand;
use crate::error::SchedulerError;
use primitives::Timestamp;
use std::collections::VecDeque;

/// Decides which task starts next, and what follows when one ends.
///
/// It runs nothing, waits for nothing and asks no clock: the driver calls it, runs what
/// [`dispatch`](Self::dispatch) returns, and drains [`next_event`](Self::next_event) after each
/// call. It never drops a payload: each leaves in a [`Dispatch`], an [`Event::Ended`] or a
/// [`Refused`](crate::Refused), because dropping is user code and the driver holds a lock.
///
/// # Examples
///
/// ```
/// use graph_runtime_scheduler::{EndState, SchedulerConfig, TaskId, TaskScheduler, TaskSpec};
/// use primitives::Timestamp;
///
/// let mut scheduler = TaskScheduler::new(SchedulerConfig::default())?;
/// let now = Timestamp::ZERO;
/// let (first, second) = (TaskId::new(1), TaskId::new(2));
/// scheduler.submit(TaskSpec::new(first, "boil water"), now)?;
/// scheduler.submit(TaskSpec::new(second, "make tea").after(first), now)?;
///
/// let water = scheduler.dispatch(now).expect("nothing is in its way");
/// assert_eq!(water.payload, "boil water");
/// assert!(scheduler.dispatch(now).is_none(), "no tea without water");
///
/// scheduler.finish(water.ticket, EndState::Completed, now)?;
/// assert_eq!(scheduler.dispatch(now).map(|tea| tea.id), Some(second));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct TaskScheduler<P> {
    pub(super) config: SchedulerConfig,
    pub(super) turnstile: Turnstile,
    pub(super) graph: DependencyGraph<P>,
    pub(super) directory: Directory,
    pub(super) counts: Counts,
    /// Bounded by what causes them: one per accepted task, one per graph, one per attempt that runs
    /// when its graph begins to stop, and two per attempt that passes its deadline.
    pub(super) events: VecDeque<Event<P>>,
    /// The successors of the task that ends just now; kept for its memory only.
    pub(super) scratch: Vec<u32>,
    pub(super) agenda: Agenda,
    pub(super) gate: Gate,
    pub(super) holds: Holds,
    pub(super) aged: Aged,
    /// Ready tasks whose urgency time will change.
    pub(super) shifts: Shifts,
    pub(super) vigils: Vigils,
    pub(super) misses: Misses,
    /// How many tasks have become ready so far.
    sequence: u64,
    /// Moves on with each graph: what came before it, the graph, and what came after it.
    pub(super) round: u64,
}

impl<P> TaskScheduler<P> {
    /// An empty scheduler.
    ///
    /// # Errors
    ///
    /// [`SchedulerError::InvalidConfig`] names the field that makes no sense.
    pub fn new(config: SchedulerConfig) -> Result<Self, SchedulerError> {
        config.validate()?;
        Ok(Self {
            turnstile: Turnstile::new(&config),
            config,
            graph: DependencyGraph::default(),
            directory: Directory::default(),
            counts: Counts::default(),
            events: VecDeque::new(),
            scratch: Vec::new(),
            agenda: Agenda::default(),
            gate: Gate::default(),
            holds: Holds::default(),
            aged: Aged::default(),
            shifts: Shifts::default(),
            vigils: Vigils::default(),
            misses: Misses::default(),
            sequence: 0,
            round: 0,
        })
    }

    /// Starts the best ready task that may start: below the limit, within the budgets, with a place
    /// in its groups and enough of its rates. Call it until it returns `None`.
    ///
    /// Others overtake a task that has to wait, but not for ever: see [Who may overtake
    /// whom](crate#who-may-overtake-whom). O(log c), for c different urgencies among the ready
    /// tasks, and as much for each whose urgency time has changed. If there are budgets, groups or
    /// rates, also O(log k) for each of the k kinds of ready tasks that is looked at: those for
    /// which there may be enough for the first time since they were looked at last, and at most 128
    /// for which there is no room. Nothing starts while the scheduler is [paused](Self::pause) or
    /// [drains](Self::drain).
    #[must_use = "a dispatched task counts as running and must be run"]
    pub fn dispatch(&mut self, now: Timestamp) -> Option<Dispatch<P>> {
        let choice = self.choose(now)?;
        let slot = choice.slot;
        let &Profile { demand, estimate, timeout, resilience, .. } = self.graph.profile(slot);
        self.turnstile.start(choice, demand, estimate, now);
        if let Some(soon) = self.turnstile.upcoming(choice) {
            self.graph.prefetch(soon);
        }
        self.count_start(slot);
        self.step(slot, Phase::Running);
        let ticket = self.graph.ticket(slot);
        let graph = self.graph_of(slot);
        let Resilience { retry, idle_timeout, .. } = match resilience {
            NOT_RESILIENT => Resilience::default(),
            _ => self.set_limits(ticket, now),
        };
        let Label { name, deadline } = match retry {
            Some(_) => self.graph.cargo.label(slot),
            None => self.graph.cargo.take_label(slot),
        };
        self.watch(ticket, deadline);
        let payload = self.graph.cargo.take(slot);
        let record = &mut self.graph[slot];
        record.attempts = record.attempts.saturating_add(1);
        Some(Dispatch {
            ticket,
            id: record.id,
            graph,
            node: (record.node != NO_NODE).then_some(record.node as usize),
            name,
            attempt: record.attempts.into(),
            deadline,
            timeout,
            idle_timeout,
            payload: payload.expect("a task that does not run has its payload"),
            ready_at: record.ready_at,
            started_at: now,
        })
    }

    /// Has the memory brought near that [`finish`](Self::finish) will write when this attempt ends:
    /// for many attempts at once that is much faster than one cache miss after the other.
    pub fn prefetch(&self, attempt: Ticket) {
        self.graph.prefetch_successors(attempt);
    }

    /// The task that [`dispatch`](Self::dispatch) would consider first, if no time had passed since
    /// the last time. Another may start if it has to wait.
    ///
    /// ```
    /// # use graph_runtime_scheduler::{SchedulerConfig, TaskId, TaskScheduler, TaskSpec};
    /// # use primitives::Timestamp;
    /// let mut scheduler = TaskScheduler::new(SchedulerConfig::default())?;
    /// scheduler.submit(TaskSpec::new(TaskId::new(1), ()), Timestamp::ZERO)?;
    /// assert_eq!(scheduler.peek(), Some(TaskId::new(1)));
    ///
    /// let running = scheduler.dispatch(Timestamp::ZERO).expect("it is ready");
    /// assert_eq!(scheduler.peek(), None);
    /// assert_eq!(scheduler.task_of(running.ticket), Some(TaskId::new(1)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn peek(&self) -> Option<TaskId> {
        self.head().map(|slot| self.graph[slot].id)
    }

    pub(super) fn head(&self) -> Option<u32> {
        self.aged.on_turn().or_else(|| self.turnstile.head())
    }

    /// The best task that may start.
    fn choose(&mut self, now: Timestamp) -> Option<Choice> {
        if self.gate.is_shut() {
            return None;
        }
        self.let_time_pass(now);
        self.let_aged_go_first();
        loop {
            let graph = &self.graph;
            let choice = self.turnstile.choose(now, |slot| graph.profile(slot).estimate)?;
            if !self.give_up_if_hopeless(choice.slot, now) {
                return Some(choice);
            }
        }
    }

    /// What the turnstile wants to know of a task.
    pub(super) fn demand(&self, record: &Record) -> Demand {
        if self.turnstile.is_plain() { Demand::NONE } else { self.graph.profile_of(record).demand }
    }

    /// Puts a task into the queue.
    pub(super) fn queue(&mut self, slot: u32) {
        let record = &self.graph[slot];
        self.turnstile.push(slot, self.config.policy.key(record), self.demand(record));
    }

    /// Takes a task out of the queue, before anything is changed that decides on its place.
    pub(super) fn unqueue(&mut self, slot: u32) {
        let record = &self.graph[slot];
        self.turnstile.remove(slot, self.config.policy.key(record), self.demand(record));
    }

    /// The task whose attempt `ticket` is, while the attempt runs.
    pub fn task_of(&self, ticket: Ticket) -> Option<TaskId> {
        self.graph.is_running(ticket).then(|| self.graph[ticket.index].id)
    }

    /// The graph a task was submitted in, and its position there; `None` if it was submitted alone,
    /// was added to a running graph, or nobody knows it.
    pub fn member(&self, id: TaskId) -> Option<(GraphId, usize)> {
        match self.directory.get(id)? {
            Entry::Alone(_) => None,
            Entry::Member { job, node } => Some((self.graph_id(job), node as usize)),
        }
    }

    /// How many tasks are known: accepted and not forgotten.
    pub fn known(&self) -> usize {
        self.directory.len()
    }

    /// The oldest event that has not been drained.
    pub fn next_event(&mut self) -> Option<Event<P>> {
        self.events.pop_front()
    }

    /// Changes how many tasks may run at once; 0 is taken as 1, so that something always can.
    ///
    /// Running tasks are left alone: after lowering it, none starts until enough have ended.
    pub fn set_max_in_flight(&mut self, limit: usize) {
        self.turnstile.admission.set_limit(limit);
    }

    /// How many tasks may run at once.
    pub fn max_in_flight(&self) -> usize {
        self.turnstile.admission.limit()
    }

    /// Where a task is in its life, or `None` if nobody knows it.
    pub fn state(&self, id: TaskId) -> Option<TaskState> {
        Some(match self.place(id)? {
            Place::Ended(end) => TaskState::Ended(end),
            Place::Live(slot) => match self.graph[slot].phase {
                Phase::Waiting => TaskState::Waiting { unmet: self.graph[slot].unmet as usize },
                Phase::Ready => TaskState::Ready,
                Phase::Running => TaskState::Running { ticket: self.graph.ticket(slot) },
                Phase::Backoff => TaskState::BackingOff {
                    until: self.graph[slot].ready_at,
                    attempts: self.graph[slot].attempts.into(),
                },
            },
        })
    }

    /// How many tasks are where.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// How many tasks of a graph are where, or `None` if it has been forgotten.
    pub fn graph_counts(&self, graph: GraphId) -> Option<Counts> {
        self.job(graph).map(|job| job.counts)
    }

    /// Whether `tasks` more would be accepted now.
    pub fn has_room(&self, tasks: usize) -> bool {
        tasks <= self.config.max_pending.saturating_sub(self.counts.pending())
    }

    /// Whether every accepted task has ended.
    pub fn is_idle(&self) -> bool {
        self.counts.unfinished() == 0
    }

    /// Forgets a task that was submitted alone, or added to a running graph, and has ended: nobody
    /// will name it as a dependency again, and its id is free. True if it did; a task that was
    /// submitted with its graph is forgotten with it.
    ///
    /// An ended task that is remembered costs a few words, and makes its id a duplicate.
    pub fn forget(&mut self, id: TaskId) -> bool {
        let alone = matches!(self.directory.get(id), Some(Entry::Alone(Place::Ended(_))));
        if alone {
            self.directory.remove_alone(id);
        }
        alone
    }

    /// Forgets a graph that has ended, and all tasks that it was submitted with. True if it did.
    /// O(r log r) for r runs of consecutive ids.
    pub fn forget_graph(&mut self, graph: GraphId) -> bool {
        if !self.job(graph).is_some_and(Job::has_ended) {
            return false;
        }
        let job = self.graph.jobs.remove(graph.index);
        self.directory.remove_graph(&job.roster);
        true
    }

    /// Moves a task into the ready queue.
    pub(super) fn make_ready(&mut self, slot: u32, now: Timestamp) {
        self.graph.detach(slot);
        let record = &mut self.graph[slot];
        record.sequence = self.sequence;
        record.ready_at = now;
        let from = std::mem::replace(&mut record.phase, Phase::Ready);
        let job = record.job;
        self.sequence += 1;
        self.count_step(job, from, Phase::Ready);
        self.enter(slot, now);
    }

    /// Makes a task ready that waits for nothing any more.
    pub(super) fn make_ready_if_free(&mut self, slot: u32, now: Timestamp) {
        let record = &self.graph[slot];
        if record.phase == Phase::Waiting && record.unmet == 0 && self.is_level_open(record) {
            self.make_ready(slot, now);
        }
    }

    fn is_level_open(&self, record: &Record) -> bool {
        !self.config.policy.has_barrier()
            || record.job == NO_JOB
            || self.graph.jobs[record.job].is_open(record.class)
    }

    pub(super) fn step(&mut self, slot: u32, to: Phase) {
        let record = &mut self.graph[slot];
        let from = std::mem::replace(&mut record.phase, to);
        let job = record.job;
        self.count_step(job, from, to);
    }

    fn count_step(&mut self, job: u32, from: Phase, to: Phase) {
        self.counts.step(from, to);
        if job != NO_JOB {
            self.graph.jobs[job].counts.step(from, to);
        }
    }

    /// The graph a task belongs to.
    pub(super) fn graph_of(&self, slot: u32) -> Option<GraphId> {
        let job = self.graph[slot].job;
        (job != NO_JOB).then(|| self.graph_id(job))
    }

    pub(super) fn graph_id(&self, job: u32) -> GraphId {
        GraphId { index: job, generation: self.graph.jobs.generation(job) }
    }

    pub(super) fn job(&self, graph: GraphId) -> Option<&Job> {
        self.graph.jobs.get_generation(graph.index, graph.generation)
    }
}
