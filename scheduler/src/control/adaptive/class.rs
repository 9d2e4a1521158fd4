//! Tasks that cost about the same.

use std::time::Duration;

/// How many classes are told apart. What is more shares them.
pub(super) const CLASSES: usize = 64;

/// A class of tasks, by which completions are weighted: a cheap task is less work done than a dear
/// one.
///
/// There are 64, so two kinds of tasks may share one; it then weighs as much as their mean.
///
/// # Examples
///
/// ```
/// use graph_runtime_scheduler::adaptive::Class;
/// use std::time::Duration;
///
/// assert_eq!(Class::named("align"), Class::named("align"));
/// assert_ne!(
///     Class::estimated(Duration::from_millis(1)),
///     Class::estimated(Duration::from_millis(8)),
/// );
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Class(u8);

impl Class {
    /// Of tasks with this name. Should each task have a name of its own, the classes become
    /// alike, and so do their weights. O(length).
    pub fn named(name: &str) -> Self {
        // FNV-1a (G. Fowler, L. C. Noll, K.-P. Vo), folded.
        let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325, step);
        Self((hash ^ (hash >> 32) ^ (hash >> 17)) as u8 % CLASSES as u8)
    }

    /// Of tasks that are expected to run about so long, to within a factor of two.
    pub fn estimated(run_time: Duration) -> Self {
        let nanos = u64::try_from(run_time.as_nanos()).unwrap_or(u64::MAX);
        Self((nanos.max(1).ilog2()) as u8)
    }

    pub(super) fn index(self) -> usize {
        usize::from(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{CLASSES, Class};
    use std::time::Duration;

    #[test]
    fn names_spread_over_the_classes() {
        let mut seen = [0; CLASSES];
        (0..6_400).for_each(|n| seen[Class::named(&format!("task-{n}")).index()] += 1);
        assert!(seen.iter().all(|&n| (40..200).contains(&n)), "{seen:?}");
    }

    #[test]
    fn estimates_reach_every_end() {
        assert_eq!(Class::estimated(Duration::ZERO).index(), 0);
        assert_eq!(Class::estimated(Duration::MAX).index(), CLASSES - 1);
    }
}
