//! When what is known about kinds is enough to order a graph by.

use super::History;
use std::time::Duration;

/// What the tasks of one graph are likely to take, as far as that is known well enough to rank
/// them by it.
///
/// Ranks of guesses are worse than none: where each task has to be taken for a typical one, the
/// longest way is the one with the most steps, and on published workflows that starts the wrong
/// tasks first more often than not. So a graph of which, when it comes, less than half of the tasks
/// have a hint or a known kind gets no estimates, and its tasks start first come, first served,
/// until each of its kinds has been seen, perhaps in this very run.
///
/// # Examples
///
/// ```
/// use graph_runtime_scheduler::{Forecast, History};
/// use std::time::Duration;
///
/// let tasks = || ["align", "index"].into_iter().map(|kind| (kind, None));
/// let mut history = History::default();
/// let mut forecast = Forecast::new(&history, tasks());
/// history.observe("align", Duration::from_secs(9));
/// assert_eq!(forecast.estimates(&history, tasks()), [Duration::ZERO; 2]);
///
/// history.observe("index", Duration::from_secs(2));
/// let estimates = forecast.estimates(&history, tasks());
/// assert!(estimates[0] > estimates[1]);
/// ```
#[derive(Debug, Clone)]
pub struct Forecast {
    is_confident: bool,
}

impl Forecast {
    /// For a graph with these tasks, each a kind and the caller's hint, as it is submitted. O(tasks
    /// log kinds).
    pub fn new<'a>(
        history: &History,
        tasks: impl Iterator<Item = (&'a str, Option<Duration>)>,
    ) -> Self {
        let (known, all) = count(history, tasks);
        Self::of(known, all)
    }

    /// The same for a driver that has counted by itself: so many of all the tasks have a hint or a
    /// known kind. O(1).
    pub fn of(known: usize, all: usize) -> Self {
        Self { is_confident: known >= all.saturating_sub(known) }
    }

    /// How long each of its tasks is likely to run: as [`History::estimate`] says, or nothing at
    /// all while too little is known. O(tasks log kinds).
    pub fn estimates<'a>(
        &mut self,
        history: &History,
        tasks: impl Iterator<Item = (&'a str, Option<Duration>)> + Clone,
    ) -> Vec<Duration> {
        let (known, all) = count(history, tasks.clone());
        self.is_confident = self.is_met_by(known, all);
        let estimate = |(kind, hint)| match self.is_confident {
            true => history.estimate(kind, hint),
            false => Duration::ZERO,
        };
        tasks.map(estimate).collect()
    }

    /// Whether enough is known, now that so many of all the tasks have a hint or a known kind.
    /// O(1).
    pub fn is_met_by(&self, known: usize, all: usize) -> bool {
        self.is_confident || known >= all
    }
}

/// Of how many tasks something is known, and how many there are.
fn count<'a>(
    history: &History,
    tasks: impl Iterator<Item = (&'a str, Option<Duration>)>,
) -> (usize, usize) {
    tasks.fold((0, 0), |(known, all), (kind, hint)| {
        (known + usize::from(is_known(history, kind, hint)), all + 1)
    })
}

fn is_known(history: &History, kind: &str, hint: Option<Duration>) -> bool {
    hint.is_some() || history.get(kind).is_some()
}

#[cfg(test)]
mod tests {
    use super::Forecast;
    use crate::History;
    use std::time::Duration;

    const SECOND: Duration = Duration::from_secs(1);

    fn tasks(
        hint: Option<Duration>,
    ) -> impl Iterator<Item = (&'static str, Option<Duration>)> + Clone {
        [("a", hint), ("b", None), ("b", None), ("c", hint)].into_iter()
    }

    #[test]
    fn half_is_enough_at_the_beginning_and_all_is_needed_later() {
        let mut history = History::default();
        history.observe("a", SECOND);
        let mut stranger = Forecast::new(&history, tasks(None));
        assert_eq!(stranger.estimates(&history, tasks(None)), [Duration::ZERO; 4]);
        history.observe("b", SECOND);
        assert_eq!(stranger.estimates(&history, tasks(None)), [Duration::ZERO; 4], "c is unknown");
        let mut friend = Forecast::new(&history, tasks(None));
        assert!(friend.estimates(&history, tasks(None)).iter().all(|it| !it.is_zero()));
        history.observe("c", SECOND);
        assert!(stranger.estimates(&history, tasks(None)).iter().all(|it| !it.is_zero()));
    }

    #[test]
    fn hints_count_as_much_as_kinds() {
        let mut forecast = Forecast::new(&History::default(), tasks(Some(SECOND)));
        let estimates = forecast.estimates(&History::default(), tasks(Some(SECOND)));
        assert_eq!((estimates[0], estimates[3]), (SECOND, SECOND));
        assert!(!estimates[1].is_zero());
    }
}
