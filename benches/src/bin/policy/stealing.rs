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
    Executor::new(graph, workers, seed).run()
}

struct Executor<'a> {
    graph: &'a SimGraph,
    children: Vec<Vec<usize>>,
    unmet: Vec<usize>,
    injector: VecDeque<usize>,
    deques: Vec<VecDeque<usize>>,
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
                    }
                }
            }
        }
    }

    /// Every idle worker takes a task, if there is one.
    fn start(&mut self, now: Duration) {
        self.idle.sort_unstable();
        // First from their own deques: nobody is robbed who has just come back.
        let own = |it: &mut Self, worker: usize| it.deques[worker].pop_back();
        self.each_idle(now, own);
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
        (0..workers).find_map(|n| self.deques[(first + n) % workers].pop_front())
    }
}
