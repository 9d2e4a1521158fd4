//! What no schedule can beat.

use super::SimGraph;
use crate::error::SchedulerError;
use crate::graph::{Adjacency, Topology, nanos, upward_ranks};
use std::time::Duration;

/// The larger of the critical path and the total work divided by `slots` (0 is taken as 1): no
/// schedule on that many equal slots is shorter (R. L. Graham, "Bounds on multiprocessing timing
/// anomalies", SIAM Journal on Applied Mathematics 17(2), 1969).
///
/// # Errors
///
/// As for [`simulate`](super::simulate), if there is no schedule at all: a cycle, or a parent
/// that does not exist.
pub fn lower_bound(graph: &SimGraph, slots: usize) -> Result<Duration, SchedulerError> {
    let slots = slots.max(1) as u128;
    let share = graph.total_work().as_nanos().div_ceil(slots);
    let share = Duration::from_nanos(u64::try_from(share).unwrap_or(u64::MAX));
    Ok(critical_path(graph)?.max(share))
}

/// The longest chain of run times.
fn critical_path(graph: &SimGraph) -> Result<Duration, SchedulerError> {
    let ranks = upward_ranks(&topology(graph)?, |task| nanos(graph.tasks[task].runtime));
    Ok(Duration::from_nanos(ranks.into_iter().max().unwrap_or(0)))
}

/// Who comes before whom, if there is a schedule at all.
pub(super) fn topology(graph: &SimGraph) -> Result<Topology, SchedulerError> {
    graph.check_parents()?;
    let mut parents = Adjacency::with_capacity(graph.tasks.len());
    for task in &graph.tasks {
        parents.push(task.parents.iter().map(|&parent| parent as u32));
    }
    Topology::new(parents).map_err(|ring| SchedulerError::Cycle {
        tasks: ring.into_iter().map(|node| SimGraph::id(node as usize)).collect(),
    })
}
