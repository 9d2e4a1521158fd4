//! Who waits for room in the queue, in order.

use std::collections::BTreeMap;
use std::task::Waker;

/// Submitters that wait for room, first come, first served.
///
/// A submitter that is next and finds room is *granted* it: the room is set aside until the
/// submitter claims it or goes away, and nobody overtakes. One entry per waiting call, and one per
/// [backlog](crate::executor::graphs::backlog), so the callers bound it.
#[derive(Debug, Default)]
pub(in crate::executor) struct Room {
    next: u64,
    waiting: BTreeMap<u64, Waiting>,
    /// Places granted and not claimed.
    granted: usize,
}

#[derive(Debug)]
struct Waiting {
    places: usize,
    /// `None` for a backlog, which is looked for.
    waker: Option<Waker>,
}

impl Room {
    /// Whether `places` may be taken of `free` ones without overtaking anybody.
    pub(in crate::executor) fn is_free(&self, places: usize, free: usize) -> bool {
        self.waiting.is_empty() && places <= free.saturating_sub(self.granted)
    }

    /// Whether nobody waits.
    pub(in crate::executor) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Joins the line.
    pub(in crate::executor) fn enter(&mut self, places: usize, waker: Waker) -> u64 {
        self.insert(places, Some(waker))
    }

    /// A backlog joins the line.
    pub(in crate::executor) fn enter_backlog(&mut self, places: usize) -> u64 {
        self.insert(places, None)
    }

    /// The backlog whose turn it is, if there is room for what comes next of it. It leaves the
    /// line.
    pub(in crate::executor) fn next_backlog(&mut self, free: usize) -> Option<u64> {
        let first = self.waiting.first_entry()?;
        let is_next =
            first.get().waker.is_none() && first.get().places <= free.saturating_sub(self.granted);
        is_next.then(|| first.remove_entry().0)
    }

    fn insert(&mut self, places: usize, waker: Option<Waker>) -> u64 {
        let key = self.next;
        self.next += 1;
        self.waiting.insert(key, Waiting { places, waker });
        key
    }

    /// Whether `key` still waits; if so, with another waker from now on. The one not kept comes
    /// back, to be dropped outside the lock.
    pub(in crate::executor) fn is_waiting(
        &mut self,
        key: u64,
        waker: Waker,
    ) -> (bool, Option<Waker>) {
        match self.waiting.get_mut(&key) {
            Some(waiting) => {
                let before = waiting.waker.replace(waker);
                (true, before)
            }
            None => (false, Some(waker)),
        }
    }

    /// Grants room to those at the head of the line for whom there is enough, up to a backlog.
    pub(in crate::executor) fn grant(&mut self, free: usize, wake: &mut Vec<Waker>) {
        while let Some(first) = self.waiting.first_entry() {
            let places = first.get().places;
            if first.get().waker.is_none() || places > free.saturating_sub(self.granted) {
                return;
            }
            self.granted += places;
            wake.extend(first.remove().waker);
        }
    }

    /// Sends every submitter away: they are granted what they want, and find the door closed.
    /// Backlogs stay.
    pub(in crate::executor) fn dismiss(&mut self, wake: &mut Vec<Waker>) {
        let Self { waiting, granted, .. } = self;
        waiting.retain(|_, waiting| {
            let Some(waker) = waiting.waker.take() else { return true };
            *granted += waiting.places;
            wake.push(waker);
            false
        });
    }

    /// Uses up a grant, or gives it back.
    pub(in crate::executor) fn claim(&mut self, places: usize) {
        self.granted -= places;
    }

    /// Leaves the line, wherever in it, with or without a grant. Returns the waker.
    #[must_use = "dropping a waker is user code"]
    pub(in crate::executor) fn leave(&mut self, key: u64, places: usize) -> Option<Waker> {
        let waiting = self.waiting.remove(&key);
        if waiting.is_none() {
            self.claim(places);
        }
        waiting.and_then(|waiting| waiting.waker)
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
    fn a_backlog_waits_for_its_turn_like_everybody_else() {
        let mut room = Room::default();
        let before = enter(&mut room, 1);
        let backlog = room.enter_backlog(2);
        let after = enter(&mut room, 1);
        assert_eq!(room.next_backlog(9), None, "it is not first");
        assert_eq!(granted(&mut room, 9), 1, "those behind it wait");
        assert!(!waits(&mut room, before) && waits(&mut room, after));
        assert_eq!(room.next_backlog(2), None, "one place of two is granted");
        assert_eq!(room.next_backlog(3), Some(backlog));
        assert_eq!(granted(&mut room, 2), 1);
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
