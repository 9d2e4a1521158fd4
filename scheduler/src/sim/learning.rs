//! What a simulated graph tells about its kinds while it runs.

use super::SimJob;
use crate::{Forecast, History};
use std::time::Duration;

/// The history of one job, which grows with each of its tasks that ends.
pub(super) struct Learning<'a> {
    kinds: &'a [String],
    hints: &'a [Duration],
    history: History,
    forecast: Forecast,
}

impl<'a> Learning<'a> {
    /// For a job that comes with a history.
    pub(super) fn of(job: &SimJob<'a>) -> Option<Self> {
        let (kinds, hints, history) = (job.kinds, job.estimates, job.history?.clone());
        let forecast = Forecast::new(&history, tasks(kinds, hints));
        Some(Self { kinds, hints, history, forecast })
    }

    /// What the tasks are likely to take now.
    pub(super) fn estimates(&mut self) -> Vec<Duration> {
        self.forecast.estimates(&self.history, tasks(self.kinds, self.hints))
    }

    /// A task has ended. Whether that changes anything.
    pub(super) fn observe(&mut self, task: usize, run_time: Duration) -> bool {
        self.kinds.get(task).is_some_and(|kind| self.history.observe(kind, run_time))
    }
}

fn tasks<'a>(
    kinds: &'a [String],
    hints: &'a [Duration],
) -> impl Iterator<Item = (&'a str, Option<Duration>)> + Clone {
    kinds.iter().enumerate().map(|(task, kind)| (kind.as_str(), hints.get(task).copied()))
}
