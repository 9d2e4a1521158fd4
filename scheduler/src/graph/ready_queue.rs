//! The tasks that may start, best first.

use super::policy::Key;

/// Marks a slot that is not queued.
const ABSENT: u32 = u32::MAX;

/// An indexed binary heap of slots: exact order, and keys may change while they are queued.
///
/// | operation | cost |
/// |---|---|
/// | [`peek`](Self::peek), [`contains`](Self::contains) | O(1) |
/// | [`push`](Self::push), [`pop`](Self::pop), [`remove`](Self::remove), [`update`](Self::update) | O(log n) |
///
/// Why not something relaxed: the ready set of a real graph is small, and giving up exactness
/// gives up most of what ordering by critical path gains.
///
/// Bounded by the scheduler's `max_pending`: whatever is in here has been accepted and has not
/// started.
#[derive(Debug, Default)]
pub(crate) struct ReadyQueue {
    heap: Vec<(Key, u32)>,
    /// For each slot its place in `heap`.
    places: Vec<u32>,
}

impl ReadyQueue {
    /// The best slot.
    pub(crate) fn peek(&self) -> Option<u32> {
        self.heap.first().map(|&(_, slot)| slot)
    }

    /// Whether `slot` is queued.
    pub(crate) fn contains(&self, slot: u32) -> bool {
        self.places.get(slot as usize).is_some_and(|&place| place != ABSENT)
    }

    /// Adds `slot`, which must not be queued.
    pub(crate) fn push(&mut self, slot: u32, key: Key) {
        debug_assert!(!self.contains(slot));
        if self.places.len() <= slot as usize {
            self.places.resize(slot as usize + 1, ABSENT);
        }
        self.heap.push((key, slot));
        self.sift_up(self.heap.len() - 1);
    }

    /// Takes the best slot.
    pub(crate) fn pop(&mut self) -> Option<u32> {
        let slot = self.peek()?;
        self.remove(slot);
        Some(slot)
    }

    /// Takes `slot` out, wherever it is; nothing happens if it is not queued.
    pub(crate) fn remove(&mut self, slot: u32) {
        if !self.contains(slot) {
            return;
        }
        let place = self.places[slot as usize] as usize;
        self.heap.swap_remove(place);
        self.places[slot as usize] = ABSENT;
        if place < self.heap.len() {
            self.settle(place);
        }
    }

    /// Gives `slot` a new key; nothing happens if it is not queued.
    pub(crate) fn update(&mut self, slot: u32, key: Key) {
        if self.contains(slot) {
            let place = self.places[slot as usize] as usize;
            self.heap[place].0 = key;
            self.settle(place);
        }
    }

    /// Moves the entry at `place` to where it belongs, whichever direction that is.
    fn settle(&mut self, place: usize) {
        let place = self.sift_up(place);
        self.sift_down(place);
    }

    fn sift_up(&mut self, mut place: usize) -> usize {
        let entry = self.heap[place];
        while place > 0 {
            let parent = (place - 1) / 2;
            if self.heap[parent].0 <= entry.0 {
                break;
            }
            self.put(place, self.heap[parent]);
            place = parent;
        }
        self.put(place, entry);
        place
    }

    fn sift_down(&mut self, mut place: usize) {
        let entry = self.heap[place];
        loop {
            let left = 2 * place + 1;
            if left >= self.heap.len() {
                break;
            }
            let right = left + 1;
            let right_wins = right < self.heap.len() && self.heap[right].0 < self.heap[left].0;
            let child = if right_wins { right } else { left };
            if entry.0 <= self.heap[child].0 {
                break;
            }
            self.put(place, self.heap[child]);
            place = child;
        }
        self.put(place, entry);
    }

    fn put(&mut self, place: usize, entry: (Key, u32)) {
        self.heap[place] = entry;
        // A heap of u32 slots has fewer than 2^32 entries.
        self.places[entry.1 as usize] = place as u32;
    }
}

#[cfg(test)]
mod tests {
    use super::{Key, ReadyQueue};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    #[derive(Debug, Clone)]
    enum Step {
        Push(u32),
        Pop,
        Remove(u32),
        Update(u32),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            3 => (0..24u32).prop_map(Step::Push),
            2 => Just(Step::Pop),
            1 => (0..24u32).prop_map(Step::Remove),
            2 => (0..24u32).prop_map(Step::Update),
        ]
    }

    proptest! {
        /// The heap agrees with a sorted map at every step.
        #[test]
        fn behaves_like_a_sorted_map(steps in prop::collection::vec((step(), 0..1000u64), 1..200)) {
            let mut queue = ReadyQueue::default();
            let mut oracle: BTreeMap<u32, Key> = BTreeMap::new();
            for (number, (step, random)) in steps.into_iter().enumerate() {
                // Unique, as sequence numbers are.
                let key = Key::by_sequence(random * 1000 + number as u64);
                match step {
                    Step::Push(slot) if !oracle.contains_key(&slot) => {
                        queue.push(slot, key);
                        oracle.insert(slot, key);
                    }
                    Step::Push(_) => {}
                    Step::Pop => {
                        let best = oracle.iter().min_by_key(|&(_, key)| *key).map(|(&slot, _)| slot);
                        prop_assert_eq!(queue.pop(), best);
                        best.and_then(|slot| oracle.remove(&slot));
                    }
                    Step::Remove(slot) => {
                        queue.remove(slot);
                        oracle.remove(&slot);
                    }
                    Step::Update(slot) => {
                        queue.update(slot, key);
                        oracle.entry(slot).and_modify(|old| *old = key);
                    }
                }
                for slot in 0..24 {
                    prop_assert_eq!(queue.contains(slot), oracle.contains_key(&slot));
                }
            }
            let mut sorted: Vec<_> = oracle.into_iter().collect();
            sorted.sort_by_key(|&(_, key)| key);
            for (slot, _) in sorted {
                prop_assert_eq!(queue.pop(), Some(slot));
            }
            prop_assert_eq!(queue.pop(), None);
        }
    }
}
