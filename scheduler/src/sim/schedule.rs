//! What a simulation found.

use primitives::Timestamp;
use std::time::Duration;

/// When and where every task ran.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Schedule {
    /// From the arrival of the graph to the end of its last task.
    pub makespan: Duration,
    /// One span per task, in the order in which they started.
    pub spans: Vec<Span>,
    /// The most tasks that ran at the same time, of all graphs, when one of these started.
    pub max_in_flight: usize,
}

/// One task's time on a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The task's number.
    pub task: usize,
    /// The slot it ran on, the lowest that was free.
    pub slot: usize,
    /// When its last dependency had ended.
    pub ready: Timestamp,
    /// When it started.
    pub start: Timestamp,
    /// When it ended.
    pub end: Timestamp,
}
