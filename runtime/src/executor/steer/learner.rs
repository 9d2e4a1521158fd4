//! Learning how long tasks take.

use super::notes::{Notes, Observation};
use crate::executor::books::batch::{Batch, TaskRef};
use crate::executor::books::home::Progress;
use crate::executor::books::id_map::IdMap;
use crate::executor::books::tasks::Tasks;
use crate::executor::inner::Inner;
use crate::executor::submission::TASKS_AHEAD;
use primitives::shim::atomic::{AtomicU64, Ordering};
use primitives::shim::{CachePadded, Mutex};
use scheduler::{Forecast, GraphId, History};
use std::iter;
use std::sync::Arc;
use std::time::Duration;

/// For more tasks it is better to copy the history than to keep the others from it, and to note
/// their run times first.
const FEW: usize = 64;

/// The executor's history of run times, if it keeps one.
///
/// Whatever completes is observed, under a lock of its own. When estimates have moved, the graphs
/// that run are ranked again, with all that was added to them: in the background, because that is
/// O(tasks + edges), and each at a [`Pace`](scheduler::Pace) that bounds the work by a constant for
/// each task and edge.
///
/// ```text
///   an end ──► the notes of its worker ──► the history ──► the pace of the graph ──► ranks
///     └─ alone, or one of few ───────────────▲
/// ```
///
/// Where many tasks were submitted together, each worker tells of its short ones some at a time,
/// and of those that are left when the batch ends or somebody asks for the history.
#[derive(Debug)]
pub(in crate::executor) struct Learner {
    history: Mutex<History>,
    /// How often an estimate has moved.
    moves: AtomicU64,
    /// By worker.
    notes: Box<[CachePadded<Mutex<Notes>>]>,
}

impl Learner {
    /// For an executor with so many workers.
    pub(in crate::executor) fn new(history: History, workers: usize) -> Self {
        let notes = (0..workers).map(|_| CachePadded::default()).collect();
        Self { history: Mutex::new(history), moves: AtomicU64::new(0), notes }
    }

    /// A copy of what is known; what has been noted is not.
    fn snapshot(&self) -> History {
        self.history.lock().clone()
    }

    /// A task has completed on `worker`, if it is one. Which graphs are to be ranked again.
    fn observe(
        &self,
        task: &TaskRef,
        worker: Option<usize>,
        run_time: Duration,
    ) -> [Option<GraphId>; 2] {
        let Some((kind, size)) = task.kind() else { return [None; 2] };
        let (seen, progress) = ((kind, size, run_time), task.batch.home.progress());
        let notes = worker.and_then(|worker| self.notes.get(worker));
        let notes = notes.zip(progress).filter(|_| takes_notes(&task.batch));
        let Some((notes, progress)) = notes else {
            return [self.tell(iter::once(seen), progress), None];
        };
        let mut notes = notes.lock();
        let of_another = if notes.may_be_of(progress) { None } else { self.tell_all(&mut notes) };
        let is_time = notes.add(seen, progress);
        [of_another, if is_time { self.tell_all(&mut notes) } else { None }]
    }

    /// Tells the history of all that has been noted. Which graphs are to be ranked again. O(workers
    /// + notes).
    fn tell_notes(&self) -> Vec<GraphId> {
        self.notes.iter().filter_map(|notes| self.tell_all(&mut notes.lock())).collect()
    }

    fn tell_all(&self, notes: &mut Notes) -> Option<GraphId> {
        let progress = Some(notes.progress()?);
        let graph = self.tell(notes.iter(), progress);
        notes.clear();
        graph
    }

    /// Tells the history what was seen, of this graph if it was one. The graph, if it is to be
    /// ranked again.
    fn tell<'a>(
        &self,
        seen: impl Iterator<Item = Observation<'a>> + Clone,
        progress: Option<Progress<'_>>,
    ) -> Option<GraphId> {
        let moved = {
            let mut history = self.history.lock();
            let moves = |&(kind, size, run_time): &_| history.observe_sized(kind, size, run_time);
            seen.clone().filter(moves).count() as u64
        };
        // ORDERING: Relaxed; it only says that it is worth looking at the history, behind its lock.
        let moves = self.moves.fetch_add(moved, Ordering::Relaxed) + moved;
        let (graph, pace) = progress?;
        let mut pace = pace.lock();
        let is_due =
            seen.fold(false, |is_due, (_, _, run_time)| pace.advance(run_time, moves) || is_due);
        is_due.then_some(graph)
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
    let all = tasks.records.len();
    let unknown = history.estimate_unknown();
    // The tasks of a large graph are in no cache, and many have the kind of the one before.
    let mut last: Option<(&str, _)> = None;
    let mut look_up = |(kind, size): (_, Option<_>)| match last {
        Some((same, found)) if same == kind && size.is_none() => found,
        _ => {
            let found = history.known(kind, size);
            if size.is_none() {
                last = Some((kind, found));
            }
            found
        }
    };
    let mut known = 0;
    let each = (0..all).map(|index| {
        tasks.prefetch(index + TASKS_AHEAD);
        let found = tasks.hint(index).or_else(|| tasks.kind(index).and_then(&mut look_up));
        known += usize::from(found.is_some());
        found.unwrap_or(unknown)
    });
    let estimates = each.collect();
    // What was found at the submission counts later on, too.
    let forecast = tasks.forecast.get_or_init(|| Forecast::of(known, all));
    if forecast.is_met_by(known, all) { estimates } else { vec![Duration::ZERO; all] }
}

/// Whether run times of these tasks are noted first.
fn takes_notes(batch: &Batch) -> bool {
    batch.records().len() > FEW
}

impl Inner {
    /// A task has completed on `worker`, if it is one, after `run_time`. Free if nothing is to be
    /// learnt.
    pub(in crate::executor) fn learn(
        self: &Arc<Self>,
        task: &TaskRef,
        worker: Option<usize>,
        run_time: Option<Duration>,
    ) {
        if let (Some(learner), Some(run_time)) = (&self.learner, run_time) {
            let due = learner.observe(task, worker, run_time);
            due.into_iter().flatten().for_each(|graph| self.rank_again_soon(graph));
        }
    }

    /// These batches have ended. What is known of their tasks counts for all that come.
    pub(in crate::executor) fn learn_the_rest(self: &Arc<Self>, ended: &[Arc<Batch>]) {
        if let Some(learner) = &self.learner
            && ended.iter().any(|batch| takes_notes(batch))
        {
            learner.tell_notes().into_iter().for_each(|graph| self.rank_again_soon(graph));
        }
    }

    /// What is known about run times, with all that has been seen so far.
    pub(in crate::executor) fn history(self: &Arc<Self>) -> Option<History> {
        let learner = self.learner.as_ref()?;
        learner.tell_notes().into_iter().for_each(|graph| self.rank_again_soon(graph));
        Some(learner.snapshot())
    }

    fn rank_again_soon(self: &Arc<Self>, graph: GraphId) {
        let inner = Arc::clone(self);
        drop(self.handle.spawn_blocking(move || inner.rank_again(graph)));
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
