//! Where timers live: a vector with a free list. The wheel's slots name them by index.

/// The end of the free list; never an index.
const NIL: u32 = u32::MAX;

/// Names one timer. A key whose timer has fired or was cancelled names nothing, also after its
/// place in memory has been taken by another timer (unless 2^32 others have had that place since).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TimerKey {
    index: u32,
    generation: u32,
}

impl TimerKey {
    /// A key that never named anything.
    pub(crate) const DEAD: Self = Self { index: NIL, generation: 0 };

    /// Where its timer is, if it still is.
    pub(super) fn index(self) -> u32 {
        self.index
    }

    /// Whether the reactor was closed already when the timer was to be inserted, so that it will
    /// never fire.
    pub fn is_dead(self) -> bool {
        self == Self::DEAD
    }
}

/// One timer, or a free place.
#[derive(Debug)]
pub(super) struct Entry<T> {
    /// What is handed out when it is due; `None` marks a free place.
    payload: Option<T>,
    /// How many timers have had this place before.
    generation: u32,
    /// Its position in the slot; for a free place, the next free one.
    pub(super) position: u32,
    /// The slot it is in.
    pub(super) place: super::Place,
}

/// All timers of one wheel. Places are reused, last freed first; memory follows the largest number
/// of timers there ever was at once.
#[derive(Debug)]
pub(super) struct Slab<T> {
    entries: Vec<Entry<T>>,
    free: u32,
    len: usize,
}

impl<T> Slab<T> {
    /// A slab that has not allocated yet.
    pub(super) fn new() -> Self {
        Self { entries: Vec::new(), free: NIL, len: 0 }
    }

    /// Places a timer, not yet in a slot.
    ///
    /// # Panics
    ///
    /// If there are 2^32 - 1 of them already.
    pub(super) fn insert(&mut self, payload: T) -> TimerKey {
        self.len += 1;
        if let Some(entry) = self.entries.get_mut(self.free as usize) {
            let index = std::mem::replace(&mut self.free, entry.position);
            entry.payload = Some(payload);
            return TimerKey { index, generation: entry.generation };
        }
        let index = u32::try_from(self.entries.len()).unwrap_or(NIL);
        assert!(index != NIL, "a reactor holds at most 2^32 - 1 timers: use more workers");
        self.entries.push(Entry {
            payload: Some(payload),
            generation: 0,
            position: NIL,
            place: super::Place::default(),
        });
        TimerKey { index, generation: 0 }
    }

    /// Frees a place that no slot names any more and returns what was in it. Its keys are void from
    /// now on.
    pub(super) fn remove(&mut self, index: u32) -> Option<T> {
        let free = self.free;
        let entry = self.at(index);
        let payload = entry.payload.take()?;
        entry.generation = entry.generation.wrapping_add(1);
        entry.position = free;
        self.free = index;
        self.len -= 1;
        Some(payload)
    }

    /// The index that `key` names, if its timer is still there.
    pub(super) fn index_of(&self, key: TimerKey) -> Option<u32> {
        let entry = self.entries.get(key.index as usize)?;
        (entry.generation == key.generation && entry.payload.is_some()).then_some(key.index)
    }

    /// What is handed out when the timer of `key` is due.
    pub(super) fn payload(&mut self, key: TimerKey) -> Option<&mut T> {
        let index = self.index_of(key)?;
        self.at(index).payload.as_mut()
    }

    /// A place that is known to exist.
    #[inline]
    pub(super) fn at(&mut self, index: u32) -> &mut Entry<T> {
        &mut self.entries[index as usize]
    }

    /// How many timers there are.
    pub(super) fn len(&self) -> usize {
        self.len
    }
}
