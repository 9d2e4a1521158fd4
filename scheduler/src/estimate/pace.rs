//! How often a running graph is ranked again.

/// The first time that a graph's ranks are computed again is when one in so many of its tasks has
/// completed.
const FIRST_SHARE: usize = 64;
/// Each further time is when more tasks have completed by one in so many than the last time.
const STEP_SHARE: usize = 4;

/// How far a running graph is, with what was added to it, and when estimates that have moved are worth
/// ranking it by.
///
/// Ranking is O(tasks + edges). It is done when estimates have moved and at least one in 64 tasks
/// has completed, and then when a quarter more have than the last time: no more than about twenty
/// times in the life of a graph that does not grow, so that the work is bounded by a constant for each
/// task and edge.
///
/// # Examples
///
/// ```
/// use graph_runtime_scheduler::Pace;
///
/// let mut pace = Pace::default();
/// pace.expect(640);
/// // Estimates move each time that a task completes.
/// let ranked: Vec<u64> = (1..=640).filter(|&moves| pace.advance(moves)).collect();
/// assert_eq!(ranked[..5], [10, 12, 15, 18, 22]);
/// assert_eq!(ranked.len(), 20);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Pace {
    tasks: usize,
    completed: usize,
    /// When to compute the ranks again; 0 if nothing has completed yet.
    next: usize,
    /// Moves of estimates that the ranks know of.
    moves: u64,
}

impl Pace {
    /// The graph has so many more tasks.
    pub fn expect(&mut self, tasks: usize) {
        self.tasks += tasks;
    }

    /// A task of the graph has completed, and estimates have moved so often by now. Whether ranks are
    /// to be computed again. O(1).
    pub fn advance(&mut self, moves: u64) -> bool {
        self.completed += 1;
        self.next = self.next.max(self.tasks / FIRST_SHARE).max(1);
        if self.completed < self.next || self.moves == moves || self.completed >= self.tasks {
            return false;
        }
        self.moves = moves;
        self.next = self.completed + (self.completed / STEP_SHARE).max(1);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::Pace;

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
            let times = (1..=tasks as u64).filter(|&moves| pace.advance(moves)).count();
            assert!(times <= 22, "{times} of {tasks}");
        }
        let mut small = of(13);
        let times: Vec<u64> = (1..=13).filter(|&moves| small.advance(moves)).collect();
        assert_eq!(times, [1, 2, 3, 4, 5, 6, 7, 8, 10, 12]);
    }

    #[test]
    fn what_is_added_counts() {
        let mut pace = of(1);
        let mut grows = |moves: u64| {
            pace.expect(1);
            pace.advance(moves)
        };
        let times: Vec<u64> = (1..=100_000).filter(|&moves| grows(moves)).collect();
        assert!((40..60).contains(&times.len()), "{times:?}");
        assert!(times.windows(2).skip(8).all(|pair| 5 * pair[1] >= 6 * pair[0]), "{times:?}");
        assert!(!pace.advance(200_000), "that was the last");
    }

    #[test]
    fn nothing_is_computed_before_an_estimate_has_moved() {
        let mut pace = of(100);
        assert!((0..50).all(|_| !pace.advance(0)));
        assert!(pace.advance(1));
        assert!((0..10).all(|_| !pace.advance(1)));
    }
}
