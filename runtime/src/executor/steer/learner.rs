//! Learning how long tasks take.

use crate::executor::books::batch::{Batch, TaskRef};
use crate::executor::books::tasks::Tasks;
use crate::executor::inner::Inner;
use primitives::shim::Mutex;
use primitives::shim::atomic::{AtomicU64, Ordering};
use scheduler::{Forecast, History};
use std::sync::Arc;
use std::time::Duration;

/// The first time that a graph's ranks are computed again is when one in so many of its tasks has
/// completed; each further time when twice as many have.
const FIRST_SHARE: usize = 64;

/// For more tasks it is better to copy the history than to keep the others from it.
const FEW: usize = 64;

/// The executor's history of run times, if it keeps one.
///
/// Whatever completes is observed, under a lock of its own. When estimates have moved, the graphs
/// that run are ranked again: in the background, because that is O(tasks + edges), and at most seven
/// times in the life of a graph, because it is done only after one in 64 of its tasks has completed,
/// and then after twice as many. So the work is bounded by a constant for each task and edge. What
/// was added to a graph later keeps its ranks.
#[derive(Debug)]
pub(in crate::executor) struct Learner {
    history: Mutex<History>,
    /// How often an estimate has moved.
    moves: AtomicU64,
}

/// How far a graph is, as far as its estimates are concerned.
#[derive(Debug, Default)]
pub(in crate::executor) struct Pace(Mutex<Lap>);

#[derive(Debug, Default)]
struct Lap {
    completed: usize,
    /// When to compute the ranks again; 0 if nothing has completed yet.
    next: usize,
    /// Moves of estimates that the ranks know of.
    moves: u64,
}

impl Pace {
    /// A task of a graph of so many has completed, and estimates have moved so often. Whether ranks
    /// are to be computed again.
    fn advance(&self, tasks: usize, moves: u64) -> bool {
        let mut lap = self.0.lock();
        lap.completed += 1;
        lap.next = lap.next.max(tasks / FIRST_SHARE).max(1);
        if lap.completed < lap.next || lap.moves == moves || lap.completed >= tasks {
            return false;
        }
        lap.moves = moves;
        lap.next = lap.completed.saturating_mul(2);
        true
    }
}

impl Learner {
    pub(in crate::executor) fn new(history: History) -> Self {
        Self { history: Mutex::new(history), moves: AtomicU64::new(0) }
    }

    /// A copy of what is known.
    pub(in crate::executor) fn snapshot(&self) -> History {
        self.history.lock().clone()
    }

    /// A task has completed. Whether the ranks of its graph are to be computed again.
    fn observe(&self, task: &TaskRef, run_time: Duration) -> bool {
        let Some((kind, size)) = task.kind() else { return false };
        let has_moved = self.history.lock().observe_sized(kind, size, run_time);
        // ORDERING: Relaxed; it only says that it is worth looking at the history, behind its lock.
        let moves = self.moves.fetch_add(u64::from(has_moved), Ordering::Relaxed);
        let Batch { home, pace, .. } = &*task.batch;
        home.is_whole() && pace.advance(task.batch.records().len(), moves + u64::from(has_moved))
    }

    /// How long each task is expected to run: what it says itself, or what is known of its kind and
    /// the size of its input; zero, all of them, while too little is known to rank by. O(tasks log
    /// kinds), for more than a few tasks without the lock.
    pub(in crate::executor) fn estimates(&self, tasks: &Tasks) -> Vec<Duration> {
        if tasks.records.len() <= FEW {
            return estimates(&self.history.lock(), tasks);
        }
        estimates(&self.snapshot(), tasks)
    }
}

fn estimates(history: &History, tasks: &Tasks) -> Vec<Duration> {
    let each = || (0..tasks.records.len()).map(|index| (tasks.kind(index), tasks.hint(index)));
    // Who has no kind is of one that nobody knows.
    let known = || each().map(|(kind, hint)| (kind.unwrap_or_default().0, hint));
    // What was found at the submission counts later on, too.
    let forecast = tasks.forecast.get_or_init(|| Forecast::new(history, known()));
    if !forecast.clone().is_sufficient(history, known()) {
        return vec![Duration::ZERO; tasks.records.len()];
    }
    let estimate = |(kind, hint): (Option<(&str, Option<u64>)>, Option<Duration>)| {
        let (kind, size) = kind.unwrap_or_default();
        hint.unwrap_or_else(|| history.estimate_sized(kind, size))
    };
    each().map(estimate).collect()
}

impl Inner {
    /// A task has completed after `run_time`. Free if nothing is to be learnt.
    pub(in crate::executor) fn learn(self: &Arc<Self>, task: &TaskRef, run_time: Option<Duration>) {
        let (Some(learner), Some(run_time)) = (&self.learner, run_time) else { return };
        if learner.observe(task, run_time) {
            let (inner, batch) = (Arc::clone(self), Arc::clone(&task.batch));
            drop(self.handle.spawn_blocking(move || inner.rank_again(&batch)));
        }
    }

    fn rank_again(self: &Arc<Self>, batch: &Batch) {
        if let (Some(learner), Some(graph)) = (&self.learner, batch.home.graph()) {
            let estimates = learner.estimates(batch.tasks());
            self.step(|core, _| core.reestimate(graph, &estimates));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Pace;

    #[test]
    fn ranks_are_computed_seven_times_at_most() {
        let pace = Pace::default();
        let times: Vec<u64> = (1..=6_400).filter(|&n| pace.advance(6_400, n)).collect();
        assert_eq!(times, [100, 200, 400, 800, 1_600, 3_200]);
        let small = Pace::default();
        let times: Vec<u64> = (1..=9).filter(|&n| small.advance(9, n)).collect();
        assert_eq!(times, [1, 2, 4, 8]);
    }

    #[test]
    fn nothing_is_computed_before_an_estimate_has_moved() {
        let pace = Pace::default();
        assert!((0..50).all(|_| !pace.advance(100, 0)));
        assert!(pace.advance(100, 1));
        assert!((0..40).all(|_| !pace.advance(100, 1)));
    }
}
