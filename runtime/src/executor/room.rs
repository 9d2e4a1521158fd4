//! Who waits for room in the queue, in order.

use std::collections::BTreeMap;
use std::task::Waker;

/// Submitters that wait for room, first come, first served.
///
/// A submitter that is next and finds room is *granted* it: the room is set aside until the
/// submitter claims it or goes away, and nobody overtakes. One entry per waiting call, so the
/// callers bound it.
#[derive(Debug, Default)]
pub(super) struct Room {
    next: u64,
    waiting: BTreeMap<u64, Waiting>,
    /// Places granted and not claimed.
    granted: usize,
}

#[derive(Debug)]
struct Waiting {
    places: usize,
    waker: Waker,
}

impl Room {
    /// Whether `places` may be taken of `free` ones without overtaking anybody.
    pub(super) fn is_free(&self, places: usize, free: usize) -> bool {
        self.waiting.is_empty() && places <= free.saturating_sub(self.granted)
    }

    /// Joins the line.
    pub(super) fn enter(&mut self, places: usize, waker: Waker) -> u64 {
        let key = self.next;
        self.next += 1;
        self.waiting.insert(key, Waiting { places, waker });
        key
    }

    /// Whether `key` still waits; if so, with another waker from now on. The one not kept comes
    /// back, to be dropped outside the lock.
    pub(super) fn is_waiting(&mut self, key: u64, waker: Waker) -> (bool, Waker) {
        match self.waiting.get_mut(&key) {
            Some(waiting) => (true, std::mem::replace(&mut waiting.waker, waker)),
            None => (false, waker),
        }
    }

    /// Grants room to those at the head of the line for whom there is enough.
    pub(super) fn grant(&mut self, free: usize, wake: &mut Vec<Waker>) {
        while let Some(first) = self.waiting.first_entry() {
            let places = first.get().places;
            if places > free.saturating_sub(self.granted) {
                return;
            }
            self.granted += places;
            wake.push(first.remove().waker);
        }
    }

    /// Sends everybody away: they are granted what they want, and find the door closed.
    pub(super) fn dismiss(&mut self, wake: &mut Vec<Waker>) {
        for waiting in std::mem::take(&mut self.waiting).into_values() {
            self.granted += waiting.places;
            wake.push(waiting.waker);
        }
    }

    /// Uses up a grant, or gives it back.
    pub(super) fn claim(&mut self, places: usize) {
        self.granted -= places;
    }

    /// Leaves the line, wherever in it, with or without a grant. Returns the waker.
    #[must_use = "dropping a waker is user code"]
    pub(super) fn leave(&mut self, key: u64, places: usize) -> Option<Waker> {
        let waiting = self.waiting.remove(&key);
        if waiting.is_none() {
            self.claim(places);
        }
        waiting.map(|waiting| waiting.waker)
    }
}

#[cfg(test)]
mod tests {
    use super::Room;
    use std::task::Waker;

    fn enter(room: &mut Room, places: usize) -> u64 {
        room.enter(places, Waker::noop().clone())
    }

    fn granted(room: &mut Room, free: usize) -> usize {
        let mut wake = Vec::new();
        room.grant(free, &mut wake);
        wake.len()
    }

    fn waits(room: &mut Room, key: u64) -> bool {
        room.is_waiting(key, Waker::noop().clone()).0
    }

    #[test]
    fn the_first_in_line_is_served_first_and_nobody_overtakes() {
        let mut room = Room::default();
        assert!(room.is_free(3, 3) && !room.is_free(4, 3));
        let (large, small) = (enter(&mut room, 3), enter(&mut room, 1));
        assert!(!room.is_free(1, 2), "somebody waits");
        assert_eq!(granted(&mut room, 2), 0, "the small one does not overtake");
        assert_eq!(granted(&mut room, 3), 1);
        assert!(!waits(&mut room, large) && waits(&mut room, small));
        assert_eq!(granted(&mut room, 3), 0, "what is granted is taken");
        room.claim(3);
        assert_eq!(granted(&mut room, 1), 1);
        assert!(!room.is_free(1, 1));
        room.claim(1);
        assert!(room.is_free(1, 1));
    }

    #[test]
    fn who_leaves_gives_back_what_was_granted() {
        let mut room = Room::default();
        let (first, second) = (enter(&mut room, 1), enter(&mut room, 1));
        assert!(room.leave(second, 1).is_some());
        assert_eq!(granted(&mut room, 1), 1);
        assert!(room.leave(first, 1).is_none());
        assert!(room.is_free(1, 1));
    }
}
