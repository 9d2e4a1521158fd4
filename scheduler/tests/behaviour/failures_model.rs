//! Retries, limits on time and trigger rules in the plainest form: whatever is asked is answered
//! by looking at all tasks. It knows nothing of order, which another model is about.

use crate::common::ended;
use graph_runtime_scheduler::{
    Counts, EndState, FailurePolicy, RetryPolicy, TaskId, Ticket, TriggerRule,
};
use primitives::Timestamp;
use std::time::Duration;

pub(crate) const SEED: u64 = 11;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Waiting,
    Ready,
    Running,
    Backoff { until: Timestamp },
    Ended(EndState),
}

#[derive(Debug, Clone)]
pub(crate) struct Task {
    pub(crate) dependencies: Vec<usize>,
    pub(crate) rule: TriggerRule,
    pub(crate) graph: Option<usize>,
    pub(crate) retry: Option<RetryPolicy>,
    pub(crate) idle: Option<Duration>,
    pub(crate) total: Option<Duration>,
    pub(crate) state: State,
    pub(crate) attempts: u32,
    /// Of the latest attempt.
    pub(crate) ticket: Option<Ticket>,
    /// It was asked to stop.
    pub(crate) is_last: bool,
    /// When it runs out of time, until it has.
    pub(crate) ends_at: Option<Timestamp>,
    pub(crate) sign: Timestamp,
    /// Its silence has been reported since its last sign of life.
    pub(crate) is_reported: bool,
    pub(crate) holds: u32,
    /// Its rule was met by one of its dependencies.
    pub(crate) is_triggered: bool,
}

#[derive(Debug)]
pub(crate) struct Graph {
    pub(crate) failure: FailurePolicy,
    is_stopping: bool,
    /// When it runs out of time, and how much it has.
    pub(crate) limit: Option<Timestamp>,
    has_run_out: bool,
}

/// What the driver has to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Told {
    Cancel(Ticket),
    Limit(Ticket),
    Silent(Ticket, Timestamp),
}

#[derive(Debug, Default)]
pub(crate) struct Model {
    pub(crate) tasks: Vec<Task>,
    pub(crate) graphs: Vec<Graph>,
    pub(crate) told: Vec<Told>,
}

impl Graph {
    pub(crate) fn new(failure: FailurePolicy, limit: Option<Timestamp>) -> Self {
        Self { failure, is_stopping: false, limit, has_run_out: false }
    }
}

impl Task {
    pub(crate) fn is_live(&self) -> bool {
        !matches!(self.state, State::Ended(_))
    }

    /// The task's own total timeout and that of its graph.
    fn limits(&self, graphs: &[Graph]) -> Timestamp {
        let of_graph = self.graph.and_then(|graph| graphs[graph].limit);
        let limits = of_graph.into_iter().chain(self.ends_at);
        limits.min().unwrap_or(Timestamp::MAX)
    }

    fn silent_at(&self) -> Option<Timestamp> {
        let listens = self.state == State::Running && !self.is_reported;
        self.idle.filter(|_| listens).map(|idle| self.sign + idle)
    }

    fn until(&self) -> Option<Timestamp> {
        if let State::Backoff { until } = self.state { Some(until) } else { None }
    }
}

impl Model {
    pub(crate) fn all_in(&self, state: impl Fn(State) -> bool) -> Vec<usize> {
        (0..self.tasks.len()).filter(|&task| state(self.tasks[task].state)).collect()
    }

    pub(crate) fn is_graph_live(&self, graph: usize) -> bool {
        self.tasks.iter().any(|task| task.graph == Some(graph) && task.is_live())
    }

    pub(crate) fn all_held(&self) -> Vec<usize> {
        let is_held = |&task: &usize| self.tasks[task].is_live() && self.tasks[task].holds > 0;
        (0..self.tasks.len()).filter(is_held).collect()
    }

    /// Has not started, not even in vain.
    pub(crate) fn is_untouched(&self, task: usize) -> bool {
        let Task { state, attempts, .. } = self.tasks[task];
        attempts == 0 && matches!(state, State::Waiting | State::Ready)
    }

    pub(crate) fn hold(&mut self, task: usize) {
        self.tasks[task].holds += 1;
        self.tasks[task].state = State::Waiting;
    }

    pub(crate) fn release(&mut self, task: usize) {
        self.tasks[task].holds -= 1;
        self.settle();
    }

