//! The scheduler's semantics in the plainest form: every question is answered by looking at all
//! tasks. The oracle of the random tests.

use crate::common::ended;
use graph_runtime_scheduler::{Counts, EndState, FailurePolicy, Policy};
use std::cmp::Reverse;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Waiting,
    Ready { sequence: u64 },
    Running,
    Ended(EndState),
}

#[derive(Debug, Clone)]
pub(crate) struct Task {
    pub(crate) dependencies: Vec<usize>,
    /// Those dependencies that had not ended when the task was submitted.
    pub(crate) linked: Vec<usize>,
    pub(crate) graph: Option<usize>,
    pub(crate) priority: u32,
    pub(crate) deadline: Option<u64>,
    pub(crate) estimate: u64,
    /// Of CPU, memory and I/O, in whole units.
    pub(crate) needs: [u64; 3],
    pub(crate) state: State,
}

#[derive(Debug, Default)]
pub(crate) struct Model {
    pub(crate) tasks: Vec<Task>,
    /// Per graph its failure policy and whether it has begun to stop.
    pub(crate) graphs: Vec<(FailurePolicy, bool)>,
    sequence: u64,
    /// Per task how many graphs, and spells without one, came before.
    rounds: Vec<u64>,
    round: u64,
}

impl Model {
    pub(crate) fn is_live(&self, task: usize) -> bool {
        !matches!(self.tasks[task].state, State::Ended(_))
    }

    pub(crate) fn all_in(&self, state: impl Fn(State) -> bool) -> Vec<usize> {
        (0..self.tasks.len()).filter(|&task| state(self.tasks[task].state)).collect()
    }

    pub(crate) fn running(&self) -> Vec<usize> {
        self.all_in(|state| state == State::Running)
    }

    /// What running tasks take of each budget.
    pub(crate) fn used(&self) -> [u64; 3] {
        let mut used = [0; 3];
        for task in self.running() {
            used.iter_mut().zip(self.tasks[task].needs).for_each(|(used, need)| *used += need);
        }
        used
    }

    /// Adds tasks; the new ones may name each other as dependencies.
    pub(crate) fn submit(&mut self, tasks: Vec<Task>) {
        let known = self.tasks.len();
        let is_graph = tasks.first().is_some_and(|task| task.graph.is_some());
        self.round += u64::from(is_graph);
        self.tasks.extend(tasks);
        self.rounds.resize(self.tasks.len(), self.round);
        self.round += u64::from(is_graph);
        for task in known..self.tasks.len() {
            let dependencies = self.tasks[task].dependencies.iter().copied();
            let linked = dependencies.filter(|&d| d >= known || self.is_live(d)).collect();
            self.tasks[task].linked = linked;
        }
        self.settle();
    }

    pub(crate) fn end(&mut self, task: usize, end: EndState) {
        self.tasks[task].state = State::Ended(end);
        self.settle();
        let Some(graph) = self.tasks[task].graph else { return };
        if end.is_failure() && self.graphs[graph] == (FailurePolicy::FailFast, false) {
            self.cancel_graph(graph);
        }
    }

    pub(crate) fn cancel_graph(&mut self, graph: usize) {
        self.graphs[graph].1 = true;
        self.cancel_where(|task| task.graph == Some(graph));
    }

    pub(crate) fn cancel_all(&mut self) {
        self.graphs.iter_mut().for_each(|graph| graph.1 = true);
        self.cancel_where(|_| true);
    }

    fn cancel_where(&mut self, concerns: impl Fn(&Task) -> bool) {
        for task in self.tasks.iter_mut().filter(|task| concerns(task)) {
            if matches!(task.state, State::Waiting | State::Ready { .. }) {
                task.state = State::Ended(EndState::Cancelled);
            }
        }
        self.settle();
    }

    /// Skips what can never run, and makes ready what can, in order of submission.
    fn settle(&mut self) {
        for _ in 0..self.tasks.len() {
            for task in self.all_in(|state| state == State::Waiting) {
                let mut ends = self.tasks[task].dependencies.iter().map(|&d| self.tasks[d].state);
                let broken =
                    |state| matches!(state, State::Ended(end) if end != EndState::Completed);
                if ends.any(broken) {
                    self.tasks[task].state = State::Ended(EndState::Skipped);
                }
            }
        }
        for task in self.all_in(|state| state == State::Waiting) {
            if self.tasks[task].dependencies.iter().all(|&d| !self.is_live(d)) {
                self.tasks[task].state = State::Ready { sequence: self.sequence };
                self.sequence += 1;
            }
        }
    }

