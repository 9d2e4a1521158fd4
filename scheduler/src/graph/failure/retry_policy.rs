//! How often a task is tried, and how long it waits in between.

use crate::graph::TaskId;
use crate::graph::record::nanos;
use primitives::rng::Rng;
use std::time::Duration;

/// The most attempts a policy may ask for.
pub(crate) const MAX_ATTEMPTS: u32 = 10_000;
/// The longest wait that a policy may lead to: a hundred years. A timestamp can name the end of any
/// such wait, so there is none that silently never ends.
const LONGEST_WAIT: Duration = Duration::from_secs(36_525 * 86_400);

/// How much of a wait is left to chance.
///
/// The formulas are those of M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog,
/// 2015, which also shows by simulation what they are good for: clients that failed together do
/// not all come back together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Jitter {
    /// The wait is what the exponential says.
    None,
    /// Half of what the exponential says, and up to the other half.
    Equal,
    /// Anything from nothing to what the exponential says.
    #[default]
    Full,
}

/// How often a task is tried before its failure counts, and how long it waits after each failure:
/// `base * factor^(n - 1)` after attempt number n, at most `cap`, with [`Jitter`].
///
/// While it waits, a task takes no slot and no resources. Then it is ready again, with the
/// priority, the deadline and the rank it had.
///
/// # Examples
///
/// ```
/// use graph_runtime_scheduler::{Jitter, RetryPolicy, TaskId};
/// use std::time::Duration;
///
/// let second = Duration::from_secs(1);
/// let policy = RetryPolicy { base: second, jitter: Jitter::None, ..RetryPolicy::attempts(5) };
/// assert_eq!(policy.backoff(3, TaskId::new(1), 0), 4 * second);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RetryPolicy {
    /// Attempts there may be in all, 1 to 10,000. Default: 3.
    pub max_attempts: u32,
    /// The wait after the first attempt. Default: 100 ms.
    pub base: Duration,
    /// What each further wait is multiplied by, finite and at least 1. Default: 2.
    pub factor: f64,
    /// The longest wait, at least `base`. Above a hundred years it must be out of reach: a policy
    /// whose waits grow longer than that is refused with its task. Default: 30 s.
    pub cap: Duration,
    /// How much of the wait is left to chance. Default: [`Jitter::Full`].
    pub jitter: Jitter,
    /// Whether an attempt that ran out of its time, or gave no sign of life, is tried again.
    /// Default: yes.
    pub after_timeout: bool,
    /// Whether an attempt that panicked is tried again. Kept for the driver: the scheduler does not
    /// know why an attempt failed. Default: no.
    pub after_panic: bool,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 3,
            base: Duration::from_millis(100),
            factor: 2.0,
            cap: Duration::from_secs(30),
            jitter: Jitter::default(),
            after_timeout: true,
            after_panic: false,
        }
    }
}

impl RetryPolicy {
    /// The default policy with so many attempts in all.
    pub fn attempts(max_attempts: u32) -> Self {
        Self { max_attempts, ..Self::default() }
    }

    /// How long a task waits when attempt number `attempt` has failed; the first is 1.
    ///
    /// The same for the same task, attempt and seed, in whatever order tasks fail. O(attempts).
    pub fn backoff(&self, attempt: u32, task: TaskId, seed: u64) -> Duration {
        let longest = self.exponential(attempt);
        let fixed = match self.jitter {
            Jitter::None => return Duration::from_nanos(longest),
            Jitter::Equal => longest / 2,
            Jitter::Full => 0,
        };
        // Two generators, so that neighbouring tasks, attempts and seeds have nothing in common.
        let of_task = Rng::new(seed ^ Rng::new(task.as_u64()).next_u64()).next_u64();
        let chance = Rng::new(of_task ^ u64::from(attempt)).unit();
        let random = (longest - fixed) as f64 * chance;
        Duration::from_nanos(fixed + random as u64)
    }

    /// The most that a task can wait, after the last attempt but one.
    fn longest_wait(&self) -> Duration {
        let waits = self.max_attempts - 1;
        if waits == 0 { Duration::ZERO } else { Duration::from_nanos(self.exponential(waits)) }
    }

    /// The wait without jitter, in nanoseconds. Multiplied step by step, because that gives the
    /// same bits everywhere.
    fn exponential(&self, attempt: u32) -> u64 {
        let (base, cap) = (nanos(self.base), nanos(self.cap));
        let mut wait = base as f64;
        if self.factor > 1.0 && base > 0 {
            for _ in 1..attempt {
                wait *= self.factor;
                if wait >= cap as f64 {
                    return cap;
                }
            }
        }
        if wait == base as f64 { base } else { (wait as u64).min(cap) }
    }

