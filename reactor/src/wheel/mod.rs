//! A hierarchical timer wheel with exact deadlines.
//!
//! Inserting and cancelling a timer are O(1): a place in the slab, and a link in or out of a list.
//! The price of order is paid by those timers only that live long enough to come near their
//! deadline, which most timeouts never do. Time is divided into ticks of 2^14 ns:
//!
//! | level | one slot holds |    the level reaches |
//! |------:|---------------:|---------------------:|
//! |     0 |        16.4 µs |              1.05 ms |
//! |     1 |        1.05 ms |              67.1 ms |
//! |     2 |        67.1 ms |               4.29 s |
//! |     3 |         4.29 s |             4.58 min |
//! |     4 |       4.58 min |               4.89 h |
//! |     5 |         4.89 h |            13.0 days |
//! |     6 |      13.0 days |           2.28 years |
//! |     7 |     2.28 years |            146 years |
//! |     8 |      146 years | all of [`Timestamp`] |
//!
//! A timer goes to the level of the highest group of six bits in which its tick differs from the
//! wheel's present tick, to the slot which that group names. Hence the invariants that the
//! rest is built on:
//!
//! 1. Whatever is on a level is due before everything on the levels above, and within a level the
//!    slots are in order of time from bit 0 to bit 63: the first bit of the lowest occupied level
//!    is the earliest slot. Nothing wraps around.
//! 2. The present tick enters no occupied slot above level 0 without emptying it first into the
//!    levels below ([`advance`](Wheel::advance) calls this a cascade). A timer cascades at most
//!    once per level.
//! 3. A slot knows the earliest deadline in it, so a sleeper is told the deadline itself and not
//!    the start of the slot; it does not wake up in between to cascade. Cancelling a slot's
//!    earliest timer leaves the old value behind as a lower bound, which can cost one early
//!    wake-up per level, and then is put right.
//!
//! Sources: G. Varghese and T. Lauck, "Hashed and hierarchical timing wheels", SOSP 1987; the
//! placement by differing bits and the bitmap per level are those of tokio's timer wheel.

mod advance;
mod level;
mod slab;
#[cfg(test)]
mod tests;

pub(crate) use advance::Progress;
use level::{Level, SLOT_BITS, SLOTS};
use primitives::Timestamp;
pub use slab::TimerKey;
use slab::{NIL, Slab};

/// One tick in nanoseconds, as a power of two.
const TICK_BITS: u32 = 14;
/// Enough for every tick that a [`Timestamp`] has: 9 * 6 >= 64 - 14.
const LEVELS: usize = 9;

/// Where a timer is linked: a level and a slot in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Place {
    level: u8,
    slot: u8,
}

/// Timers with a payload of type `T`, ordered by deadline.
#[derive(Debug)]
pub(crate) struct Wheel<T> {
    /// The present tick. Every timer with an earlier one has been handed out.
    elapsed: u64,
    /// Bit n: level n is not empty.
    occupied_levels: u16,
    /// A slot whose cascade ran out of budget. It contains `elapsed`, so it comes before all
    /// others, and no insertion can hit it.
    cascading: Option<Place>,
    /// [`LEVELS`] of them, a kilobyte each: too much to be moved about on the stack.
    levels: Box<[Level]>,
    slab: Slab<T>,
}

impl<T> Wheel<T> {
    /// A wheel without timers, at the origin of time.
    pub(crate) fn new() -> Self {
        Self {
            elapsed: 0,
            occupied_levels: 0,
            cascading: None,
            levels: vec![Level::EMPTY; LEVELS].into_boxed_slice(),
            slab: Slab::new(),
        }
    }

    /// Adds a timer. A deadline in the past is due at the next [`advance`](Self::advance).
    pub(crate) fn insert(&mut self, deadline: Timestamp, payload: T) -> TimerKey {
        let key = self.slab.insert(deadline, payload);
        if let Some(index) = self.slab.index_of(key) {
            self.link(index);
        }
        key
    }

