//! Improving the order of a graph before it starts.

use super::rehearsal::{Direction, Rehearsal};
use crate::graph::{GraphPlan, SchedulerConfig};
use primitives::rng::Rng;

/// How long, and for how many slots, to [look ahead](GraphPlan::look_ahead).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LookAhead {
    /// How many tasks are expected to run at once.
    pub slots: usize,
    /// How many task starts may be rehearsed, all rehearsals together. One takes a few hundred
    /// nanoseconds. A graph with more than a third as many tasks keeps its order.
    pub starts_max: u64,
    /// The same seed finds the same order.
    pub seed: u64,
}

/// How much, at most, a disturbance changes a rank; one of them is drawn. The last one leaves
/// nothing of the order there was, so that every order may be found.
const DISTURBANCES: [f64; 5] = [0.01, 0.03, 0.1, 0.3, f64::INFINITY];
/// How much more a task counts that takes all memory, in ranks of the whole graph; each is tried.
const MEMORY_WEIGHTS: [f64; 3] = [0.3, 1.0, 3.0];

/// So many heads of tasks, and as many tails, are looked at for a bound at most.
const LEVELS_MAX: u64 = 32;
/// One window between a head and a tail for so many rehearsals that there is time for, so that the
/// bound takes no more than some hundredths of the search.
const WINDOWS_SHARE: u64 = 8;

impl GraphPlan {
    /// Rehearses the graph again and again, and keeps the order in which it ends first.
    ///
    /// Critical-path order is good, not the best. With estimates that are known to be good and
    /// time to spare before the start, some of the difference can be found: the schedule is
    /// pushed to the right and to the left again (K. Y. Li and R. J. Willis, "An iterative
    /// scheduling technique for resource-constrained project scheduling", EJOR 56(3), 1992), ranks
    /// are disturbed at random, and whatever is not worse is kept (iterated local search), until
    /// time is up or a [bound](crate::sim::memory_lower_bound) has been reached that no order
    /// beats. Budgets, groups and rates are respected, so that large tasks find their place and
    /// what a group lets through one by one begins early. The result never ends later than the
    /// order there was, if the graph has all of that for itself, rates are untouched when it
    /// begins, and the estimates are exact. Bad estimates make it as bad as any other order.
    ///
    /// Each task's rank becomes the time from its start to the end of the graph. Nothing happens
    /// under policies that look at no rank. `config` is what the plan was made for.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime_scheduler::{GraphPlan, LookAhead, SchedulerConfig, TaskId, TaskScheduler};
    /// use graph_runtime_scheduler::TaskSpec;
    /// use primitives::Timestamp;
    /// use std::time::Duration;
    ///
    /// // Longest first needs 7 seconds on two slots: 3 + 2 + 2 and 3 + 2.
    /// let seconds = [3, 3, 2, 2, 2];
    /// let task = |n: usize| {
    ///     TaskSpec::new(TaskId::new(n as u64), n).estimate(Duration::from_secs(seconds[n]))
    /// };
    /// let tasks: Vec<_> = (0..5).map(task).collect();
    /// let config = SchedulerConfig { max_in_flight: 2, ..Default::default() };
    /// let how = LookAhead { slots: 2, starts_max: 10_000, seed: 1 };
    /// let plan = GraphPlan::new(&config, 5, |n| tasks[n].terms())?.look_ahead(&config, how);
    ///
    /// let mut scheduler = TaskScheduler::new(config)?;
    /// scheduler.submit_plan(plan, |n| n, Default::default(), Timestamp::ZERO)?;
    /// let first = [(); 2].map(|()| scheduler.dispatch(Timestamp::ZERO).expect("ready").payload);
    /// // Six seconds are enough: 3 + 3 and 2 + 2 + 2.
    /// assert_eq!(first.iter().filter(|&&n| seconds[n] == 3).count(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn look_ahead(mut self, config: &SchedulerConfig, how: LookAhead) -> Self {
        if config.policy.knows_ranks() && how.starts_max >= 3 * self.len() as u64 {
            let ranks = Search::new(&self, config, how).run();
            for (node, rank) in self.nodes.iter_mut().zip(ranks) {
                node.rank = rank;
            }
        }
        self
    }
}

/// Ranks, and when the graph ends if they decide.
#[derive(Debug, Clone)]
struct Candidate {
    end: u64,
    ranks: Vec<u64>,
}

struct Search<'a> {
    rehearsal: Rehearsal<'a>,
    /// The ranks of the plan.
    given: Vec<u64>,
    /// Task starts that may still be rehearsed.
    starts_left: u64,
    rng: Rng,
}

impl<'a> Search<'a> {
    fn new(plan: &'a GraphPlan, config: &SchedulerConfig, how: LookAhead) -> Self {
        Self {
            rehearsal: Rehearsal::new(plan, config, how.slots),
            given: plan.nodes.iter().map(|node| node.rank).collect(),
            // Two more settle what has been found.
            starts_left: how.starts_max - 2 * plan.len() as u64,
            rng: Rng::new(how.seed),
        }
    }

