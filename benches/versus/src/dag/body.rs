//! What the tasks do: next to nothing.

use super::shape::Shape;
use crossbeam_utils::CachePadded;
use std::cell::Cell;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// The contents of all tasks of a graph.
pub trait Body: Send + Sync + 'static {
    /// Executes one task.
    fn execute(&self, task: u32);
}

/// Counts the tasks, each thread on its own cache line: two instructions on memory nobody shares.
#[derive(Debug, Default, Clone, Copy)]
pub struct Counting;

static COUNTERS: Mutex<Vec<&'static Counter>> = Mutex::new(Vec::new());

type Counter = CachePadded<AtomicU64>;

thread_local! {
    static COUNTER: Cell<Option<&'static Counter>> = const { Cell::new(None) };
}

impl Counting {
    /// How many tasks all threads have executed so far.
    ///
    /// # Panics
    ///
    /// If a thread panicked in here.
    pub fn total(self) -> u64 {
        let counters = COUNTERS.lock().expect("nobody panics under it");
        // ORDERING: whoever asks has waited for the graph, and so for every task in it.
        counters.iter().map(|counter| counter.load(Ordering::Relaxed)).sum()
    }
}

impl Body for Counting {
    #[inline]
    fn execute(&self, _task: u32) {
        let counter = COUNTER.get().unwrap_or_else(enlist);
        // ORDERING: only this thread writes.
        counter.store(counter.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    }
}

/// Gives the calling thread its counter.
#[cold]
fn enlist() -> &'static Counter {
    let counter: &'static Counter = Box::leak(Box::default());
    COUNTERS.lock().expect("nobody panics under it").push(counter);
    COUNTER.set(Some(counter));
    counter
}

/// Checks that a task comes once, and after all it depends on.
#[derive(Debug)]
pub struct Checking {
    shape: &'static Shape,
    done: Vec<AtomicBool>,
    mistakes: AtomicU64,
}

impl Checking {
    /// For the tasks of a graph.
    pub fn new(shape: &'static Shape) -> Self {
        let done = (0..shape.tasks()).map(|_| AtomicBool::new(false)).collect();
        Self { shape, done, mistakes: AtomicU64::new(0) }
    }

    /// Whether every task has come, once and in time.
    pub fn is_right(&self) -> bool {
        let done = self.done.iter().all(|done| done.load(Ordering::Acquire));
        done && self.mistakes.load(Ordering::Acquire) == 0
    }
}

impl Body for Checking {
    fn execute(&self, task: u32) {
        let is_done = |&task: &u32| self.done[task as usize].load(Ordering::Acquire);
        let in_time = self.shape.predecessors(task).iter().all(is_done);
        let again = self.done[task as usize].swap(true, Ordering::AcqRel);
        if again || !in_time {
            self.mistakes.fetch_add(1, Ordering::AcqRel);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Body, Checking};
    use crate::dag::shape::ShapeName;

    fn check(order: impl IntoIterator<Item = u32>) -> bool {
        let checking = Checking::new(Box::leak(Box::new(ShapeName::Chain.of_size(1_000))));
        order.into_iter().for_each(|task| checking.execute(task));
        checking.is_right()
    }

    #[test]
    fn only_the_right_order_is_right() {
        assert!(check(0..1_000));
        assert!(!check(0..999), "one is missing");
        assert!(!check((0..1_000).rev()), "the wrong way round");
        assert!(!check((0..1_000).chain([5])), "one comes twice");
    }
}
