//! Who waits for one direction of a source.

use std::task::Waker;

/// A place among those who wait for one direction of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct WaiterKey(u64);

impl WaiterKey {
    /// The place that all callers without one of their own share: the last of them stays.
    pub const SHARED: Self = Self(0);

    /// The place after this one.
    pub(crate) fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// The wakers of one direction, at most one a place.
///
/// All of them are taken by each event: they try, and whoever comes too late waits again. So a
/// waiter that gives up after it was woken takes nothing with it. One entry per waiting task.
#[derive(Debug, Default)]
pub(crate) struct Waiters(Vec<(WaiterKey, Waker)>);

impl Waiters {
    /// Lets the next event wake `waker`. Gives back whoever had this place, to be dropped outside
    /// the lock.
    #[must_use = "dropping a waker is user code"]
    pub(crate) fn put(&mut self, key: WaiterKey, waker: Waker) -> Option<Waker> {
        match self.position(key) {
            Some(place) => Some(std::mem::replace(&mut self.0[place].1, waker)),
            None => {
                self.0.push((key, waker));
                None
            }
        }
    }

    /// Lets events no longer wake whoever has this place.
    #[must_use = "dropping a waker is user code"]
    pub(crate) fn remove(&mut self, key: WaiterKey) -> Option<Waker> {
        let place = self.position(key)?;
        Some(self.0.swap_remove(place).1)
    }

    /// Moves everybody's waker to `wakers`. The memory is kept for the next waiter.
    pub(crate) fn take_all(&mut self, wakers: &mut Vec<Waker>) {
        wakers.extend(self.0.drain(..).map(|(_, waker)| waker));
    }

    fn position(&self, key: WaiterKey) -> Option<usize> {
        self.0.iter().position(|(present, _)| *present == key)
    }
}

#[cfg(test)]
mod tests {
    use super::{WaiterKey, Waiters};
    use std::sync::Arc;
    use std::task::{Wake, Waker};

    struct Silent;

    impl Wake for Silent {
        fn wake(self: Arc<Self>) {}
    }

    /// Tells its copies from those of another.
    fn waker() -> Waker {
        Waker::from(Arc::new(Silent))
    }

    fn take_all(waiters: &mut Waiters) -> Vec<Waker> {
        let mut wakers = Vec::new();
        waiters.take_all(&mut wakers);
        wakers
    }

    #[test]
    fn everybody_present_is_taken_once() {
        let mut waiters = Waiters::default();
        let (first, second) = (WaiterKey::SHARED.next(), WaiterKey::SHARED.next().next());
        for key in [WaiterKey::SHARED, first, second] {
            assert!(waiters.put(key, waker()).is_none());
        }
        assert_eq!(take_all(&mut waiters).len(), 3);
        assert!(take_all(&mut waiters).is_empty(), "nobody waits any more");
    }

    #[test]
    fn who_has_left_is_not_taken() {
        let mut waiters = Waiters::default();
        let key = WaiterKey::SHARED.next();
        assert!(waiters.put(key, waker()).is_none());
        assert!(waiters.remove(key).is_some());
        assert!(waiters.remove(key).is_none());
        assert!(take_all(&mut waiters).is_empty());
    }

    #[test]
    fn the_last_in_a_place_stays() {
        let mut waiters = Waiters::default();
        let (first, second) = (waker(), waker());
        assert!(waiters.put(WaiterKey::SHARED, first.clone()).is_none());
        let old = waiters.put(WaiterKey::SHARED, second.clone());
        assert!(old.is_some_and(|old| old.will_wake(&first)));
        let taken = take_all(&mut waiters);
        assert!(taken.len() == 1 && taken[0].will_wake(&second));
    }
}
