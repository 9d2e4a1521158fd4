//! An executor that steals work and knows nothing about it.

use primitives::rng::Rng;
use scheduler::sim::SimGraph;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::time::Duration;

/// How long `graph` takes on so many workers with a deque each, without overhead.
///
/// Whoever ends the last task that another one waits for takes that one onto its own deque. A
/// worker takes its own tasks last in first out, then what was ready from the start in order, then
/// the oldest task of another worker, looking at all of them from a random one on (R. D. Blumofe
/// and C. E. Leiserson, "Scheduling multithreaded computations by work stealing", JACM 46(5),
/// 1999).
pub(crate) fn makespan(graph: &SimGraph, workers: usize, seed: u64) -> Duration {
    // More workers than tasks change nothing, and all would be looked at again and again.
    Executor::new(graph, workers.min(graph.tasks.len()), seed).run()
}

struct Executor<'a> {
    graph: &'a SimGraph,
    children: Vec<Vec<usize>>,
    unmet: Vec<usize>,
    injector: VecDeque<usize>,
    deques: Vec<VecDeque<usize>>,
    /// How many tasks there are in all deques.
    in_deques: usize,
    idle: Vec<usize>,
    /// (end, task, worker)
    running: BinaryHeap<Reverse<(Duration, usize, usize)>>,
    rng: Rng,
}

impl<'a> Executor<'a> {
    fn new(graph: &'a SimGraph, workers: usize, seed: u64) -> Self {
        let mut children = vec![Vec::new(); graph.tasks.len()];
        for (number, task) in graph.tasks.iter().enumerate() {
            task.parents.iter().for_each(|&parent| children[parent].push(number));
        }
        let unmet: Vec<usize> = graph.tasks.iter().map(|task| task.parents.len()).collect();
        Self {
            graph,
            children,
            injector: (0..unmet.len()).filter(|&task| unmet[task] == 0).collect(),
            unmet,
            deques: vec![VecDeque::new(); workers],
            in_deques: 0,
            idle: (0..workers).collect(),
            running: BinaryHeap::new(),
            rng: Rng::new(seed),
        }
    }

    fn run(mut self) -> Duration {
        let mut now = Duration::ZERO;
        loop {
            self.start(now);
            let Some(&Reverse((next, ..))) = self.running.peek() else { return now };
            now = next;
            while let Some(&Reverse((end, task, worker))) = self.running.peek()
                && end == now
            {
                self.running.pop();
                self.idle.push(worker);
                for &child in &self.children[task] {
                    self.unmet[child] -= 1;
                    if self.unmet[child] == 0 {
                        self.deques[worker].push_back(child);
                        self.in_deques += 1;
                    }
                }
            }
        }
    }

    /// Every idle worker takes a task, if there is one.
    fn start(&mut self, now: Duration) {
        self.idle.sort_unstable();
        // First from their own deques: nobody is robbed who has just come back.
        self.each_idle(now, |it, worker| it.take(worker, VecDeque::pop_back));
        self.each_idle(now, |it, _| it.injector.pop_front().or_else(|| it.steal()));
    }

    fn each_idle(&mut self, now: Duration, take: impl Fn(&mut Self, usize) -> Option<usize>) {
        for worker in std::mem::take(&mut self.idle) {
            match take(self, worker) {
                Some(task) => {
                    let end = now + self.graph.tasks[task].runtime;
                    self.running.push(Reverse((end, task, worker)));
                }
                None => self.idle.push(worker),
            }
        }
    }

    fn steal(&mut self) -> Option<usize> {
        let workers = self.deques.len();
        let first = self.rng.below(workers as u32) as usize;
        if self.in_deques == 0 {
            return None;
        }
        (0..workers).find_map(|n| self.take((first + n) % workers, VecDeque::pop_front))
    }

    fn take(
        &mut self,
        worker: usize,
        end: impl Fn(&mut VecDeque<usize>) -> Option<usize>,
    ) -> Option<usize> {
        let task = end(&mut self.deques[worker])?;
        self.in_deques -= 1;
        Some(task)
    }
}

#[cfg(test)]
mod tests {
    use super::makespan;
    use scheduler::sim::{SimGraph, SimTask};
    use std::time::Duration;

    #[test]
    fn a_million_workers_take_no_longer_to_simulate_than_there_are_tasks() {
        let task = |n: usize| SimTask {
            runtime: Duration::from_secs(1 + n as u64 % 3),
            parents: n.checked_sub(40).into_iter().collect(),
        };
        let graph = SimGraph { tasks: (0..400).map(task).collect() };
        let of_all = makespan(&graph, 1 << 20, 1);
        assert_eq!(of_all, makespan(&graph, graph.tasks.len(), 1));
        // Ten tasks in a row, of 1, 2 and 3 seconds.
        assert_eq!(of_all, Duration::from_secs(21));
    }
}
