//! Moving time forward and handing out what is due.

use super::level::SLOT_BITS;
use super::{Place, Wheel, tick_of};
use primitives::Timestamp;

/// Whether an [`advance`](Wheel::advance) got to the end of its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "what is left is due now"]
pub(crate) enum Progress {
    /// Everything that was due has been handed out.
    Done,
    /// The budget is used up: call again for the rest.
    More,
}

impl<T> Wheel<T> {
    /// Moves time forward to `now` and appends the payloads of due timers to `due`, in order of
    /// their ticks, and within a tick in the order of insertion unless timers of it were cancelled.
    ///
    /// At most `budget` timers are handed out or moved, so that a lock around the wheel is not held
    /// for long; those of the present tick that are not due yet are only looked at.
    /// A `now` that lies before that of an earlier call is harmless.
    pub(crate) fn advance(&mut self, now: Timestamp, budget: usize, due: &mut Vec<T>) -> Progress {
        let present = tick_of(now).max(self.elapsed);
        let mut budget = budget;
        while let Some(place) = self.first() {
            let start = self.start_of(place);
            if start > present {
                break;
            }
            self.elapsed = self.elapsed.max(start);
            let progress = if place.level == 0 {
                self.fire(place, now, &mut budget, due)
            } else {
                self.cascade(place, &mut budget)
            };
            match progress {
                Some(Progress::Done) => break,
                Some(Progress::More) => return Progress::More,
                None => {}
            }
        }
        self.elapsed = present;
        Progress::Done
    }

    /// The first tick that belongs to the slot at `place`.
    fn start_of(&self, place: Place) -> u64 {
        let shift = u32::from(place.level) * SLOT_BITS;
        let above = shift + SLOT_BITS;
        ((self.elapsed >> above) << above) | (u64::from(place.slot) << shift)
    }

    /// Hands out what is due in a slot of level 0. `None` if that emptied it; a slot that still
    /// holds something not due is the present one, and nothing behind it is due either.
    fn fire(
        &mut self,
        place: Place,
        now: Timestamp,
        budget: &mut usize,
        due: &mut Vec<T>,
    ) -> Option<Progress> {
        if self.earliest(place) > now {
            return Some(Progress::Done);
        }
        let mut earliest = Timestamp::MAX;
        for position in self.levels[0].slot(place.slot).positions() {
            let slot = self.levels[0].slot(place.slot);
            let item = slot.at(position);
            if item.deadline > now {
                earliest = earliest.min(item.deadline);
                continue;
            }
            if *budget == 0 {
                return Some(Progress::More);
            }
            *budget -= 1;
            // The positions before this one hold timers that are not due. The first of them moves
            // here, if there is one.
            let moved = slot.fill_from_front(position);
            self.slab.at(moved.index).position = position as u32;
            due.extend(self.slab.remove(item.index));
        }
        let slot = self.levels[0].slot(place.slot);
        if slot.is_empty() {
            self.vacate(place);
            return None;
        }
        slot.earliest = earliest;
        Some(Progress::Done)
    }

    /// Moves the timers of a slot, which now contains the present tick, to the levels below.
    fn cascade(&mut self, place: Place, budget: &mut usize) -> Option<Progress> {
        self.cascading = Some(place);
        loop {
            let slot = self.levels[usize::from(place.level)].slot(place.slot);
            if slot.is_empty() {
                self.vacate(place);
                return None;
            }
            if *budget == 0 {
                return Some(Progress::More);
            }
            *budget -= 1;
            if let Some(item) = slot.pop_front() {
                self.link(item);
            }
        }
    }
}