    /// The first field that makes no sense, its value, and what would be accepted.
    pub(crate) fn flaw(&self) -> Option<(&'static str, String, &'static str)> {
        if !(1..=MAX_ATTEMPTS).contains(&self.max_attempts) {
            let attempts = self.max_attempts.to_string();
            return Some(("retry.max_attempts", attempts, "1 to 10,000 attempts in all"));
        }
        if !self.factor.is_finite() || self.factor < 1.0 {
            let factor = self.factor.to_string();
            return Some(("retry.factor", factor, "a finite number, at least 1"));
        }
        if self.cap < self.base {
            return Some(("retry.cap", format!("{:?}", self.cap), "at least retry.base"));
        }
        if self.cap > LONGEST_WAIT && self.longest_wait() > LONGEST_WAIT {
            let cap = format!("{:?}, which allows a wait of {:?}", self.cap, self.longest_wait());
            return Some(("retry.cap", cap, "at most 100 years, which is 36,525 days"));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{Jitter, RetryPolicy};
    use crate::graph::TaskId;
    use proptest::prelude::*;
    use std::time::Duration;

    const TASK: TaskId = TaskId::new(7);

    fn millis(policy: &RetryPolicy, attempt: u32) -> u128 {
        policy.backoff(attempt, TASK, 1).as_millis()
    }

    #[test]
    fn waits_grow_to_the_cap_and_stay_there() {
        let jitter = Jitter::None;
        let cap = Duration::from_millis(500);
        let policy = RetryPolicy { jitter, cap, ..RetryPolicy::attempts(9) };
        assert_eq!([1, 2, 3, 4, 10_000].map(|n| millis(&policy, n)), [100, 200, 400, 500, 500]);
        let steady = RetryPolicy { factor: 1.0, ..policy };
        assert_eq!([1, 2, 10_000].map(|n| millis(&steady, n)), [100, 100, 100]);
        let at_once = RetryPolicy { base: Duration::ZERO, ..policy };
        assert_eq!([1, 2, 10_000].map(|n| millis(&at_once, n)), [0, 0, 0]);
        let for_ever = RetryPolicy { base: Duration::MAX, cap: Duration::MAX, ..policy };
        assert_eq!(for_ever.backoff(2, TASK, 0), Duration::from_nanos(u64::MAX));
    }

    #[test]
    fn chance_spreads_evenly_over_what_it_may_take() {
        for (jitter, least) in [(Jitter::Full, 0), (Jitter::Equal, 50)] {
            let policy = RetryPolicy { jitter, ..RetryPolicy::default() };
            let waits: Vec<_> =
                (0..4_000).map(|n| policy.backoff(1, TaskId::new(n), 3).as_millis()).collect();
            assert!(waits.iter().all(|wait| (least..100).contains(wait)));
            let below_the_middle = waits.iter().filter(|&&wait| wait < (least + 100) / 2).count();
            // Five standard deviations of a fair coin.
            assert!((1_842..=2_158).contains(&below_the_middle), "{below_the_middle}");
        }
    }

    #[test]
    fn nonsense_is_named() {
        let flaw = |policy: RetryPolicy| policy.flaw().map(|(field, ..)| field);
        let fine = RetryPolicy::default();
        assert_eq!(flaw(fine), None);
        assert_eq!(flaw(RetryPolicy::attempts(0)), Some("retry.max_attempts"));
        assert_eq!(flaw(RetryPolicy::attempts(10_001)), Some("retry.max_attempts"));
        for factor in [f64::NAN, f64::INFINITY, 0.99, -2.0] {
            assert_eq!(flaw(RetryPolicy { factor, ..fine }), Some("retry.factor"));
        }
        let cap = Duration::from_millis(99);
        assert_eq!(flaw(RetryPolicy { cap, ..fine }), Some("retry.cap"));
    }

    #[test]
    fn a_wait_that_nobody_lives_to_see_the_end_of_is_refused() {
        let uncapped = |base, max_attempts| {
            let cap = Duration::MAX;
            RetryPolicy { base, cap, ..RetryPolicy::attempts(max_attempts) }.flaw()
        };
        let year = Duration::from_secs(365 * 86_400 + 21_600);
        assert_eq!(uncapped(100 * year, 2), None);
        assert_eq!(uncapped(50 * year, 3), None, "50 years, then 100");
        assert_eq!(uncapped(Duration::from_millis(100), 35), None);
        assert_eq!(uncapped(Duration::MAX, 1), None, "there is no wait");
        for too_long in [uncapped(101 * year, 2), uncapped(50 * year, 4), uncapped(year, 10_000)] {
            let (field, value, expected) = too_long.expect("refused");
            assert_eq!(field, "retry.cap");
            assert!(value.contains("a wait of") && expected.contains("100 years"), "{value}");
        }
    }

    proptest! {
        #[test]
        fn a_wait_is_never_longer_than_the_exponential_and_the_same_again(
            attempt in 1..40_u32,
            task in 0..1_000_u64,
            seed in any::<u64>(),
            factor in 1.0..5.0,
        ) {
            let policy = RetryPolicy { factor, ..RetryPolicy::attempts(99) };
            let exponential = policy.base.as_secs_f64() * factor.powi(attempt as i32 - 1);
            let longest = exponential.min(policy.cap.as_secs_f64());
            let wait = policy.backoff(attempt, TaskId::new(task), seed);
            prop_assert!(wait.as_secs_f64() <= longest * (1.0 + 1e-9));
            prop_assert_eq!(wait, policy.backoff(attempt, TaskId::new(task), seed));
            let none = RetryPolicy { jitter: Jitter::None, ..policy };
            let all = none.backoff(attempt, TaskId::new(task), seed).as_secs_f64();
            prop_assert!((all - longest).abs() <= 1e-9 + longest * 1e-9);
        }
    }
}
