//! The sets of tasks that stay on one thread, as far as the runtime knows of them.

use crate::task::{LocalShared, Pinned};
use primitives::shim::Mutex;
use std::sync::{Arc, Weak};

/// Sets that were polled in this runtime. They do not live longer for that.
#[derive(Debug, Default)]
pub(crate) struct LocalSets(Mutex<Vec<Weak<LocalShared>>>);

impl LocalSets {
    /// Adds a set, once. Those that are gone are forgotten when there is no more room: there are at
    /// most twice as many entries as there were sets at a time. O(1), amortised.
    pub(crate) fn add(&self, set: &Arc<LocalShared>) {
        let mut sets = self.0.lock();
        if sets.len() == sets.capacity() {
            sets.retain(|known| known.strong_count() > 0);
        }
        sets.push(Arc::downgrade(set));
    }

    /// Takes a reference to each task of theirs.
    pub(super) fn pin_all(&self, tasks: &mut Vec<Pinned>) {
        let sets: Vec<_> = self.0.lock().iter().filter_map(Weak::upgrade).collect();
        sets.iter().for_each(|set| set.pin_all(tasks));
    }
}

#[cfg(test)]
mod tests {
    use super::LocalSets;
    use crate::task::LocalShared;
    use std::sync::Arc;

    #[test]
    fn what_is_gone_is_forgotten() {
        let (sets, kept) = (LocalSets::default(), Arc::<LocalShared>::default());
        sets.add(&kept);
        for _ in 0..1_000 {
            sets.add(&Arc::default());
        }
        let sets = sets.0.lock();
        assert!(sets.len() <= 8, "{}", sets.len());
        assert!(sets.iter().any(|known| known.upgrade().is_some_and(|it| Arc::ptr_eq(&it, &kept))));
    }
}
