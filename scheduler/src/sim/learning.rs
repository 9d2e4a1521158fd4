//! What a simulated graph tells about its kinds while it runs.

use super::SimJob;
use crate::{Forecast, History, Pace};
use std::time::Duration;

/// The history of one job, which grows with each of its tasks that ends.
pub(super) struct Learning<'a> {
    kinds: &'a [String],
    hints: &'a [Duration],
    history: History,
    forecast: Forecast,
    pace: Pace,
    /// How often an estimate has moved.
    moves: u64,
}

impl<'a> Learning<'a> {
    /// For a job that comes with a history.
    pub(super) fn of(job: &SimJob<'a>) -> Option<Self> {
        let (kinds, hints, history) = (job.kinds, job.estimates, job.history?.clone());
        let forecast = Forecast::new(&history, tasks(kinds, hints));
        let mut pace = Pace::default();
        pace.expect(kinds.len());
        Some(Self { kinds, hints, history, forecast, pace, moves: 0 })
    }

    /// What the tasks are likely to take now.
    pub(super) fn estimates(&mut self) -> Vec<Duration> {
        self.forecast.estimates(&self.history, tasks(self.kinds, self.hints))
    }

    /// A task has ended. Whether the graph is to be ranked again.
    pub(super) fn observe(&mut self, task: usize, run_time: Duration) -> bool {
        let Some(kind) = self.kinds.get(task) else { return false };
        self.moves += u64::from(self.history.observe(kind, run_time));
        self.pace.advance(run_time, self.moves)
    }
}

fn tasks<'a>(
    kinds: &'a [String],
    hints: &'a [Duration],
) -> impl Iterator<Item = (&'a str, Option<Duration>)> + Clone {
    kinds.iter().enumerate().map(|(task, kind)| (kind.as_str(), hints.get(task).copied()))
}
