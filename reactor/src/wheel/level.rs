//! One ring of the wheel: 256 slots and a bitmap of the occupied ones.

use super::slot::{Item, Slot};
use primitives::Timestamp;

/// Slots per level, as a power of two.
pub(super) const SLOT_BITS: u32 = 8;
/// Slots per level; a slot's number fills a `u8`, and it has one bit in [`Level`]'s bitmap.
pub(super) const SLOTS: usize = 1 << SLOT_BITS;

/// One ring.
#[derive(Debug)]
pub(super) struct Level {
    /// Bit n, counted through the words: slot n holds a timer.
    occupied: [u64; SLOTS / 64],
    /// Beyond a pointer, for ten kilobytes are too much to be moved about on the stack.
    slots: Box<[Slot; SLOTS]>,
}

impl Level {
    /// A ring without timers.
    pub(super) fn new() -> Self {
        let slots: Box<[Slot]> = (0..SLOTS).map(|_| Slot::EMPTY).collect();
        let slots = slots.try_into().unwrap_or_else(|_| unreachable!("it has so many slots"));
        Self { occupied: [0; SLOTS / 64], slots }
    }

    /// A slot, to be looked at or relinked.
    #[inline]
    pub(super) fn slot(&mut self, slot: u8) -> &mut Slot {
        &mut self.slots[usize::from(slot)]
    }

    /// The earliest deadline that slot `slot` may hold.
    pub(super) fn earliest(&self, slot: u8) -> Timestamp {
        self.slots[usize::from(slot)].earliest
    }

    /// The earliest deadline in slot `slot`, exactly.
    pub(super) fn earliest_deadline(&self, slot: u8) -> Option<Timestamp> {
        self.slots[usize::from(slot)].earliest_deadline()
    }

    /// The first occupied slot. Time does not wrap around within a level, so it is the earliest.
    #[inline]
    pub(super) fn first(&self) -> Option<u8> {
        let word = self.occupied.iter().position(|&word| word != 0)?;
        Some(word as u8 * 64 + self.occupied[word].trailing_zeros() as u8)
    }

    /// Whether no slot holds a timer.
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.occupied == [0; SLOTS / 64]
    }

    /// Adds a timer to a slot and returns its position there.
    #[inline]
    pub(super) fn push(&mut self, slot: u8, item: Item) -> u32 {
        self.occupied[usize::from(slot / 64)] |= 1 << (slot % 64);
        self.slot(slot).push(item)
    }

    /// Notes that `slot` holds no timer.
    #[inline]
    pub(super) fn vacate(&mut self, slot: u8) {
        self.occupied[usize::from(slot / 64)] &= !(1 << (slot % 64));
        self.slot(slot).clear();
    }
}
