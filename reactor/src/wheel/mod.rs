//! A hierarchical timer wheel with exact deadlines.
//!
//! Inserting and cancelling a timer are O(1): a place in the slab, and a position in an array.
//! The price of order is paid by those timers only that live long enough to come near their
//! deadline, which most timeouts never do. Time is divided into ticks of 2^14 ns:
//!
//! | level | one slot holds |    the level reaches |
//! |------:|---------------:|---------------------:|
//! |     0 |        16.4 µs |              4.19 ms |
//! |     1 |        4.19 ms |               1.07 s |
//! |     2 |         1.07 s |             4.58 min |
//! |     3 |       4.58 min |               19.5 h |
//! |     4 |         19.5 h |             208 days |
//! |     5 |       208 days |            146 years |
//! |     6 |      146 years | all of [`Timestamp`] |
//!
//! 256 slots a level and not 64: what a slot holds is moved down when its time comes, all at once
//! and just before the first of it is due. A slot of 4 ms is moved in the time that waking a thread
//! takes, even with a million timers a second; one of 67 ms was milliseconds of work.
//!
//! A timer goes to the level of the highest group of eight bits in which its tick differs from the
//! wheel's present tick, to the slot which that group names. Hence the invariants that the
//! rest is built on:
//!
//! 1. Whatever is on a level is due before everything on the levels above, and within a level the
//!    slots are in order of time from bit 0 to bit 255: the first bit of the lowest occupied level
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
mod slot;
#[cfg(test)]
mod tests;

pub(crate) use advance::Progress;
use level::{Level, SLOT_BITS, SLOTS};
use primitives::Timestamp;
use slab::Slab;
pub use slab::TimerKey;
use slot::Item;

/// One tick in nanoseconds, as a power of two.
const TICK_BITS: u32 = 14;
/// Enough for every tick that a [`Timestamp`] has: 7 * 8 >= 64 - 14.
const LEVELS: usize = 7;

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
    occupied_levels: u8,
    /// A slot whose cascade ran out of budget. It contains `elapsed`, so it comes before all
    /// others, and no insertion can hit it.
    cascading: Option<Place>,
    levels: [Level; LEVELS],
    slab: Slab<T>,
}

impl<T> Wheel<T> {
    /// A wheel without timers, at the origin of time.
    pub(crate) fn new() -> Self {
        Self {
            elapsed: 0,
            occupied_levels: 0,
            cascading: None,
            levels: std::array::from_fn(|_| Level::new()),
            slab: Slab::new(),
        }
    }

    /// Adds a timer. A deadline in the past is due at the next [`advance`](Self::advance).
    #[inline]
    pub(crate) fn insert(&mut self, deadline: Timestamp, payload: T) -> TimerKey {
        let key = self.slab.insert(payload);
        self.link(Item { deadline, index: key.index() });
        key
    }

    /// Removes a timer that is not due yet and returns its payload.
    #[inline]
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

    /// The deadline of the earliest timer, exactly, by a look at all timers of its slot.
    pub(crate) fn earliest_deadline(&self) -> Option<Timestamp> {
        // As above, an unfinished cascade may have moved it already.
        let places = self.first().into_iter().chain(self.first_below());
        places.filter_map(|it| self.levels[usize::from(it.level)].earliest_deadline(it.slot)).min()
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

    /// Adds a timer to the slot where it belongs.
    #[inline]
    fn link(&mut self, item: Item) {
        let place = self.place_of(item.deadline);
        let position = self.levels[usize::from(place.level)].push(place.slot, item);
        let entry = self.slab.at(item.index);
        (entry.place, entry.position) = (place, position);
        self.occupied_levels |= 1 << place.level;
    }

    /// Takes a timer out of its slot.
    #[inline]
    fn unlink(&mut self, index: u32) {
        let entry = self.slab.at(index);
        let (place, position) = (entry.place, entry.position);
        let slot = self.levels[usize::from(place.level)].slot(place.slot);
        if let Some(moved) = slot.fill_from_back(position as usize) {
            self.slab.at(moved.index).position = position;
        } else if slot.is_empty() {
            self.vacate(place);
        }
    }

    /// Marks a slot as empty, and its level if it was the last.
    #[inline]
    fn vacate(&mut self, place: Place) {
        let level = &mut self.levels[usize::from(place.level)];
        level.vacate(place.slot);
        if level.is_empty() {
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
