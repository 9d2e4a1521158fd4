//! What the limit on tasks in flight is, and how it came to that.

use scheduler::adaptive::{Decision, LimitReason};
use std::collections::VecDeque;
use std::time::Instant;

/// How many decisions are kept.
const DECISIONS_MAX: usize = 64;

/// The limit on tasks in flight, and the last decisions about it.
///
/// # Examples
///
/// ```
/// use graph_runtime::{AsyncTaskExecutor, ExecutorConfig};
///
/// let config = ExecutorConfig { adaptive_scheduling: true, ..ExecutorConfig::default() };
/// let executor = AsyncTaskExecutor::new(config)?;
/// let concurrency = executor.concurrency();
/// assert!(concurrency.limit <= concurrency.most);
/// println!("{} in flight; {}", concurrency.in_flight, concurrency.decisions[0].decision);
/// # Ok::<(), graph_runtime::ExecutorError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Concurrency {
    /// Tasks in flight: started and not ended.
    pub in_flight: usize,
    /// How many may be.
    pub limit: usize,
    /// The most that the limit can be: `max_in_flight`.
    pub most: usize,
    /// Who decides: the label of the [`Controller`](crate::executor::Controller), or `"fixed"`.
    pub controller: &'static str,
    /// The last decisions, the oldest first, at most 64. A decision that says the same as the one
    /// before is not repeated. None if the limit is fixed.
    pub decisions: Vec<LimitChange>,
    /// How many decisions were made for each reason, also those that are not kept any more.
    pub reasons: Vec<(LimitReason, u64)>,
}

/// One decision about the limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LimitChange {
    /// When it was made.
    pub at: Instant,
    /// The limit and the reason.
    pub decision: Decision,
}

/// The last decisions, and how many there were. O(reasons) for each.
#[derive(Debug, Default)]
pub(in crate::executor) struct Decisions {
    last: VecDeque<LimitChange>,
    reasons: Vec<(LimitReason, u64)>,
}

impl Decisions {
    /// Keeps a decision, in the place of the oldest if there are too many.
    pub(in crate::executor) fn push(&mut self, change: LimitChange) {
        if self.last() == Some(change.decision) {
            return;
        }
        if self.last.len() == DECISIONS_MAX {
            self.last.pop_front();
        }
        self.last.push_back(change);
        let reason = change.decision.reason;
        match self.reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, count)) => *count += 1,
            None => self.reasons.push((reason, 1)),
        }
    }

    pub(in crate::executor) fn last(&self) -> Option<Decision> {
        self.last.back().map(|change| change.decision)
    }

    pub(in crate::executor) fn to_vec(&self) -> Vec<LimitChange> {
        self.last.iter().copied().collect()
    }

    pub(in crate::executor) fn reasons(&self) -> Vec<(LimitReason, u64)> {
        self.reasons.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::{DECISIONS_MAX, Decisions, LimitChange};
    use scheduler::adaptive::{Decision, LimitReason};
    use std::time::Instant;

    #[test]
    fn the_last_ones_are_kept_and_none_twice() {
        let (mut decisions, at) = (Decisions::default(), Instant::now());
        for limit in 0..100 {
            let reason = if limit < 10 { LimitReason::Start } else { LimitReason::Best };
            let decision = Decision { limit, reason };
            decisions.push(LimitChange { at, decision });
            decisions.push(LimitChange { at, decision });
        }
        let kept: Vec<_> = decisions.to_vec().iter().map(|it| it.decision.limit).collect();
        assert_eq!(kept, (100 - DECISIONS_MAX..100).collect::<Vec<_>>());
        assert_eq!(decisions.reasons(), [(LimitReason::Start, 10), (LimitReason::Best, 90)]);
    }
}
