//! How many runners are worth having.

use std::time::Duration;

/// What it costs, about, to hand a task to another worker: the core's lock, the task's memory,
/// and perhaps a wake. Workers beyond one for each such span of a task's run time would mostly
/// wait for each other.
const HAND_OVER_NS: u64 = 500;

/// What the mean is taken over, about: so many attempts.
const WEIGHT: u64 = 8;

/// The runners that hold a worker or are queued for one: as many as have something to gain, and
/// never more than there are workers. Those whose attempt waits for its waker do not count.
///
/// While attempts are shorter than a hand-over takes, one runner is fastest and the others stay
/// away, so an attempt that suddenly takes long would hold up those behind it. That is the
/// business of a [watch](super::watch), and so are attempts that block all workers: there are as
/// many more runners as there are threads that stand in for blocked workers.
#[derive(Debug)]
pub(in crate::executor) struct Crew {
    active: usize,
    /// The most that are of use; `usize::MAX` if every attempt gets a runner at once.
    max: usize,
    /// Threads that stand in for blocked workers, when the watch last looked.
    stand_ins: usize,
    /// How long an attempt holds its worker, averaged over the last few that were timed; `None`
    /// if that is not known.
    mean_ns: Option<u64>,
}

impl Crew {
    pub(in crate::executor) fn new(max: usize) -> Self {
        Self { active: 0, max, stand_ins: 0, mean_ns: None }
    }

    /// How many runners are worth having.
    fn useful(&self) -> usize {
        match self.mean_ns {
            Some(mean) if self.max != usize::MAX => {
                let gain = 1 + mean / HAND_OVER_NS;
                self.max.min(usize::try_from(gain).unwrap_or(usize::MAX))
            }
            _ => self.max,
        }
    }

    /// How many there may be.
    fn most(&self) -> usize {
        self.useful().saturating_add(self.stand_ins)
    }

    /// Takes on one more runner, if that is worth it.
    pub(in crate::executor) fn join(&mut self) -> bool {
        let joins = self.active < self.most();
        self.active += usize::from(joins);
        joins
    }

    /// Whether a runner that is done with its attempt should stay; if not, it has left.
    pub(in crate::executor) fn stay(&mut self) -> bool {
        let stays = self.active <= self.most();
        self.active -= usize::from(!stays);
        stays
    }

    /// A runner leaves.
    pub(in crate::executor) fn leave(&mut self) {
        self.active -= 1;
    }

    /// Whether attempts are so short that not all workers are wanted.
    pub(in crate::executor) fn is_short_handed(&self) -> bool {
        self.useful() < self.max
    }

    /// An attempt has held its worker for `held`.
    pub(in crate::executor) fn observe(&mut self, held: Duration) {
        let held = u64::try_from(held.as_nanos()).unwrap_or(u64::MAX);
        self.mean_ns = Some(match self.mean_ns {
            None => held.min(HAND_OVER_NS.saturating_mul(self.max as u64)),
            Some(mean) => {
                // One that was interrupted by the system, say, must not bring in others alone; but
                // while attempts do take long, the mean may double with each.
                let longest = mean.saturating_mul(WEIGHT).max(HAND_OVER_NS * WEIGHT / 2);
                mean - mean / WEIGHT + held.min(longest) / WEIGHT
            }
        });
    }

    /// So many threads stand in for blocked workers now.
    pub(in crate::executor) fn note_stand_ins(&mut self, stand_ins: usize) {
        self.stand_ins = stand_ins;
    }

    /// What is known of the attempts does not hold any more: all workers are wanted.
    pub(in crate::executor) fn forget_mean(&mut self) {
        self.mean_ns = None;
    }
}

#[cfg(test)]
mod tests {
    use super::Crew;
    use std::time::Duration;

    fn after(attempts: &[u64]) -> Crew {
        let mut crew = Crew::new(4);
        attempts.iter().for_each(|&ns| crew.observe(Duration::from_nanos(ns)));
        crew
    }

    fn joins(crew: &mut Crew) -> usize {
        (0..10).filter(|_| crew.join()).count()
    }

    #[test]
    fn one_worker_for_each_hand_over_that_fits_into_an_attempt() {
        assert_eq!(joins(&mut after(&[])), 4, "nothing is known");
        assert_eq!(joins(&mut after(&[100, 80])), 1);
        assert_eq!(joins(&mut after(&[1_100])), 3);
        assert_eq!(joins(&mut after(&[u64::MAX])), 4);
        assert_eq!(joins(&mut after(&[100, 100, u64::MAX])), 1, "once is not enough");
        assert_eq!(joins(&mut after(&[100, 100, u64::MAX, u64::MAX])), 2);
        assert_eq!(joins(&mut after(&[&[100; 9][..], &[5_000; 5]].concat())), 4, "five are");
    }

    #[test]
    fn who_is_not_wanted_any_more_leaves() {
        let mut crew = after(&[5_000]);
        assert_eq!(joins(&mut crew), 4);
        (0..20).for_each(|_| crew.observe(Duration::from_nanos(10)));
        assert!(crew.is_short_handed());
        assert_eq!((0..4).filter(|_| crew.stay()).count(), 1);
        crew.forget_mean();
        assert_eq!(joins(&mut crew), 3);
    }

    #[test]
    fn who_stands_in_for_a_blocked_worker_gets_a_runner() {
        let mut crew = after(&[5_000]);
        assert_eq!(joins(&mut crew), 4);
        crew.note_stand_ins(2);
        assert_eq!(joins(&mut crew), 2);
        crew.note_stand_ins(0);
        assert_eq!((0..6).filter(|_| crew.stay()).count(), 4);
    }
}