    pub(crate) fn connect(&mut self, before: usize, after: usize) {
        if !self.tasks[after].is_triggered {
            self.tasks[after].dependencies.push(before);
            self.tasks[after].state = State::Waiting;
        }
        self.settle();
    }

    /// Takes a task out, and lets others forget about it.
    pub(crate) fn detach(&mut self, removed: usize) {
        for task in self.tasks.iter_mut().filter(|task| task.state == State::Waiting) {
            task.dependencies.retain(|&dependency| dependency != removed);
        }
        self.end(removed, EndState::Cancelled);
    }

    pub(crate) fn submit(&mut self, tasks: Vec<Task>) {
        self.tasks.extend(tasks);
        self.settle();
    }

    pub(crate) fn start(&mut self, task: usize, ticket: Ticket, now: Timestamp) {
        let task = &mut self.tasks[task];
        task.state = State::Running;
        task.attempts += 1;
        (task.ticket, task.sign, task.is_reported) = (Some(ticket), now, false);
        if task.attempts == 1 {
            task.ends_at = task.total.map(|total| now + total);
        }
    }

    /// An attempt goes wrong; when the next one may begin.
    pub(crate) fn retry(
        &mut self,
        task: usize,
        end: EndState,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let known = &self.tasks[task];
        let policy = known.retry.filter(|policy| known.attempts < policy.max_attempts)?;
        let is_worth_it =
            end == EndState::Failed || end == EndState::TimedOut && policy.after_timeout;
        let until = now + policy.backoff(known.attempts, TaskId::new(task as u64), SEED);
        if known.is_last || !is_worth_it || until >= known.limits(&self.graphs) {
            return None;
        }
        self.tasks[task].state = State::Backoff { until };
        Some(until)
    }

    pub(crate) fn end(&mut self, task: usize, end: EndState) {
        self.tasks[task].state = State::Ended(end);
        self.settle();
        let Some(graph) = self.tasks[task].graph else { return };
        let Graph { failure, is_stopping, .. } = self.graphs[graph];
        if end.is_failure() && failure == FailurePolicy::FailFast && !is_stopping {
            self.stop(graph, EndState::Cancelled, Told::Cancel);
        }
    }

    /// Stops a graph but for what tidies up.
    fn stop(&mut self, graph: usize, end: EndState, told: impl Fn(Ticket) -> Told) {
        self.graphs[graph].is_stopping = true;
        let stopped =
            self.end_where(end, |task| task.graph == Some(graph) && !task.rule.outlives_failure());
        self.told.extend(stopped.into_iter().map(told));
    }

    pub(crate) fn cancel_graph(&mut self, graph: usize) -> Vec<Ticket> {
        self.graphs[graph].is_stopping = true;
        self.end_where(EndState::Cancelled, |task| task.graph == Some(graph))
    }

    pub(crate) fn cancel_all(&mut self) -> Vec<Ticket> {
        self.graphs.iter_mut().for_each(|graph| graph.is_stopping = true);
        self.end_where(EndState::Cancelled, |_| true)
    }

    /// Ends what does not run, and asks the rest to stop.
    fn end_where(&mut self, end: EndState, concerns: impl Fn(&Task) -> bool) -> Vec<Ticket> {
        let mut stopped = Vec::new();
        for task in self.tasks.iter_mut().filter(|task| task.is_live() && concerns(task)) {
            if task.state == State::Running {
                task.is_last = true;
                stopped.extend(task.ticket);
            } else {
                task.state = State::Ended(end);
            }
        }
        self.settle();
        stopped
    }

    pub(crate) fn heartbeat(&mut self, task: usize, at: Timestamp) {
        let task = &mut self.tasks[task];
        task.sign = task.sign.max(at);
        task.is_reported = false;
    }

    /// The earliest thing that time brings about, in the order in which it does at one moment: its
    /// kind, and what sorts those of a kind.
    fn next(&self) -> Option<(Timestamp, u8, Option<Ticket>, usize)> {
        let of_task = |(number, task): (usize, &Task)| {
            let live = task.is_live();
            let backoff = task.until().map(|at| (at, 0, task.ticket, number));
            let silence = task.silent_at().map(|at| (at, 1, task.ticket, number));
            let total = task.ends_at.filter(|_| live).map(|at| (at, 2, task.ticket, number));
            [backoff, silence, total].into_iter().flatten().min()
        };
        let of_graph = |(number, graph): (usize, &Graph)| {
            let pending = !graph.has_run_out && self.is_graph_live(number);
            graph.limit.filter(|_| pending).map(|at| (at, 3, None, number))
        };
        let tasks = self.tasks.iter().enumerate().filter_map(of_task);
        tasks.chain(self.graphs.iter().enumerate().filter_map(of_graph)).min()
    }

