//! How often a running graph is ranked again.

use std::time::Duration;

/// The first time that a graph's ranks are computed again is when one in so many of its tasks has
/// completed.
const FIRST_SHARE: usize = 64;
/// Each further time is when more tasks have completed by one in so many than the last time.
const STEP_SHARE: usize = 4;
/// How long tasks have to have run between two times, for each task of the graph: some two hundred
/// times what ranking it takes, with a few edges.
const WORTH: Duration = Duration::from_micros(30);

/// How far a running graph is, with what was added to it, and when estimates that have moved are
/// worth ranking it by.
///
/// Ranking is O(tasks + edges). It is done when estimates have moved and at least one in 64 tasks
/// has completed, and then when a quarter more have than the last time: no more than about twenty
/// times in the life of a graph that does not grow, so that the work is bounded by a constant for
/// each task and edge. It is not done before tasks have run for 30 us for each task of the graph,
/// either: that makes ranking cost less than one per cent of what the tasks do, however short they
/// are.
///
/// # Examples
///
/// ```
/// use graph_runtime_scheduler::Pace;
/// use std::time::Duration;
///
/// let mut pace = Pace::default();
/// pace.expect(640);
/// // Estimates move each time that a task completes.
/// let mut ends = |moves| pace.advance(Duration::from_secs(1), moves);
/// let ranked: Vec<u64> = (1..=640).filter(|&moves| ends(moves)).collect();
/// assert_eq!(ranked[..5], [10, 12, 15, 18, 22]);
/// assert_eq!(ranked.len(), 20);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Pace {
    tasks: usize,
    completed: usize,
    /// How many have to have completed before ranks are computed again; 0 if they have not been
    /// yet.
    next: usize,
    /// Moves of estimates that the ranks know of.
    moves: u64,
    /// How long tasks have run since the ranks were computed.
    worked: Duration,
}

impl Pace {
    /// The graph has so many more tasks.
    pub fn expect(&mut self, tasks: usize) {
        self.tasks += tasks;
    }

    /// A task of the graph has completed after `run_time`, and estimates have moved so often by
    /// now. Whether ranks are to be computed again. O(1).
    pub fn advance(&mut self, run_time: Duration, moves: u64) -> bool {
        self.completed += 1;
        self.worked = self.worked.saturating_add(run_time);
        if !self.is_due() || self.moves == moves {
            return false;
        }
        self.moves = moves;
        self.worked = Duration::ZERO;
        self.next = self.completed + (self.completed / STEP_SHARE).max(1);
        true
    }

    /// Whether enough has happened, and something is left to be ranked.
    fn is_due(&self) -> bool {
        let next = self.next.max(self.tasks / FIRST_SHARE).max(1);
        let worth = WORTH.saturating_mul(u32::try_from(self.tasks).unwrap_or(u32::MAX));
        (next..self.tasks).contains(&self.completed) && self.worked >= worth
    }
}

#[cfg(test)]
mod tests {
    use super::{Pace, WORTH};
    use std::time::Duration;

    /// So long that ranking is cheap beside it.
    const LONG: Duration = Duration::from_secs(1 << 20);

    /// Of a graph of so many tasks.
    fn of(tasks: usize) -> Pace {
        let mut pace = Pace::default();
        pace.expect(tasks);
        pace
    }

    #[test]
    fn ranks_are_computed_about_twenty_times_at_most() {
        for tasks in (1..2_000).chain([100_000, 1 << 20]) {
            let mut pace = of(tasks);
            let times = (1..=tasks as u64).filter(|&moves| pace.advance(LONG, moves)).count();
            assert!(times <= 22, "{times} of {tasks}");
        }
        let mut small = of(13);
        let times: Vec<u64> = (1..=13).filter(|&moves| small.advance(LONG, moves)).collect();
        assert_eq!(times, [1, 2, 3, 4, 5, 6, 7, 8, 10, 12]);
    }

    #[test]
    fn what_is_added_counts() {
        let mut pace = of(1);
        let mut grows = |moves: u64| {
            pace.expect(1);
            pace.advance(LONG, moves)
        };
        let times: Vec<u64> = (1..=100_000).filter(|&moves| grows(moves)).collect();
        assert!((40..60).contains(&times.len()), "{times:?}");
        assert!(times.windows(2).skip(8).all(|pair| 5 * pair[1] >= 6 * pair[0]), "{times:?}");
        assert!(!pace.advance(LONG, 200_000), "that was the last");
    }

    #[test]
    fn nothing_is_computed_before_an_estimate_has_moved() {
        let mut pace = of(100);
        assert!((0..50).all(|_| !pace.advance(LONG, 0)));
        assert!(pace.advance(LONG, 1));
        assert!((0..10).all(|_| !pace.advance(LONG, 1)));
    }

    #[test]
    fn tasks_that_are_shorter_than_ranking_is_are_ranked_once_in_a_while() {
        let tasks = 1_000_u32;
        let mut short = of(tasks as usize);
        assert!(
            (1..=1_000).all(|moves| !short.advance(WORTH / 2, moves)),
            "half of what it is worth"
        );
        let mut longer = of(tasks as usize);
        let ends: Vec<u64> =
            (1..=1_000).filter(|&moves| longer.advance(4 * WORTH, moves)).collect();
        assert_eq!(ends, [250, 500, 750]);
    }
}
