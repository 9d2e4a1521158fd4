//! Learning how long tasks take.

use crate::executor::books::batch::TaskRef;
use crate::executor::books::id_map::IdMap;
use crate::executor::books::tasks::Tasks;
use crate::executor::inner::Inner;
use primitives::shim::Mutex;
use primitives::shim::atomic::{AtomicU64, Ordering};
use scheduler::{Forecast, GraphId, History};
use std::sync::Arc;
use std::time::Duration;

/// For more tasks it is better to copy the history than to keep the others from it.
const FEW: usize = 64;

/// The executor's history of run times, if it keeps one.
///
/// Whatever completes is observed, under a lock of its own. When estimates have moved, the graphs
/// that run are ranked again, with all that was added to them: in the background, because that is
/// O(tasks + edges), and each at a [`Pace`](scheduler::Pace) that bounds the work by a constant for
/// each task and edge.
#[derive(Debug)]
pub(in crate::executor) struct Learner {
    history: Mutex<History>,
    /// How often an estimate has moved.
    moves: AtomicU64,
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
        let pace = task.batch.home.pace();
        pace.is_some_and(|pace| pace.lock().advance(run_time, moves + u64::from(has_moved)))
    }

    /// How long each task is expected to run: what it says itself, or what is known of its kind and
    /// the size of its input; zero, all of them, while too little is known to rank by. O(tasks log
    /// kinds), for more than a few tasks without the lock.
    pub(in crate::executor) fn estimates(&self, tasks: &Tasks) -> Vec<Duration> {
        self.with_history(tasks.records.len(), |history| estimates(history, tasks))
    }

    /// Looks so many tasks up in the history.
    fn with_history<R>(&self, tasks: usize, look_up: impl FnOnce(&History) -> R) -> R {
        if tasks <= FEW {
            return look_up(&self.history.lock());
        }
        look_up(&self.snapshot())
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
        if learner.observe(task, run_time)
            && let Some(graph) = task.batch.home.graph()
        {
            let inner = Arc::clone(self);
            drop(self.handle.spawn_blocking(move || inner.rank_again(graph)));
        }
    }

    fn rank_again(self: &Arc<Self>, graph: GraphId) {
        let Some(learner) = &self.learner else { return };
        let Some((whole, parts)) = self.core.lock().rankable(graph) else { return };
        let of_parts = parts.iter().map(|part| part.records().len());
        let tasks = whole.records().len() + of_parts.sum::<usize>();
        let mut added = IdMap::default();
        let estimates = learner.with_history(tasks, |history| {
            for part in &parts {
                let ids = part.records().iter().map(|record| record.id);
                added.extend(ids.zip(estimates(history, part.tasks())));
            }
            estimates(history, whole.tasks())
        });
        self.step(|core, _| core.reestimate(graph, &estimates, &added));
    }
}
