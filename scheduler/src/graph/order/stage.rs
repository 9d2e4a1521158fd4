//! What time has made of a ready task's urgency.

use super::due::is_deadline;
use primitives::Timestamp;
use std::time::Duration;

/// The stage of every task whose urgency time has not changed.
pub(crate) const USUAL: u8 = 0;
/// Under [`Demote`](crate::graph::Policy::Demote): it will be late whatever is done.
pub(crate) const GIVEN_UP: u8 = 1;
/// It has waited too long, and goes before all others.
pub(crate) const FRONT: u8 = u8::MAX;

/// How long before a deadline each boost begins, and how much it adds to the priority.
const BOOSTS: [(Duration, u32); 3] =
    [(under(60), 500), (under(10), 1_000), (Duration::ZERO, 10_000)];

/// The longest time below so many seconds.
const fn under(seconds: u64) -> Duration {
    Duration::from_nanos(seconds * 1_000_000_000 - 1)
}

/// What a stage adds to the priority under [`StaticBoost`](crate::graph::Policy::StaticBoost).
pub(crate) fn boost(stage: u8) -> u32 {
    match usize::from(stage) {
        0 => 0,
        stage => BOOSTS[stage - 1].1,
    }
}

/// The stage of a task at `now`, and when the next one begins.
pub(crate) fn of(due: Timestamp, now: Timestamp) -> (u8, Option<Timestamp>) {
    if !is_deadline(due) {
        return (USUAL, None);
    }
    let begin = |&(before, _): &(Duration, u32)| due.saturating_sub(before);
    let reached = BOOSTS.iter().filter(|boost| begin(boost) <= now).count();
    (reached as u8, BOOSTS.get(reached).map(begin))
}

#[cfg(test)]
mod tests {
    use super::{boost, of};
    use primitives::Timestamp;
    use std::time::Duration;

    #[test]
    fn a_boost_begins_at_its_time() {
        let at = |seconds| Timestamp::ZERO + Duration::from_secs(seconds);
        let after = |seconds| at(seconds) + Duration::from_nanos(1);
        let stage = |now| {
            let (stage, next) = of(at(100), now);
            (boost(stage), next)
        };
        assert_eq!(stage(at(40)), (0, Some(after(40))));
        assert_eq!(stage(after(40)), (500, Some(after(90))));
        assert_eq!(stage(at(95)), (1_000, Some(at(100))));
        assert_eq!(stage(at(100)), (10_000, None));
        assert_eq!(of(Timestamp::MAX, at(7)), (0, None));
    }
}
