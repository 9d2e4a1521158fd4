//! What no order can beat when memory is short.

use super::ranks::upward_ranks;
use crate::graph::shape::topology::Topology;
use std::cmp::Reverse;

/// What a task takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    /// In nanoseconds.
    pub(crate) time: u64,
    pub(crate) bytes: u64,
}

/// What all tasks share.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Room {
    /// At least 1.
    pub(crate) slots: usize,
    pub(crate) bytes: u64,
}

/// A task and what there must be around it, in nanoseconds.
struct Windowed {
    time: u128,
    bytes: u128,
    head: u128,
    tail: u128,
}

/// All tasks, the largest first.
fn windowed(topology: &Topology, load: impl Fn(usize) -> Load) -> Vec<Windowed> {
    let time = |task: usize| load(task).time;
    let ranks = upward_ranks(topology, time);
    let mut heads = vec![0; topology.nodes()];
    for node in topology.order() {
        let parents = topology.parents.of(node).iter().map(|&parent| parent as usize);
        let ends = parents.map(|parent| heads[parent] + u128::from(time(parent)));
        heads[node as usize] = ends.max().unwrap_or(0);
    }
    let mut tasks: Vec<Windowed> = (0..topology.nodes())
        .map(|task| Windowed {
            time: u128::from(time(task)),
            bytes: u128::from(load(task).bytes),
            head: heads[task],
            tail: u128::from(ranks[task] - time(task)),
        })
        .collect();
    tasks.sort_by_key(|task| Reverse(task.bytes));
    tasks
}

/// Different values in order, evenly chosen if there are more than `most`.
fn levels(values: impl Iterator<Item = u128>, most: usize) -> Vec<u128> {
    let mut values: Vec<u128> = values.collect();
    values.sort_unstable();
    values.dedup();
    let step = values.len().div_ceil(most).max(1);
    values.into_iter().step_by(step).collect()
}

impl Room {
    /// The largest of `known` and several times that no schedule beats, which
    /// [`memory_lower_bound`](crate::sim::memory_lower_bound) explains; no task takes more than
    /// there is. At most `levels` heads and as many tails are tried, at least 1.
    pub(crate) fn bound(
        &self,
        topology: &Topology,
        load: impl Fn(usize) -> Load,
        known: u64,
        levels_max: usize,
    ) -> u64 {
        let tasks = windowed(topology, load);
        let mut best = u128::from(known);
        let tails = levels(tasks.iter().map(|task| task.tail), levels_max);
        for head in levels(tasks.iter().map(|task| task.head), levels_max) {
            for &tail in &tails {
                let inside = tasks.iter().filter(|task| task.head >= head && task.tail >= tail);
                let inside: Vec<&Windowed> = inside.collect();
                if !inside.is_empty() {
                    let around = head + tail;
                    let needed = self.time_needed(&inside, best.saturating_sub(around));
                    best = around.saturating_add(needed);
                }
            }
        }
        u64::try_from(best).unwrap_or(u64::MAX)
    }

    /// How long it takes at least to run these tasks, the largest first; `known` if nothing more is
    /// found.
    fn time_needed(&self, tasks: &[&Windowed], known: u128) -> u128 {
        let areas = tasks.iter().map(|task| task.bytes * task.time);
        let area = areas.fold(0, u128::saturating_add);
        let mut best = known.max(area.div_ceil(u128::from(self.bytes.max(1))));
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
            while bytes > u128::from(self.bytes) || count - first > self.slots {
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
