//! The order in which ready tasks start.

use super::record::Record;
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
    /// Inside one graph without deadlines this is critical-path list scheduling (T. C. Hu,
    /// "Parallel sequencing and assembly line problems", Operations Research 9(6), 1961; upward
    /// rank after Topcuoglu, Hariri and Wu, IEEE TPDS 13(3), 2002).
    #[default]
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
            Self::CriticalPath => "critical-path",
            Self::Fifo => "fifo",
            Self::LevelBarrier => "level-barrier",
        })
    }
}

/// What the ready queue sorts by, smallest first.
///
/// The sequence number is unique, so no two keys are equal and the order is total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    urgency: Urgency,
    /// When the task became ready, in order of events.
    pub(crate) sequence: u64,
}

/// What a policy looks at, but for the order in which tasks became ready. Fields that it does not
/// look at are equal for everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Urgency {
    level: u32,
    priority: Reverse<u32>,
    due: Timestamp,
    rank: Reverse<u64>,
}

impl Urgency {
    const SAME: Self =
        Self { level: 0, priority: Reverse(0), due: Timestamp::ZERO, rank: Reverse(0) };
}

impl Policy {
    pub(crate) fn key(self, record: &Record) -> Key {
        let urgency = match self {
            Self::CriticalPath => Urgency {
                level: 0,
                priority: Reverse(record.class),
                due: record.due,
                rank: Reverse(record.rank),
            },
            Self::Fifo => Urgency::SAME,
            Self::LevelBarrier => Urgency { level: record.class, ..Urgency::SAME },
        };
        Key { urgency, sequence: record.sequence }
    }

    /// What a record keeps of a task on `level` that has `priority`.
    pub(crate) fn class(self, priority: u32, level: u32) -> u32 {
        if self.has_barrier() { level } else { priority }
    }

    pub(crate) fn has_barrier(self) -> bool {
        self == Self::LevelBarrier
    }
}

#[cfg(test)]
impl Key {
    pub(crate) fn with_rank(rank: u64, sequence: u64) -> Self {
        Self { urgency: Urgency { rank: Reverse(rank), ..Urgency::SAME }, sequence }
    }
}
