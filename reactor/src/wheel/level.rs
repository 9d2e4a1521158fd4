//! One ring of the wheel: 64 slots and a bitmap of the occupied ones.

use super::slab::NIL;
use primitives::Timestamp;

/// Slots per level, as a power of two.
pub(super) const SLOT_BITS: u32 = 6;
/// Slots per level; one bit each in [`Level::occupied`].
pub(super) const SLOTS: usize = 1 << SLOT_BITS;

/// A list of timers whose deadlines share a range of ticks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    /// The timer inserted first.
    pub(super) head: u32,
    /// The timer inserted last.
    pub(super) tail: u32,
    /// No timer in the slot is due before this. Exact until the earliest one is cancelled.
    pub(super) earliest: Timestamp,
}

impl Slot {
    const EMPTY: Self = Self { head: NIL, tail: NIL, earliest: Timestamp::MAX };
}

/// One ring.
#[derive(Debug, Clone)]
pub(super) struct Level {
    /// Bit n: slot n holds a timer.
    pub(super) occupied: u64,
    slots: [Slot; SLOTS],
}

impl Level {
    /// A ring without timers.
    pub(super) const EMPTY: Self = Self { occupied: 0, slots: [Slot::EMPTY; SLOTS] };

    /// A slot, to be looked at or relinked.
    #[inline]
    pub(super) fn slot(&mut self, slot: u8) -> &mut Slot {
        &mut self.slots[usize::from(slot)]
    }

    /// The earliest deadline that slot `slot` may hold.
    pub(super) fn earliest(&self, slot: u8) -> Timestamp {
        self.slots[usize::from(slot)].earliest
    }

    /// The first occupied slot. Time does not wrap around within a level, so it is the earliest.
    #[inline]
    pub(super) fn first(&self) -> Option<u8> {
        (self.occupied != 0).then_some(self.occupied.trailing_zeros() as u8)
    }

    /// Notes that `slot` holds a timer due at `deadline`.
    #[inline]
    pub(super) fn occupy(&mut self, slot: u8, deadline: Timestamp) {
        self.occupied |= 1 << slot;
        let slot = self.slot(slot);
        slot.earliest = slot.earliest.min(deadline);
    }

    /// Notes that `slot` holds no timer.
    #[inline]
    pub(super) fn vacate(&mut self, slot: u8) {
        self.occupied &= !(1 << slot);
        *self.slot(slot) = Slot::EMPTY;
    }
}
