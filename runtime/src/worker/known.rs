//! What uses a runtime, as far as the runtime knows of it.

use primitives::shim::Mutex;
use std::sync::{Arc, Weak};

/// Who has made itself known. Nobody lives longer for that.
#[derive(Debug)]
pub(crate) struct Known<T: ?Sized>(Mutex<Vec<Weak<T>>>);

impl<T: ?Sized> Default for Known<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: ?Sized> Known<T> {
    /// Adds somebody, once. Those that are gone are forgotten when there is no more room: there are
    /// at most twice as many entries as there were at a time. O(1), amortised.
    pub(crate) fn add(&self, new: Weak<T>) {
        let mut known = self.0.lock();
        if known.len() == known.capacity() {
            known.retain(|known| known.strong_count() > 0);
            // If hardly anybody is gone, the next look must not come with the next who is added.
            let there = known.len();
            known.reserve(there.max(1));
        }
        known.push(new);
    }

    /// Those that are there.
    pub(crate) fn all(&self) -> Vec<Arc<T>> {
        self.0.lock().iter().filter_map(Weak::upgrade).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Known;
    use std::sync::Arc;

    #[test]
    fn what_is_gone_is_forgotten() {
        let (known, kept) = (Known::default(), Arc::new(0));
        known.add(Arc::downgrade(&kept));
        for gone in 1..=1_000 {
            known.add(Arc::downgrade(&Arc::new(gone)));
        }
        assert_eq!(known.all(), [kept]);
        let entries = known.0.lock().len();
        assert!(entries <= 8, "{entries}");
    }

    #[test]
    fn the_next_look_at_all_comes_after_as_many_more() {
        let known = Known::default();
        let mut there: Vec<_> = (0..1_024).map(Arc::new).collect();
        there.iter().for_each(|it| known.add(Arc::downgrade(it)));
        known.0.lock().shrink_to_fit();
        drop(there.pop());
        known.add(Arc::downgrade(&there[0]));
        let entries = known.0.lock();
        assert_eq!(entries.len(), 1_024);
        assert!(entries.capacity() >= 2 * 1_023, "{}", entries.capacity());
    }
}