    /// Removes a timer that is not due yet and returns its payload.
    pub(crate) fn cancel(&mut self, key: TimerKey) -> Option<T> {
        let index = self.slab.index_of(key)?;
        self.unlink(index);
        self.slab.remove(index)
    }

    /// The payload of a timer that is not due yet.
    pub(crate) fn payload(&mut self, key: TimerKey) -> Option<&mut T> {
        self.slab.payload(key)
    }

    /// How many timers there are.
    pub(crate) fn len(&self) -> usize {
        self.slab.len()
    }

    /// No timer is due before this; exact unless the earliest one was cancelled.
    pub(crate) fn next_expiry(&self) -> Option<Timestamp> {
        let first = self.first()?;
        let earliest = self.earliest(first);
        // While a cascade is unfinished, a timer that it has already moved may be the earliest.
        let moved = self.first_below().map_or(Timestamp::MAX, |place| self.earliest(place));
        Some(earliest.min(moved))
    }

    /// The slot to look at next.
    fn first(&self) -> Option<Place> {
        self.cascading.or_else(|| self.first_below())
    }

    /// The first slot of the lowest occupied level.
    fn first_below(&self) -> Option<Place> {
        if self.occupied_levels == 0 {
            return None;
        }
        let level = self.occupied_levels.trailing_zeros() as u8;
        let slot = self.levels[usize::from(level)].first()?;
        Some(Place { level, slot })
    }

    /// The earliest deadline that the slot at `place` may hold.
    fn earliest(&self, place: Place) -> Timestamp {
        self.levels[usize::from(place.level)].earliest(place.slot)
    }

    /// Where a timer belongs, seen from the present tick.
    #[inline]
    fn place_of(&self, deadline: Timestamp) -> Place {
        let tick = tick_of(deadline).max(self.elapsed);
        let highest_difference = 63 - ((tick ^ self.elapsed) | 1).leading_zeros();
        let level = highest_difference / SLOT_BITS;
        let slot = (tick >> (level * SLOT_BITS)) % SLOTS as u64;
        Place { level: level as u8, slot: slot as u8 }
    }

    /// Appends a timer to the slot where it belongs.
    #[inline]
    fn link(&mut self, index: u32) {
        let deadline = self.slab.at(index).deadline;
        let place = self.place_of(deadline);
        let level = &mut self.levels[usize::from(place.level)];
        level.occupy(place.slot, deadline);
        let slot = level.slot(place.slot);
        let prev = std::mem::replace(&mut slot.tail, index);
        if prev == NIL {
            slot.head = index;
        } else {
            self.slab.at(prev).next = index;
        }
        let entry = self.slab.at(index);
        (entry.prev, entry.next, entry.place) = (prev, NIL, place);
        self.occupied_levels |= 1 << place.level;
    }

    /// Takes a timer out of its slot.
    #[inline]
    fn unlink(&mut self, index: u32) {
        let entry = self.slab.at(index);
        let (prev, next, place) = (entry.prev, entry.next, entry.place);
        let level = &mut self.levels[usize::from(place.level)];
        let slot = level.slot(place.slot);
        if prev == NIL {
            slot.head = next;
        } else {
            self.slab.at(prev).next = next;
        }
        if next == NIL {
            slot.tail = prev;
        } else {
            self.slab.at(next).prev = prev;
        }
        if slot.head == NIL {
            self.vacate(place);
        }
    }

    /// Marks a slot as empty, and its level if it was the last.
    #[inline]
    fn vacate(&mut self, place: Place) {
        let level = &mut self.levels[usize::from(place.level)];
        level.vacate(place.slot);
        if level.occupied == 0 {
            self.occupied_levels &= !(1 << place.level);
        }
        if self.cascading == Some(place) {
            self.cascading = None;
        }
    }
}

/// The tick that a moment belongs to.
const fn tick_of(time: Timestamp) -> u64 {
    time.as_nanos() >> TICK_BITS
}
