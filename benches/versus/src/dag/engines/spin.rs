//! The floor: what two threads need that never sleep, on tasks that are numbers.
//!
//! Each thread has a deque and steals from the others'. It executes one task that became ready in
//! place and pushes the rest. Nothing is allocated per task.

use crate::dag::body::Body;
use crate::dag::engine::{Engine, Times};
use crate::dag::pending::Pending;
use crate::dag::shape::Shape;
use crossbeam_deque::{Steal, Stealer, Worker};
use crossbeam_utils::CachePadded;
use std::hint;
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Threads that spin.
pub struct SpinningThreads;

impl Engine for SpinningThreads {
    const READS_SHAPE: bool = true;

    fn execute<B: Body>(shape: &'static Shape, body: &'static B, workers: usize) -> Times {
        let start = Instant::now();
        let pending = Pending::of(shape);
        let build = start.elapsed();
        let deques: Vec<_> = (0..workers).map(|_| Worker::new_lifo()).collect();
        for (root, deque) in shape.roots().zip(deques.iter().cycle()) {
            deque.push(root);
        }
        let floor = &Floor {
            shape,
            body,
            pending,
            stealers: deques.iter().map(Worker::stealer).collect(),
            done: (0..workers).map(|_| CachePadded::default()).collect(),
            ready: Barrier::new(workers),
        };
        let run = thread::scope(|scope| {
            let work = |(index, deque)| scope.spawn(move || floor.work(index, &deque));
            let threads: Vec<_> = deques.into_iter().enumerate().map(work).collect();
            let times = threads.into_iter().map(|it| it.join().expect("no thread panics"));
            times.max().unwrap_or_default()
        });
        Times { build, run }
    }
}

struct Floor<B: 'static> {
    shape: &'static Shape,
    body: &'static B,
    pending: Pending,
    stealers: Vec<Stealer<u32>>,
    /// Tasks that each thread has done, as of when it last ran out of them.
    done: Vec<CachePadded<AtomicUsize>>,
    ready: Barrier,
}

impl<B: Body> Floor<B> {
    /// One thread's life; how long it was.
    fn work(&self, index: usize, deque: &Worker<u32>) -> Duration {
        self.ready.wait();
        let start = Instant::now();
        let mut done = 0;
        loop {
            while let Some(task) = deque.pop().or_else(|| self.steal(index, deque)) {
                done += self.run_on(task, deque);
            }
            self.done[index].store(done, Ordering::Release);
            let all: usize = self.done.iter().map(|it| it.load(Ordering::Acquire)).sum();
            if all == self.shape.tasks() {
                return start.elapsed();
            }
            hint::spin_loop();
        }
    }

    /// Executes a task and one after another of those that become ready; how many.
    fn run_on(&self, mut task: u32, deque: &Worker<u32>) -> usize {
        for done in 1.. {
            self.body.execute(task);
            let mut next = None;
            for &successor in self.shape.successors(task) {
                if self.pending.release(successor)
                    && let Some(other) = next.replace(successor)
                {
                    deque.push(other);
                }
            }
            match next {
                Some(next) => task = next,
                None => return done,
            }
        }
        unreachable!("it counts for ever")
    }

    fn steal(&self, index: usize, deque: &Worker<u32>) -> Option<u32> {
        let others = (1..self.stealers.len()).map(|it| (index + it) % self.stealers.len());
        for other in others {
            if let Steal::Success(task) = self.stealers[other].steal_batch_and_pop(deque) {
                return Some(task);
            }
        }
        None
    }
}
