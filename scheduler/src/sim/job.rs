//! A graph and the circumstances in which it is simulated.

use super::SimGraph;
use crate::History;
use crate::graph::LookAhead;
use primitives::Timestamp;
use std::time::Duration;

/// A [`SimGraph`] that is submitted at some time, with what the scheduler is told about it.
#[derive(Debug, Clone, Copy)]
pub struct SimJob<'a> {
    /// The tasks, with their true run times.
    pub graph: &'a SimGraph,
    /// When it is submitted.
    pub arrival: Timestamp,
    /// When it should have ended.
    pub deadline: Option<Timestamp>,
    /// How long each task is thought to run; tasks that are not in it, as long as they do run,
    /// unless there is a history.
    pub estimates: &'a [Duration],
    /// The kind of each task, all of them or none.
    pub kinds: &'a [String],
    /// What is known about the kinds beforehand. It says what `estimates` do not, as far as a
    /// [`Forecast`](crate::Forecast) trusts it, and learns from each task that ends: when
    /// estimates move the graph is ranked again, at a [`Pace`](crate::Pace).
    pub history: Option<&'a History>,
    /// How many bytes each task takes; those that are not in it take none.
    pub memory: &'a [usize],
    /// Whether, and how far, its order is improved when it is submitted.
    pub look_ahead: Option<LookAhead>,
}

impl<'a> SimJob<'a> {
    /// A graph submitted at the start, without a deadline, with exact estimates.
    pub fn new(graph: &'a SimGraph) -> Self {
        Self {
            graph,
            arrival: Timestamp::ZERO,
            deadline: None,
            estimates: &[],
            kinds: &[],
            history: None,
            memory: &[],
            look_ahead: None,
        }
    }

    pub(super) fn estimate(&self, task: usize) -> Duration {
        self.estimates.get(task).copied().unwrap_or(self.graph.tasks[task].runtime)
    }

    pub(super) fn memory_bytes(&self, task: usize) -> usize {
        self.memory.get(task).copied().unwrap_or(0)
    }
}