    pub(crate) fn next_wake(&self) -> Option<Timestamp> {
        self.next().map(|(at, ..)| at)
    }

    pub(crate) fn pass_time(&mut self, now: Timestamp) {
        while let Some((_, kind, ticket, number)) = self.next().filter(|&(at, ..)| at <= now) {
            match (kind, ticket) {
                (0, _) => self.tasks[number].state = State::Ready,
                (1, Some(ticket)) => {
                    self.tasks[number].is_reported = true;
                    self.told.push(Told::Silent(ticket, self.tasks[number].sign));
                }
                (2, Some(ticket)) => self.run_out(number, ticket),
                _ => {
                    self.graphs[number].has_run_out = true;
                    self.stop(number, EndState::TimedOut, Told::Limit);
                }
            }
        }
    }

    fn run_out(&mut self, task: usize, ticket: Ticket) {
        self.tasks[task].ends_at = None;
        if self.tasks[task].state != State::Running {
            self.end(task, EndState::TimedOut);
        } else if !std::mem::replace(&mut self.tasks[task].is_last, true) {
            self.told.push(Told::Limit(ticket));
        }
    }

    /// Skips what can never run, and makes ready what can.
    fn settle(&mut self) {
        loop {
            let waiting = self.all_in(|state| state == State::Waiting);
            for &task in &waiting {
                self.tasks[task].is_triggered |= self.is_met_by_one(task);
            }
            let decided = waiting.into_iter().find_map(|task| Some((task, self.decide(task)?)));
            let Some((task, state)) = decided else { return };
            self.tasks[task].state = state;
        }
    }

    /// How many of its dependencies have succeeded, and how many have ended otherwise.
    fn ends(&self, task: usize) -> (usize, usize) {
        let dependencies = self.tasks[task].dependencies.iter();
        let ends: Vec<bool> = dependencies
            .filter_map(|&dependency| match self.tasks[dependency].state {
                State::Ended(end) => Some(end == EndState::Completed),
                _ => None,
            })
            .collect();
        let good = ends.iter().filter(|&&is_good| is_good).count();
        (good, ends.len() - good)
    }

    fn is_met_by_one(&self, task: usize) -> bool {
        let (good, bad) = self.ends(task);
        match self.tasks[task].rule {
            TriggerRule::AnySucceeded => good > 0,
            TriggerRule::AnyFailed => bad > 0,
            TriggerRule::AllSucceeded | TriggerRule::AllDone | TriggerRule::AllFailed => false,
        }
    }

    fn decide(&self, task: usize) -> Option<State> {
        let Task { dependencies, rule, holds, is_triggered, .. } = &self.tasks[task];
        let (good, bad) = self.ends(task);
        let all = dependencies.len();
        // One that is held may still be given dependencies.
        let is_final = *holds == 0 && good + bad == all;
        let never = match rule {
            TriggerRule::AllSucceeded => bad > 0,
            TriggerRule::AllFailed => good > 0,
            TriggerRule::AnySucceeded | TriggerRule::AnyFailed => {
                is_final && all > 0 && !is_triggered
            }
            TriggerRule::AllDone => false,
        };
        if never {
            return Some(State::Ended(EndState::Skipped));
        }
        (is_final || *is_triggered && *holds == 0).then_some(State::Ready)
    }

    pub(crate) fn counts(&self, concerns: impl Fn(&Task) -> bool) -> Counts {
        let mut counts = Counts::default();
        for task in self.tasks.iter().filter(|task| concerns(task)) {
            counts.submitted += 1;
            *match task.state {
                State::Waiting => &mut counts.waiting,
                State::Ready => &mut counts.ready,
                State::Running => &mut counts.running,
                State::Backoff { .. } => &mut counts.backing_off,
                State::Ended(end) => ended(&mut counts, end),
            } += 1;
        }
        counts
    }
}
