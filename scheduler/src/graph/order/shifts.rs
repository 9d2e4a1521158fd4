//! When ready tasks change their place in the queue by themselves.

use primitives::Timestamp;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A task in a slot, as long as it keeps its place in the order of readiness.
pub(crate) type Queued = (u32, u64);

/// Fewer entries than this are not worth sweeping.
const SWEEP_MIN: usize = 64;

/// The tasks to be looked at again, by time. O(log n) for each operation.
///
/// An entry whose task has gone stays until its time comes or there are more of them than twice
/// the ready tasks, so this is bounded by what bounds the queue.
#[derive(Debug, Default)]
pub(crate) struct Shifts(BinaryHeap<Reverse<(Timestamp, Queued)>>);

impl Shifts {
    /// Looks again at `task` when it is `time`. `ready` says how many tasks are ready, `is_ready`
    /// whether one of them still is.
    pub(crate) fn add(
        &mut self,
        time: Timestamp,
        task: Queued,
        ready: usize,
        is_ready: impl Fn(Queued) -> bool,
    ) {
        if self.0.len() > SWEEP_MIN.max(2 * ready) {
            self.0.retain(|&Reverse((_, task))| is_ready(task));
        }
        self.0.push(Reverse((time, task)));
    }

    /// The next task whose time has come.
    pub(crate) fn pop(&mut self, now: Timestamp) -> Option<Queued> {
        let &Reverse((time, task)) = self.0.peek()?;
        (time <= now).then(|| {
            self.0.pop();
            task
        })
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::{SWEEP_MIN, Shifts};
    use primitives::Timestamp;

    #[test]
    fn what_has_gone_does_not_pile_up() {
        let mut shifts = Shifts::default();
        for n in 0..10_000_u64 {
            shifts.add(Timestamp::from_nanos(n + 5), (0, n), 1, |(_, it)| it + 1 == n);
        }
        assert!(shifts.len() <= SWEEP_MIN + 1, "{}", shifts.len());
        assert_eq!(shifts.pop(Timestamp::ZERO), None);
    }
}
