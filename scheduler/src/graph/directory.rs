//! Finding a task by its id.

use super::{EndState, TaskId};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Where a task that is still known is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In this slot of the dependency graph.
    Live(u32),
    /// It has ended; this is all that is kept of it.
    Ended {
        /// How.
        end: EndState,
        /// The graph it belongs to, which forgets it, or `NO_JOB`.
        job: u32,
    },
}

/// Every task that has not been forgotten: 16 bytes each, plus the table's slack.
pub(crate) type Directory = HashMap<TaskId, Place, BuildHasherDefault<IdHasher>>;

/// A map by task id for the time of one submission.
pub(crate) type IdMap<V> = HashMap<TaskId, V, BuildHasherDefault<IdHasher>>;

/// One multiplication, folded: enough to spread ids that are counted up or drawn at random.
///
/// Not fit for ids that an adversary chooses: whoever knows the constant can make them collide.
/// Ids come from the program that owns the scheduler, not from the network.
#[derive(Debug, Default)]
pub(crate) struct IdHasher(u64);

impl Hasher for IdHasher {
    fn write_u64(&mut self, number: u64) {
        let product = u128::from(self.0 ^ number) * 0x9E37_79B9_7F4A_7C15_u128;
        self.0 = (product >> 64) as u64 ^ product as u64;
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.write_u64(byte.into()));
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::IdHasher;
    use std::collections::HashSet;
    use std::hash::Hasher;

    #[test]
    fn counted_ids_spread_over_the_low_and_the_high_bits() {
        let hash = |number| {
            let mut hasher = IdHasher::default();
            hasher.write_u64(number);
            hasher.finish()
        };
        for base in [0, 1 << 63, 1 << 32] {
            let low: HashSet<u64> = (0..4096).map(|n| hash(base + n) % 4096).collect();
            let high: HashSet<u64> = (0..4096).map(|n| hash(base + n) >> 52).collect();
            // Random hashing would hit 1 - 1/e of the buckets, 2589.
            assert!(low.len() > 2300, "{base}: {}", low.len());
            assert!(high.len() > 2300, "{base}: {}", high.len());
        }
    }
}