    fn successors(&self, task: usize) -> impl Iterator<Item = usize> + '_ {
        (0..self.tasks.len()).filter(move |&other| self.tasks[other].linked.contains(&task))
    }

    fn rank(&self, task: usize) -> u64 {
        let longest = self.successors(task).map(|s| self.rank(s)).max().unwrap_or(0);
        self.tasks[task].estimate + longest
    }

    /// Of whoever waits for it.
    fn priority(&self, task: usize) -> u32 {
        let highest = self.successors(task).map(|s| self.priority(s)).max().unwrap_or(0);
        self.tasks[task].priority.max(highest)
    }

    fn due(&self, task: usize) -> u64 {
        let start = |successor| match self.due(successor) {
            u64::MAX => u64::MAX,
            due => due.saturating_sub(self.tasks[successor].estimate),
        };
        let first = self.successors(task).map(start).min().unwrap_or(u64::MAX);
        first.min(self.tasks[task].deadline.unwrap_or(u64::MAX))
    }

    /// When it has to start so that nobody is late; before time zero as well.
    fn latest_start(&self, task: usize) -> Option<i64> {
        let own = self.tasks[task].deadline.map(|due| due as i64);
        let others = self.successors(task).filter_map(|other| self.latest_start(other));
        Some(others.chain(own).min()? - self.tasks[task].estimate as i64)
    }

    /// How many edges lie on the ways up from a task that depends on `dependencies`, each counted
    /// once per way: no walk upwards takes more steps.
    pub(crate) fn ways_up(&self, dependencies: &[usize]) -> usize {
        let live = dependencies.iter().filter(|&&d| self.is_live(d));
        live.map(|&d| 1 + self.ways_up(&self.tasks[d].linked)).sum()
    }

    /// The first of the ready tasks that are meant.
    pub(crate) fn head(&self, policy: Policy, is_meant: impl Fn(&Task) -> bool) -> Option<usize> {
        let ready = (0..self.tasks.len()).filter_map(|task| match self.tasks[task].state {
            State::Ready { sequence } => Some((task, sequence)),
            _ => None,
        });
        let key = |&(task, sequence): &(usize, u64)| {
            let (priority, due) = (self.priority(task), self.due(task));
            let rank = Reverse(self.rank(task));
            let round = if due == u64::MAX { self.rounds[task] } else { 0 };
            match policy {
                Policy::Fifo | Policy::LevelBarrier => {
                    (Reverse(0), false, 0, 0, Reverse(0), sequence)
                }
                Policy::CriticalPath => (Reverse(priority), false, 0, 0, rank, sequence),
                Policy::Deadline => (Reverse(priority), false, due, round, rank, sequence),
                Policy::Demote => {
                    // Time zero is at 2^62, so that earlier starts are told apart.
                    let start = self.latest_start(task).map_or(u64::MAX, |start| {
                        u64::try_from(start + (1 << 62)).expect("less than 146 years ago")
                    });
                    let is_hopeless = start < 1 << 62;
                    let start = if is_hopeless { start >> 1 } else { start };
                    (Reverse(priority), is_hopeless, start, round, rank, sequence)
                }
                Policy::StaticBoost => {
                    let boosted = priority + boost_at_zero(due);
                    (Reverse(boosted), false, 0, 0, Reverse(0), sequence)
                }
            }
        };
        let ready = ready.filter(|&(task, _)| is_meant(&self.tasks[task]));
        ready.min_by_key(key).map(|(task, _)| task)
    }

    pub(crate) fn counts(&self, concerns: impl Fn(&Task) -> bool) -> Counts {
        let mut counts = Counts::default();
        for task in self.tasks.iter().filter(|task| concerns(task)) {
            counts.submitted += 1;
            *match task.state {
                State::Waiting => &mut counts.waiting,
                State::Ready { .. } => &mut counts.ready,
                State::Running => &mut counts.running,
                State::Ended(end) => ended(&mut counts, end),
            } += 1;
        }
        counts
    }
}

/// What static boosts add to the priority of a task due at so many nanoseconds, at time zero.
fn boost_at_zero(due: u64) -> u32 {
    const SECOND: u64 = 1_000_000_000;
    match due {
        0 => 10_000,
        _ if due < 10 * SECOND => 1_000,
        _ if due < 60 * SECOND => 500,
        _ => 0,
    }
}
