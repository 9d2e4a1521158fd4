//! `--explain`: what waits, and for what, while the workflow runs.

use crate::progress::Progress;
use crate::waits::Waits;
use graph_runtime::signal::unix::{SignalKind, signal};
use graph_runtime::time::sleep;
use graph_runtime::{AsyncTaskExecutor, Reason, TaskId};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::future::pending;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How often all tasks are looked at, unless that takes long.
const INTERVAL: Duration = Duration::from_millis(10);
/// Looking takes no more than this part of the time.
const SHARE: u32 = 20;

/// Looks at all tasks of a run again and again and takes down what they wait for.
pub(crate) struct Explainer {
    tasks: usize,
    notes: Mutex<Notes>,
}

struct Notes {
    waits: Waits,
    /// How many tasks waited for what at the last look, and an example.
    latest: BTreeMap<&'static str, (usize, Reason)>,
    looked_at: Instant,
}

impl Explainer {
    pub(crate) fn new(tasks: usize) -> Self {
        let notes =
            Notes { waits: Waits::new(tasks), latest: BTreeMap::new(), looked_at: Instant::now() };
        Self { tasks, notes: Mutex::new(notes) }
    }

    /// Goes on looking until it is dropped.
    pub(crate) async fn follow(&self, executor: &AsyncTaskExecutor) -> Infallible {
        loop {
            let begun = Instant::now();
            self.look(executor, begun);
            sleep(INTERVAL.max(begun.elapsed() * SHARE)).await;
        }
    }

    /// Whatever a task waits for now it is taken to have waited for since the last look.
    fn look(&self, executor: &AsyncTaskExecutor, now: Instant) {
        let mut notes = self.notes();
        let passed = now.saturating_duration_since(notes.looked_at);
        notes.looked_at = now;
        notes.latest.clear();
        for task in 0..self.tasks {
            if let Some(why) = executor.why(TaskId::new(task as u64)) {
                let label = why.reason.label();
                notes.latest.entry(label).or_insert((0, why.reason)).0 += 1;
                notes.waits.add(task, label, passed);
            }
        }
    }

    /// What waited for what at the last look, in words.
    pub(crate) fn breakdown(&self) -> String {
        let notes = self.notes();
        let parts = notes.latest.iter().map(|(label, (tasks, example))| match example {
            Reason::Slot { running, limit } => format!("{tasks} {label} ({running}/{limit})"),
            _ => format!("{tasks} {label}"),
        });
        let parts: Vec<String> = parts.collect();
        if parts.is_empty() { "none waiting".to_owned() } else { parts.join(", ") }
    }

    /// Tells of every task that waits whenever the process gets a SIGUSR1.
    pub(crate) async fn answer<T>(&self, executor: &AsyncTaskExecutor, display: &Progress) -> T {
        // Without the signal the rest is still worth having.
        let Ok(mut asked) = signal(SignalKind::user_defined1()) else { return pending().await };
        loop {
            asked.recv().await;
            let ids = (0..self.tasks as u64).map(TaskId::new);
            for why in ids.filter_map(|id| executor.why(id)) {
                display.say(&why.to_string());
            }
        }
    }

    /// Everything that was taken down.
    pub(crate) fn into_waits(self) -> Waits {
        self.notes.into_inner().unwrap_or_else(PoisonError::into_inner).waits
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
