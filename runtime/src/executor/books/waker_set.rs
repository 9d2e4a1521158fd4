//! Wakers of everybody who waits for the same thing.

use std::task::Waker;

/// Wakers in numbered places, one per waiting future, so that a future that is polled often, or
/// dropped, leaves nothing behind.
#[derive(Debug, Default)]
pub(in crate::executor) struct WakerSet {
    places: Vec<Option<Waker>>,
    free: Vec<usize>,
}

impl WakerSet {
    /// Keeps `waker` in the future's place, which is found if it has none yet. Returns the waker
    /// that was there, to be dropped outside the lock.
    #[must_use = "dropping a waker is user code"]
    pub(in crate::executor) fn keep(
        &mut self,
        place: &mut Option<usize>,
        waker: Waker,
    ) -> Option<Waker> {
        let index = *place.get_or_insert_with(|| {
            self.free.pop().unwrap_or_else(|| {
                self.places.push(None);
                self.places.len() - 1
            })
        });
        self.places[index].replace(waker)
    }

    /// The future goes away. Returns its waker, to be dropped outside the lock.
    #[must_use = "dropping a waker is user code"]
    pub(in crate::executor) fn leave(&mut self, place: usize) -> Option<Waker> {
        self.free.push(place);
        self.places[place].take()
    }

    /// Takes every waker out. The futures keep their places until they leave.
    pub(in crate::executor) fn take(&mut self) -> impl Iterator<Item = Waker> + '_ {
        self.places.iter_mut().filter_map(Option::take)
    }
}

#[cfg(test)]
mod tests {
    use super::WakerSet;
    use std::task::Waker;

    #[test]
    fn a_future_keeps_its_place_and_leaves_it_to_the_next() {
        let mut set = WakerSet::default();
        let (mut first, mut second) = (None, None);
        assert!(set.keep(&mut first, Waker::noop().clone()).is_none());
        assert!(set.keep(&mut first, Waker::noop().clone()).is_some(), "polled twice");
        assert!(set.keep(&mut second, Waker::noop().clone()).is_none());
        assert!(set.leave(first.unwrap()).is_some());
        let mut third = None;
        assert!(set.keep(&mut third, Waker::noop().clone()).is_none());
        assert_eq!(third, first, "the place is used again");
        assert_eq!(set.take().count(), 2);
        assert_eq!(set.take().count(), 0);
        assert!(set.leave(second.unwrap()).is_none());
    }
}
