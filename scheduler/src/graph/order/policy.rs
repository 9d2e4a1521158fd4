//! The order in which ready tasks start.

use super::due::{behind_all, latest_start, slack_start};
use super::stage;
use crate::graph::record::Record;
use primitives::Timestamp;
use std::cmp::Reverse;
use std::fmt;

/// Which ready task starts first.
///
/// A policy orders; it never lets a task start before its dependencies, nor past the limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Policy {
    /// Higher priority first, then the earlier effective deadline, then the larger upward rank
    /// (the longest way to an end of the graph), then whoever became ready first.
    ///
    /// Where nobody has a deadline, graphs go in the order of their submission, and tasks submitted
    /// alone between two graphs like a graph: ranks of different graphs say nothing about each
    /// other. Whoever has one goes before whoever has none.
    ///
    /// Between graphs this is earliest deadline first (J. R. Jackson, "Scheduling a production line
    /// to minimize maximum tardiness", UCLA, 1955), inside one critical-path list scheduling (T. C.
    /// Hu, "Parallel sequencing and assembly line problems", Operations Research 9(6), 1961; upward
    /// rank after Topcuoglu, Hariri and Wu, IEEE TPDS 13(3), 2002).
    #[default]
    Deadline,
    /// As [`Deadline`](Self::Deadline), but whoever has to start first goes first instead of
    /// whoever is due first, and whatever can no longer be done in time starts last among those
    /// of its priority, so that it makes nothing else late.
    ///
    /// When a task has to start is its effective deadline less its estimate, or its graph's
    /// deadline less its upward rank if that is earlier (least slack: M. L. Dertouzos and A. K.
    /// Mok, "Multiprocessor on-line scheduling of hard-real-time tasks", IEEE Transactions on
    /// Software Engineering 15(12), 1989). By itself this is no better than the earliest deadline
    /// when there is too much to do; without what is hopeless there is not.
    ///
    /// A graph with a deadline of its own ([`GraphPlan::due_by`](crate::graph::GraphPlan::due_by))
    /// is given up as a whole when one of its tasks comes first in the queue and either the longest
    /// way from there to an end, or the work that is left in the graph shared by as many tasks as
    /// may run at once, would end late. A task outside such a graph is given up by itself. Giving
    /// up is for good.
    Demote,
    /// The priority, plus 500 in the last minute before the effective deadline, 1,000 in the last
    /// ten seconds and 10,000 from then on; then whoever became ready first. Estimates count only
    /// for effective deadlines.
    ///
    /// A boost knows how late a task is and not how much there is left to do, so that many tasks
    /// are urgent at the same time; it is here to compare with.
    StaticBoost,
    /// Higher priority first, then the larger upward rank, then whoever became ready first.
    /// Deadlines are ignored, and the ranks of different graphs compared with each other.
    CriticalPath,
    /// Whoever became ready first. Priorities, deadlines and estimates are ignored.
    Fifo,
    /// Level by level: a task starts only when every task of the lower levels of its graph has
    /// ended. A task's level is the longest chain of dependencies below it, inside its graph.
    ///
    /// This is how systems with a barrier after each stage behave; it is here to compare with.
    /// Tasks submitted alone have levels too, but no barrier: they are sorted by level only.
    LevelBarrier,
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Deadline => "deadline",
            Self::Demote => "demote",
            Self::StaticBoost => "static-boost",
            Self::CriticalPath => "critical-path",
            Self::Fifo => "fifo",
            Self::LevelBarrier => "level-barrier",
        })
    }
}

/// What the ready queue sorts by, smallest first: class, effective deadline, upward rank and
/// sequence number, one behind the other in 224 bits, so that two keys compare as two numbers.
///
/// The sequence number is unique, so no two keys are equal and the order is total. It also says
/// who became ready first. What a policy does not look at is the same for everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    high: u128,
    /// The lowest 32 bits are free.
    low: u128,
}

impl Key {
    pub(crate) fn new(class: u32, due: Timestamp, rank: Reverse<u64>, sequence: u64) -> Self {
        let later = u128::from(due.as_nanos());
        let shorter = u128::from(!rank.0);
        Self {
            high: u128::from(class) << 96 | later << 32 | shorter >> 32,
            low: (shorter & u128::from(u32::MAX)) << 96 | u128::from(sequence) << 32,
        }
    }