    /// The best ranks that can be found.
    fn run(&mut self) -> Vec<u64> {
        let given = self.given.clone();
        let Some(mut current) = self.rehearse(given) else { return self.given.clone() };
        let bound = self.bound();
        let mut best = current.clone();
        for weight in MEMORY_WEIGHTS {
            let ranks = self.weighted(weight);
            self.try_out(ranks, &mut current, &mut best);
        }
        while self.starts_left > 0 && best.end > bound {
            let ranks = self.disturbed(&current.ranks);
            self.try_out(ranks, &mut current, &mut best);
        }
        self.settled(best)
    }

    /// What ends the search when it has been found, in a fraction of the time for which one can go
    /// on.
    fn bound(&self) -> u64 {
        let rehearsals = self.starts_left / self.given.len().max(1) as u64;
        let levels = (rehearsals / WINDOWS_SHARE).isqrt().clamp(1, LEVELS_MAX);
        self.rehearsal.bound(&self.given, levels as usize)
    }

    /// Goes on from `ranks` if they, or what pushing makes of them, are not worse.
    fn try_out(&mut self, ranks: Vec<u64>, current: &mut Candidate, best: &mut Candidate) {
        let Some(mut candidate) = self.rehearse(ranks) else { return };
        while let Some(pushed) = self.pushed() {
            if pushed.end >= candidate.end {
                break;
            }
            candidate = pushed;
        }
        if candidate.end <= current.end {
            *current = candidate;
        }
        if current.end < best.end {
            best.clone_from(current);
        }
    }

    /// `None` when there is no time for it.
    fn rehearse(&mut self, ranks: Vec<u64>) -> Option<Candidate> {
        let end = self.timed(&ranks, Direction::Forward)?;
        Some(Candidate { end, ranks })
    }

    fn timed(&mut self, ranks: &[u64], direction: Direction) -> Option<u64> {
        let Some(left) = self.starts_left.checked_sub(ranks.len().max(1) as u64) else {
            self.starts_left = 0;
            return None;
        };
        self.starts_left = left;
        Some(self.rehearsal.run(ranks, direction))
    }

    /// Pushes the last schedule to the right, whoever ended last first, and then to the left,
    /// whoever had to start first first.
    fn pushed(&mut self) -> Option<Candidate> {
        let ends = self.rehearsal.ends.clone();
        self.timed(&ends, Direction::Backward)?;
        let ranks = self.rehearsal.ends.clone();
        self.rehearse(ranks)
    }

    fn disturbed(&mut self, ranks: &[u64]) -> Vec<u64> {
        let most = DISTURBANCES[self.rng.below(DISTURBANCES.len() as u32) as usize];
        let disturb = |&rank: &u64| {
            if most.is_infinite() {
                return self.rng.next_u64() >> 2;
            }
            let factor = 1.0 + most * (2.0 * self.rng.unit() - 1.0);
            (rank as f64 * factor) as u64
        };
        ranks.iter().map(disturb).collect()
    }

    /// The ranks of the plan, with large tasks urgent because they are large.
    fn weighted(&self, weight: f64) -> Vec<u64> {
        let longest = self.given.iter().copied().max().unwrap_or(0) as f64;
        let shares = self.given.iter().zip(self.rehearsal.memory_shares());
        shares.map(|(&rank, share)| (rank as f64 + weight * longest * share) as u64).collect()
    }

    /// The same order, told by the time that is left from each task's start.
    fn settled(&mut self, best: Candidate) -> Vec<u64> {
        self.rehearsal.run(&best.ranks, Direction::Forward);
        let left: Vec<u64> = self.rehearsal.starts().map(|start| best.end - start).collect();
        // Where tasks wait for room, who waits first may matter and is not in the times.
        let is_as_good = self.rehearsal.run(&left, Direction::Forward) <= best.end;
        if is_as_good { left } else { best.ranks }
    }
}

#[cfg(test)]
mod tests {
    use super::{LookAhead, Search};
    use crate::graph::{GraphPlan, ResourceRequirements, SchedulerConfig, TaskId, TaskSpec};
    use std::time::Duration;

    #[test]
    fn who_cannot_get_better_for_want_of_memory_stops() {
        let config = SchedulerConfig { memory_bytes: 10, ..Default::default() };
        // Of four slots two are of use.
        let needs = ResourceRequirements { memory_bytes: 5, ..Default::default() };
        let task = |n: u64| {
            let task = TaskSpec::new(TaskId::new(n), ()).estimate(Duration::from_secs(n));
            task.requirements(needs)
        };
        let tasks: Vec<_> = (1..=8).map(task).collect();
        let plan = GraphPlan::new(&config, tasks.len(), |n| tasks[n].terms()).unwrap();
        let how = LookAhead { slots: 4, starts_max: 1_000_000, seed: 3 };
        let mut search = Search::new(&plan, &config, how);
        search.run();
        assert!(search.starts_left > 990_000, "{} of a million are left", search.starts_left);
    }
}
