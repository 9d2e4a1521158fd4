//! What no schedule can beat when memory is short.

use super::SimGraph;
use super::bound::{lower_bound, topology};
use crate::error::SchedulerError;
use crate::graph::{Load, Room, nanos};
use std::cmp::Reverse;
use std::time::Duration;

/// So many different heads, and as many tails, are tried at most.
const LEVELS_MAX: usize = 32;

/// The largest of several times that no schedule on so many equal slots beats whose tasks never
/// take more than `memory_bytes` together. `memory` says what each task takes; those that are not
/// in it take none. It is never below [`lower_bound`], with the same `slots`.
///
/// Before a task runs there is the longest chain that leads to it, its head, and after it the
/// longest one to an end of the graph, its tail. So whatever has a head of at least h and a tail of
/// at least t runs in what a schedule leaves between the two (J. Carlier, "Scheduling jobs with
/// release dates and tails on identical machines to minimize makespan", EJOR 29(3), 1987), and for
/// such windows it takes at least:
///
/// * memory times time, divided by all memory (energetic reasoning: P. Baptiste, C. Le Pape and W.
///   Nuijten, "Satisfiability tests and time-bound adjustments for cumulative scheduling problems",
///   Annals of Operations Research 92, 1999);
/// * where no more than c of the largest tasks go together: their work, divided by c;
/// * and the k + 1 shortest of the k c + 1 longest of those, since some k + 1 of them come one
///   after the other (M. Dell'Amico and S. Martello, "Optimal scheduling of tasks on identical
///   parallel processors", ORSA Journal on Computing 7(2), 1995).
///
/// No more than 32 times 32 windows are looked at, each in O(tasks), and in O(tasks log tasks) for
/// each c that may make a difference.
///
/// # Errors
///
/// As [`lower_bound`], and [`SchedulerError::Unsatisfiable`] if a task takes more memory than there
/// is.
///
/// # Examples
///
/// ```
/// use graph_runtime_scheduler::sim::{SimGraph, SimTask, lower_bound, memory_lower_bound};
/// use std::time::Duration;
///
/// let task = || SimTask { runtime: Duration::from_secs(9), parents: vec![] };
/// let graph = SimGraph { tasks: vec![task(), task(), task()] };
/// assert_eq!(lower_bound(&graph, 2)?, Duration::from_millis(13_500));
/// // No two of them go together.
/// let alone = memory_lower_bound(&graph, 2, &[60, 60, 60], 100)?;
/// assert_eq!(alone, Duration::from_secs(27));
/// # Ok::<(), graph_runtime_scheduler::SchedulerError>(())
/// ```
pub fn memory_lower_bound(
    graph: &SimGraph,
    slots: usize,
    memory: &[usize],
    memory_bytes: usize,
) -> Result<Duration, SchedulerError> {
    let simple = nanos(lower_bound(graph, slots)?);
    let bytes = |task: usize| memory.get(task).copied().unwrap_or(0);
    let largest = (0..graph.tasks.len()).min_by_key(|&task| Reverse(bytes(task)));
    if let Some(task) = largest.filter(|&task| bytes(task) > memory_bytes) {
        return Err(SchedulerError::Unsatisfiable {
            task: SimGraph::id(task),
            resource: "memory_bytes",
            wanted: bytes(task) as f64,
            total: memory_bytes as f64,
        });
    }
    let room = Room { slots: slots.max(1), bytes: memory_bytes as u64 };
    let load =
        |task: usize| Load { time: nanos(graph.tasks[task].runtime), bytes: bytes(task) as u64 };
    Ok(Duration::from_nanos(room.bound(&topology(graph)?, load, simple, LEVELS_MAX)))
}
