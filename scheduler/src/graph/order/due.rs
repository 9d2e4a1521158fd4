//! Effective deadlines, and what stands in for one.

use primitives::Timestamp;
use std::time::Duration;

/// From here on it is no deadline.
const NONE: u64 = 1 << 63;
/// Time zero among latest starts, some of which are before it: 146 years.
const ORIGIN: u64 = 1 << 62;

/// What sorts behind every deadline, and sorts those without one by `round`.
pub(crate) fn none_in(round: u64) -> Timestamp {
    Timestamp::from_nanos(NONE | round)
}

/// Whether `due` is a deadline.
pub(crate) fn is_deadline(due: Timestamp) -> bool {
    due.as_nanos() < NONE
}

/// A caller's deadline. What is centuries away is none.
pub(crate) fn from_caller(deadline: Option<Timestamp>) -> Timestamp {
    deadline.filter(|due| due.as_nanos() < ORIGIN).unwrap_or(Timestamp::MAX)
}

/// Sorts a deadline behind all others, and behind those who have none.
pub(crate) fn behind_all(due: Timestamp) -> Timestamp {
    Timestamp::from_nanos(NONE | NONE >> 1 | due.as_nanos() >> 1)
}

/// When whatever takes as long as `left` must start to be done by `due`, on a scale of its own
/// that reaches back before time zero. No deadline stays none.
pub(crate) fn slack_start(due: Timestamp, left: u64) -> Timestamp {
    if !is_deadline(due) {
        return due;
    }
    Timestamp::from_nanos((ORIGIN + due.as_nanos()).saturating_sub(left))
}

/// Whether it is too late for that at `now`.
pub(crate) fn has_passed(start: Timestamp, now: Timestamp) -> bool {
    is_deadline(start) && start.as_nanos() < now.as_nanos().saturating_add(ORIGIN)
}

/// When a task must start to be done by `due`. No deadline asks nothing of anybody.
pub(crate) fn latest_start(due: Timestamp, estimate: u64) -> Timestamp {
    if is_deadline(due) { due.saturating_sub(Duration::from_nanos(estimate)) } else { due }
}

#[cfg(test)]
mod tests {
    use super::{
        behind_all, from_caller, has_passed, is_deadline, latest_start, none_in, slack_start,
    };
    use primitives::Timestamp;

    #[test]
    fn deadlines_then_none_by_round_then_those_given_up() {
        let due = Timestamp::from_nanos;
        let last = due((1 << 63) - 1);
        let in_order = [due(0), due(9), last, none_in(0), none_in(1), behind_all(due(0))];
        assert!(in_order.is_sorted_by(|a, b| a < b), "{in_order:?}");
        assert!(behind_all(due(8)) < behind_all(last));
        assert!(is_deadline(last) && !is_deadline(none_in(0)) && !is_deadline(Timestamp::MAX));
        assert_eq!(from_caller(Some(due(1 << 62))), Timestamp::MAX);
        assert_eq!(from_caller(Some(due((1 << 62) - 1))), due((1 << 62) - 1));
    }

    #[test]
    fn a_start_may_be_before_the_beginning_of_time() {
        let ns = Timestamp::from_nanos;
        assert!(slack_start(ns(5), 9) < slack_start(ns(5), 8));
        assert!(has_passed(slack_start(ns(5), 6), ns(0)));
        assert!(!has_passed(slack_start(ns(5), 5), ns(0)));
        assert!(!has_passed(slack_start(ns((1 << 62) - 1), 0), ns(1 << 61)));
        assert_eq!(slack_start(none_in(3), 7), none_in(3));
        assert!(!has_passed(Timestamp::MAX, Timestamp::MAX));
    }

    #[test]
    fn no_deadline_stays_none() {
        assert_eq!(latest_start(none_in(3), 7), none_in(3));
        assert_eq!(latest_start(Timestamp::from_nanos(9), 7), Timestamp::from_nanos(2));
        assert_eq!(latest_start(Timestamp::from_nanos(5), 7), Timestamp::ZERO);
    }
}
