//! The timers of one slot, in one piece of memory.

use primitives::Timestamp;

/// Items that an emptied slot keeps memory for. Slots that held more give it back, so that memory
/// follows the number of timers and not the busiest moment of every slot.
const KEPT: usize = 16;

/// A timer as its slot sees it: all that is needed to move it on, without a look at the slab.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item {
    /// When it is due.
    pub(super) deadline: Timestamp,
    /// Its place in the slab.
    pub(super) index: u32,
}

/// Timers whose deadlines share a range of ticks.
///
/// An array and not a list, because a cascade reads thousands of them that were set at random
/// moments: in an array they come one after another, and the writes to the slab, which knows
/// where each one is, need not wait for each other. In a list every step waits for memory.
///
/// They are taken from the front, in order of insertion. A cancelled one leaves its position to
/// the last, so cancelling disturbs that order.
#[derive(Debug)]
pub(super) struct Slot {
    /// No timer in the slot is due before this. Exact until the earliest one is cancelled.
    pub(super) earliest: Timestamp,
    /// Those before `front` are gone.
    items: Vec<Item>,
    front: usize,
}

impl Slot {
    /// A slot without timers.
    pub(super) const EMPTY: Self = Self { earliest: Timestamp::MAX, items: Vec::new(), front: 0 };

    /// Appends a timer and returns its position.
    #[inline]
    pub(super) fn push(&mut self, item: Item) -> u32 {
        self.earliest = self.earliest.min(item.deadline);
        self.items.push(item);
        // There are fewer timers than a u32 counts, and positions in use and gone ones are no
        // more than there were since the slot was last empty.
        (self.items.len() - 1) as u32
    }

    /// Whether all timers are gone.
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.front == self.items.len()
    }

    /// The timers' positions.
    #[inline]
    pub(super) fn positions(&self) -> std::ops::Range<usize> {
        self.front..self.items.len()
    }

    /// The earliest deadline, also if an earlier one was cancelled.
    pub(super) fn earliest_deadline(&self) -> Option<Timestamp> {
        self.items[self.front..].iter().map(|item| item.deadline).min()
    }

    /// The timer at a position.
    #[inline]
    pub(super) fn at(&self, position: usize) -> Item {
        self.items[position]
    }

    /// Removes the first timer.
    #[inline]
    pub(super) fn pop_front(&mut self) -> Option<Item> {
        let item = self.items.get(self.front).copied()?;
        self.front += 1;
        Some(item)
    }

    /// Removes the timer at `position`, whose position the first one takes. Returns the latter.
    #[inline]
    pub(super) fn fill_from_front(&mut self, position: usize) -> Item {
        let first = self.items[self.front];
        self.items[position] = first;
        self.front += 1;
        first
    }

    /// Removes the timer at `position`, whose position the last one takes. Returns the latter, if
    /// it is another one.
    #[inline]
    pub(super) fn fill_from_back(&mut self, position: usize) -> Option<Item> {
        self.items.swap_remove(position);
        self.items.get(position).copied()
    }

    /// Forgets the timers that are gone, and the memory for more than a few.
    #[inline]
    pub(super) fn clear(&mut self) {
        self.earliest = Timestamp::MAX;
        self.front = 0;
        if self.items.capacity() > KEPT {
            self.items = Vec::new();
        } else {
            self.items.clear();
        }
    }
}
