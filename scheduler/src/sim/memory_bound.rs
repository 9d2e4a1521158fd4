//! What no schedule can beat when memory is short.

use super::SimGraph;
use super::bound::{lower_bound, topology};
use crate::error::SchedulerError;
use crate::graph::{nanos, upward_ranks};
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
    let room = Room { slots: slots.max(1), bytes: memory_bytes as u128 };
    let tasks = windowed(graph, memory)?;
    if let Some(task) = tasks.iter().find(|task| task.bytes > room.bytes) {
        return Err(SchedulerError::Unsatisfiable {
            task: SimGraph::id(task.number),
            resource: "memory_bytes",
            wanted: task.bytes as f64,
            total: memory_bytes as f64,
        });
    }
    let mut best = u128::from(simple);
    let tails = levels(tasks.iter().map(|task| task.tail));
    for head in levels(tasks.iter().map(|task| task.head)) {
        for &tail in &tails {
            let inside = tasks.iter().filter(|task| task.head >= head && task.tail >= tail);
            let inside: Vec<&Windowed> = inside.collect();
            if !inside.is_empty() {
                let around = head + tail;
                best = around + room.time_needed(&inside, best.saturating_sub(around));
            }
        }
    }
    Ok(Duration::from_nanos(u64::try_from(best).unwrap_or(u64::MAX)))
}

/// A task and what there must be around it, in nanoseconds.
struct Windowed {
    number: usize,
    time: u128,
    bytes: u128,
    head: u128,
    tail: u128,
}

/// All tasks, the largest first.
fn windowed(graph: &SimGraph, memory: &[usize]) -> Result<Vec<Windowed>, SchedulerError> {
    let topology = topology(graph)?;
    let time = |task: usize| nanos(graph.tasks[task].runtime);
    let ranks = upward_ranks(&topology, time);
    let mut heads = vec![0; graph.tasks.len()];
    for node in topology.order() {
        let parents = topology.parents.of(node).iter().map(|&parent| parent as usize);
        let ends = parents.map(|parent| heads[parent] + u128::from(time(parent)));
        heads[node as usize] = ends.max().unwrap_or(0);
    }
    let mut tasks: Vec<Windowed> = (0..graph.tasks.len())
        .map(|number| Windowed {
            number,
            time: u128::from(time(number)),
            bytes: memory.get(number).copied().unwrap_or(0) as u128,
            head: heads[number],
            tail: u128::from(ranks[number] - time(number)),
        })
        .collect();
    tasks.sort_by_key(|task| Reverse(task.bytes));
    Ok(tasks)
}

/// Different values in order, evenly chosen if there are too many.
fn levels(values: impl Iterator<Item = u128>) -> Vec<u128> {
    let mut values: Vec<u128> = values.collect();
    values.sort_unstable();
    values.dedup();
    let step = values.len().div_ceil(LEVELS_MAX).max(1);
    values.into_iter().step_by(step).collect()
}

/// What all tasks share.
struct Room {
    slots: usize,
    bytes: u128,
}

impl Room {
    /// How long it takes at least to run these tasks, the largest first; `known` if nothing more is
    /// found.
    fn time_needed(&self, tasks: &[&Windowed], known: u128) -> u128 {
        let area: u128 = tasks.iter().map(|task| task.bytes * task.time).sum();
        let mut best = known.max(area.div_ceil(self.bytes.max(1)));
        for (count, together) in self.crowds(tasks) {
            let work: u128 = tasks[..count].iter().map(|task| task.time).sum();
            best = best.max(work.div_ceil(together as u128));
            let longest = tasks[..count].iter().map(|task| task.time).max().unwrap_or(0);
            if longest * count.div_ceil(together) as u128 > best {
                best = best.max(longest_queue(&tasks[..count], together));
            }
        }
        best
    }

    /// For each number of tasks that go together how many of the largest tasks do not go together
    /// in a larger number.
    fn crowds(&self, tasks: &[&Windowed]) -> Vec<(usize, usize)> {
        let mut crowds: Vec<(usize, usize)> = Vec::new();
        // The smallest of those looked at that go together: from `first` on.
        let (mut first, mut bytes) = (0, 0);
        for (task, count) in tasks.iter().zip(1..) {
            bytes += task.bytes;
            while bytes > self.bytes || count - first > self.slots {
                bytes -= tasks[first].bytes;
                first += 1;
            }
            let together = count - first;
            match crowds.last_mut() {
                Some(last) if last.1 == together => last.0 = count,
                _ => crowds.push((count, together)),
            }
        }
        crowds
    }
}

/// What some of these tasks take one after the other, if no more than `together` run at once.
fn longest_queue(tasks: &[&Windowed], together: usize) -> u128 {
    let mut times: Vec<u128> = tasks.iter().map(|task| task.time).collect();
    times.sort_unstable_by_key(|&time| Reverse(time));
    let queues = (1..).map_while(|k| times.get(k * together - k..=k * together));
    queues.map(|shortest| shortest.iter().sum()).max().unwrap_or(0)
}
