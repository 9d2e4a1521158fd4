//! Graphs that grow, in the plainest form: every question is answered by looking at all tasks. The
//! oracle of the random tests of growth.

use crate::common::ended;
use graph_runtime_scheduler::{Counts, EndState, GraphId};
use std::collections::BTreeSet;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Waiting,
    Ready,
    Running,
    Ended(EndState),
}

#[derive(Debug)]
pub(crate) struct Task {
    pub(crate) graph: Option<usize>,
    /// Whether it was submitted with its graph.
    pub(crate) is_static: bool,
    /// What it still waits for.
    pub(crate) after: BTreeSet<usize>,
    pub(crate) holds: usize,
    pub(crate) state: State,
    pub(crate) is_forgotten: bool,
}

#[derive(Debug)]
pub(crate) struct Graph {
    pub(crate) id: GraphId,
    pub(crate) is_fail_fast: bool,
    pub(crate) is_stopping: bool,
    pub(crate) is_forgotten: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Model {
    pub(crate) tasks: Vec<Task>,
    pub(crate) graphs: Vec<Graph>,
}

impl Model {
    pub(crate) fn all(&self, state: State) -> Vec<usize> {
        (0..self.tasks.len()).filter(|&task| self.tasks[task].state == state).collect()
    }

    pub(crate) fn is_unstarted(&self, task: usize) -> bool {
        matches!(self.tasks[task].state, State::Waiting | State::Ready)
    }

    pub(crate) fn is_live(&self, task: usize) -> bool {
        !matches!(self.tasks[task].state, State::Ended(_))
    }

    /// Whether `task` waits for `other`, directly or not.
    pub(crate) fn waits_for(&self, task: usize, other: usize) -> bool {
        task == other || self.tasks[task].after.iter().any(|&d| self.waits_for(d, other))
    }

    pub(crate) fn end(&mut self, task: usize, end: EndState) {
        self.tasks[task].state = State::Ended(end);
        self.settle();
        if let Some(graph) = self.tasks[task].graph
            && end.is_failure()
            && self.graphs[graph].is_fail_fast
            && !self.graphs[graph].is_stopping
        {
            self.cancel_graph(graph);
        }
    }

    pub(crate) fn cancel_graph(&mut self, graph: usize) {
        if self.graphs[graph].is_forgotten {
            return;
        }
        self.graphs[graph].is_stopping = true;
        for task in 0..self.tasks.len() {
            if self.tasks[task].graph == Some(graph) && self.is_unstarted(task) {
                self.tasks[task].state = State::Ended(EndState::Cancelled);
            }
        }
        self.settle();
    }

    /// Whether a task has ended otherwise than well.
    pub(crate) fn has_failed(&self, task: usize) -> bool {
        let state = self.tasks[task].state;
        matches!(state, State::Ended(end) if end != EndState::Completed)
    }

    /// Skips what can never run, and makes ready what can.
    pub(crate) fn settle(&mut self) {
        loop {
            let before = self.all(State::Waiting).len() + self.all(State::Ready).len();
            for task in self.all(State::Waiting) {
                if self.tasks[task].after.iter().any(|&d| self.has_failed(d)) {
                    self.tasks[task].state = State::Ended(EndState::Skipped);
                }
            }
            if self.all(State::Waiting).len() + self.all(State::Ready).len() == before {
                break;
            }
        }
        for task in 0..self.tasks.len() {
            let waits: BTreeSet<usize> =
                self.tasks[task].after.iter().copied().filter(|&d| self.is_live(d)).collect();
            if self.tasks[task].state == State::Waiting
                && waits.is_empty()
                && self.tasks[task].holds == 0
            {
                self.tasks[task].state = State::Ready;
            }
            // One that has ended waits for nobody.
            let is_live = self.is_live(task);
            self.tasks[task].after = if is_live { waits } else { BTreeSet::new() };
        }
    }

    pub(crate) fn counts(&self, graph: Option<usize>) -> Counts {
        let mut counts = Counts::default();
        for task in self.tasks.iter().filter(|task| graph.is_none() || task.graph == graph) {
            counts.submitted += 1;
            *match task.state {
                State::Waiting => &mut counts.waiting,
                State::Ready => &mut counts.ready,
                State::Running => &mut counts.running,
                State::Ended(end) => ended(&mut counts, end),
            } += 1;
        }
        counts
    }
}
