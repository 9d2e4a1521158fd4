//! The tasks that may start, best first.

use super::policy::{Key, Urgency};
use std::collections::{BTreeMap, VecDeque};

/// Slots in the exact order of their keys, as one line for each urgency.
///
/// Tasks become ready in the order of their sequence numbers, so among equals a task joins at the
/// back of its line, and a graph of a million tasks has only as many lines as it has different
/// urgencies at a time. With n tasks in c lines:
///
/// | operation | cost |
/// |---|---|
/// | [`peek`](Self::peek), [`push`](Self::push), [`pop`](Self::pop) | O(log c) |
/// | [`remove`](Self::remove) | O(log n), amortised |
/// | [`push`](Self::push) of a task whose urgency has changed | O(log n), and moves up to n places |
///
/// Why not something relaxed: the ready set of a real graph is small, and giving up exactness
/// gives up most of what ordering by critical path gains.
///
/// Bounded by the scheduler's `max_pending`: whatever is in here has been accepted and has not
/// started.
#[derive(Debug, Default)]
pub(crate) struct ReadyQueue {
    lines: BTreeMap<Urgency, Line>,
    /// Empty lines, kept for their memory.
    spare: Vec<Line>,
}

/// How many empty lines are kept, and how long they may have been.
const SPARE_MAX: usize = 64;

/// Equally urgent tasks in the order of their sequence numbers. Those that have been taken out of
/// the middle leave a gap, marked by [`ABSENT`]; there is none at either end.
#[derive(Debug, Default)]
struct Line {
    places: VecDeque<(u64, u32)>,
    gaps: usize,
}

/// Marks a gap. No slot has this number.
const ABSENT: u32 = u32::MAX;

impl ReadyQueue {
    /// The best slot.
    pub(crate) fn peek(&self) -> Option<u32> {
        let (_, line) = self.lines.first_key_value()?;
        line.places.front().map(|&(_, slot)| slot)
    }

    /// Adds `slot`. No other one has the same key.
    pub(crate) fn push(&mut self, slot: u32, key: Key) {
        let new = || self.spare.pop().unwrap_or_default();
        self.lines.entry(key.urgency).or_insert_with(new).insert(key.sequence, slot);
    }

    /// Takes the best slot.
    pub(crate) fn pop(&mut self) -> Option<u32> {
        let mut first = self.lines.first_entry()?;
        let (_, slot) = first.get_mut().places.pop_front()?;
        first.get_mut().trim();
        if first.get().places.is_empty() {
            let line = first.remove();
            self.keep(line);
        }
        Some(slot)
    }

    /// Takes out the slot with this key, which is queued.
    pub(crate) fn remove(&mut self, key: Key) {
        let Some(line) = self.lines.get_mut(&key.urgency) else { return };
        line.remove(key.sequence);
        if line.places.is_empty() {
            self.lines.remove(&key.urgency).into_iter().for_each(|line| self.keep(line));
        }
    }

    fn keep(&mut self, line: Line) {
        if self.spare.len() < SPARE_MAX && line.places.capacity() <= SPARE_MAX {
            self.spare.push(line);
        }
    }
}

impl Line {
    fn insert(&mut self, sequence: u64, slot: u32) {
        if self.places.back().is_none_or(|&(last, _)| last < sequence) {
            self.places.push_back((sequence, slot));
        } else {
            // It was in a line before.
            let place = self.places.partition_point(|&(other, _)| other < sequence);
            match self.places.get_mut(place) {
                // In this one, rather.
                Some(gap) if gap.0 == sequence => {
                    gap.1 = slot;
                    self.gaps -= 1;
                }
                _ => self.places.insert(place, (sequence, slot)),
            }
        }
    }

    fn remove(&mut self, sequence: u64) {
        let place = self.places.binary_search_by_key(&sequence, |&(sequence, _)| sequence);
        let Ok(place) = place else { return };
        self.places[place].1 = ABSENT;
        self.gaps += 1;
        self.trim();
        if self.gaps > self.places.len() / 2 {
            self.places.retain(|&(_, slot)| slot != ABSENT);
            self.gaps = 0;
        }
    }

    /// Takes the gaps off both ends.
    fn trim(&mut self) {
        while self.gaps > 0 && self.places.front().is_some_and(|&(_, slot)| slot == ABSENT) {
            self.places.pop_front();
            self.gaps -= 1;
        }
        while self.gaps > 0 && self.places.back().is_some_and(|&(_, slot)| slot == ABSENT) {
            self.places.pop_back();
            self.gaps -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Key, ReadyQueue};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    #[derive(Debug, Clone)]
    enum Step {
        Push,
        Pop,
        Remove(prop::sample::Index),
        /// Another urgency, the same sequence number.
        Move(prop::sample::Index),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            4 => Just(Step::Push),
            2 => Just(Step::Pop),
            2 => any::<prop::sample::Index>().prop_map(Step::Remove),
            1 => any::<prop::sample::Index>().prop_map(Step::Move),
        ]
    }

    proptest! {
        #[test]
        fn behaves_like_a_sorted_map(steps in prop::collection::vec((step(), 0..4u64), 1..200)) {
            let mut queue = ReadyQueue::default();
            let mut oracle: BTreeMap<Key, u32> = BTreeMap::new();
            let any_of = |oracle: &BTreeMap<Key, u32>, index: prop::sample::Index| {
                let keys: Vec<Key> = oracle.keys().copied().collect();
                (!keys.is_empty()).then(|| *index.get(&keys))
            };
            for ((step, rank), slot) in steps.into_iter().zip(0..) {
                match step {
                    Step::Push => {
                        let key = Key::with_rank(rank, slot.into());
                        queue.push(slot, key);
                        oracle.insert(key, slot);
                    }
                    Step::Pop => {
                        prop_assert_eq!(queue.pop(), oracle.pop_first().map(|(_, slot)| slot));
                    }
                    Step::Remove(index) => {
                        if let Some(key) = any_of(&oracle, index) {
                            queue.remove(key);
                            oracle.remove(&key);
                        }
                    }
                    Step::Move(index) => {
                        if let Some(key) = any_of(&oracle, index) {
                            let moved = Key::with_rank(rank, key.sequence);
                            let slot = oracle.remove(&key).unwrap();
                            queue.remove(key);
                            queue.push(slot, moved);
                            oracle.insert(moved, slot);
                        }
                    }
                }
                prop_assert_eq!(queue.peek(), oracle.values().next().copied());
            }
            while let Some((_, slot)) = oracle.pop_first() {
                prop_assert_eq!(queue.pop(), Some(slot));
            }
            prop_assert_eq!(queue.pop(), None);
        }
    }

    #[test]
    fn taking_out_all_but_the_ends_leaves_no_gaps_behind() {
        let mut queue = ReadyQueue::default();
        (0..1000).for_each(|n| queue.push(n, Key::with_rank(7, n.into())));
        (1..999).for_each(|n| queue.remove(Key::with_rank(7, n)));
        let line = queue.lines.values().next().unwrap();
        assert!(line.places.len() <= 4, "{}", line.places.len());
        assert_eq!((queue.pop(), queue.pop(), queue.pop()), (Some(0), Some(999), None));
    }
}