    /// The key with the number of a slot behind it, in the place of any other. That changes no
    /// order. A key by itself has a zero there.
    pub(crate) fn with_slot(self, slot: u32) -> Self {
        Self { low: self.low >> 32 << 32 | u128::from(slot), ..self }
    }

    /// The number that was put behind the key.
    pub(crate) fn slot(self) -> u32 {
        self.low as u32
    }
}

impl Policy {
    pub(crate) fn key(self, record: &Record) -> Key {
        let Record { class, due, rank, sequence, stage, .. } = *record;
        let no_due = Timestamp::ZERO;
        if stage == stage::FRONT {
            return Key::new(0, no_due, Reverse(u64::MAX), sequence);
        }
        match self {
            Self::Deadline => Key::new(!class, due, Reverse(rank), sequence),
            Self::Demote => {
                let due = if stage == stage::GIVEN_UP { behind_all(due) } else { due };
                Key::new(!class, due, Reverse(rank), sequence)
            }
            Self::StaticBoost => {
                let class = class.saturating_add(stage::boost(stage));
                Key::new(!class, no_due, Reverse(0), sequence)
            }
            Self::CriticalPath => Key::new(!class, no_due, Reverse(rank), sequence),
            Self::Fifo => Key::new(0, no_due, Reverse(0), sequence),
            Self::LevelBarrier => Key::new(class, no_due, Reverse(0), sequence),
        }
    }

    /// What a record keeps of a deadline that is `left` nanoseconds of work away.
    pub(crate) fn due(self, due: Timestamp, left: u64) -> Timestamp {
        if self == Self::Demote { slack_start(due, left) } else { due }
    }

    /// What the record of a task keeps because of a successor that keeps `due`, given the
    /// estimates of both.
    pub(crate) fn due_before(self, due: Timestamp, successor: u64, own: u64) -> Timestamp {
        latest_start(due, if self == Self::Demote { own } else { successor })
    }

    /// What a record keeps of a task on `level` that has `priority`.
    pub(crate) fn class(self, priority: u32, level: u32) -> u32 {
        if self.has_barrier() { level } else { priority }
    }

    pub(crate) fn has_barrier(self) -> bool {
        self == Self::LevelBarrier
    }

    /// Whether ranks decide among tasks that are equal otherwise.
    pub(crate) fn knows_ranks(self) -> bool {
        self.knows_deadlines() || self == Self::CriticalPath
    }

    /// Whether effective deadlines come before ranks.
    pub(crate) fn knows_deadlines(self) -> bool {
        matches!(self, Self::Deadline | Self::Demote)
    }
}

#[cfg(test)]
impl Key {
    pub(crate) fn with_rank(rank: u64, sequence: u64) -> Self {
        Self::new(0, Timestamp::ZERO, Reverse(rank), sequence)
    }

    pub(crate) fn sequence(self) -> u64 {
        (self.low >> 32) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::Key;
    use primitives::Timestamp;
    use proptest::prelude::*;
    use std::cmp::Reverse;

    /// Few different values, and the ends of the range.
    fn number() -> impl Strategy<Value = u64> {
        prop_oneof![0..3_u64, Just(1 << 32), Just((1 << 32) - 1), Just(u64::MAX), any::<u64>()]
    }

    proptest! {
        #[test]
        fn keys_compare_as_what_they_are_made_of(
            a in (any::<u32>(), number(), number(), number()),
            b in (0..3_u32, number(), number(), number()),
            is_near in any::<bool>(),
            slots in any::<[u32; 2]>(),
        ) {
            let a = if is_near { (b.0, b.1, a.2, a.3) } else { a };
            let key = |(class, due, rank, sequence): (u32, u64, u64, u64)| {
                Key::new(class, Timestamp::from_nanos(due), Reverse(rank), sequence)
            };
            let plain = |(class, due, rank, sequence): (u32, u64, u64, u64)| {
                (class, due, Reverse(rank), sequence)
            };
            prop_assert_eq!(key(a).cmp(&key(b)), plain(a).cmp(&plain(b)));
            let (first, second) = (key(a).with_slot(slots[0]), key(b).with_slot(slots[1]));
            prop_assert_eq!([first.slot(), second.slot()], slots);
            if plain(a) != plain(b) {
                prop_assert_eq!(first.cmp(&second), plain(a).cmp(&plain(b)));
            }
        }
    }
}
