//! The tasks that may start, best first.

use super::heap::Heap;
use super::policy::Key;
use super::runs::Runs;
use super::spills::Spills;
use std::collections::{HashMap, VecDeque};

/// Slots in the exact order of their keys.
///
/// Tasks of a graph seldom become ready in an order that has nothing to do with their urgency: the
/// successors of a task come in order of submission, and deadlines and ranks follow that order up
/// or down, perhaps once for each priority. So the queue is a small heap, a few sorted [`Runs`]
/// for what is more than that, and the same heap again, now larger, for whatever fits no end of any
/// run. A heap that outgrows the cache is [spilled](Spills) into runs of another sort. The best
/// entry is kept apart, so a chain touches nothing else. With n tasks:
///
/// | operation | cost |
/// |---|---|
/// | [`peek`](Self::peek) | O(1) |
/// | [`push`](Self::push), [`pop`](Self::pop) | O(runs) at the end of a run, O(log n), amortised, elsewhere |
/// | [`remove`](Self::remove) | O(1), amortised: it leaves a mark, and the entry is skipped later |
///
/// Why not something relaxed: the ready set of a real graph is small, and giving up exactness
/// gives up most of what ordering by critical path gains.
///
/// Bounded by the scheduler's `max_pending`: whatever is in here has been accepted and has not
/// started, or is a mark, of which there are never many more.
#[derive(Debug, Default)]
pub(crate) struct ReadyQueue {
    /// The best entry; `None` only if there are no others.
    best: Option<Entry>,
    runs: Runs<Entry>,
    /// At most [`HEAP_MAX`].
    heap: Heap<Entry>,
    spills: Spills<Entry>,
    /// How many entries with this key in `runs`, `heap` and `spills` have been removed. Two entries
    /// with the same key are the same task, so it does not matter which of them is skipped.
    removed: HashMap<Key, u32>,
    /// The sum of `removed`.
    marks: usize,
}

/// A key with its slot behind it.
type Entry = Key;

/// Up to so many entries, in the nearest cache, a heap is faster than looking for a run. (Tests
/// have fewer.)
const HEAP_SMALL: usize = if cfg!(test) { 4 } else { 64 };
/// More entries than this, 32 bytes each, are no longer at hand.
const HEAP_MAX: usize = 4096;
/// Fewer marks than this are not worth sweeping.
const MARKS_MIN: usize = 32;

impl ReadyQueue {
    /// The best slot.
    pub(crate) fn peek(&self) -> Option<u32> {
        self.best.map(Key::slot)
    }

    /// The key of the best slot, with the slot.
    pub(crate) fn best(&self) -> Option<Key> {
        self.best
    }

    /// Adds `slot`. No other one has the same key. True if it is the best one now.
    pub(crate) fn push(&mut self, slot: u32, key: Key) -> bool {
        let entry = key.with_slot(slot);
        match &mut self.best {
            None => self.best = Some(entry),
            Some(best) if entry < *best => {
                let second = std::mem::replace(best, entry);
                self.store(second);
            }
            Some(_) => {
                self.store(entry);
                return false;
            }
        }
        true
    }

    /// Takes the best slot.
    pub(crate) fn pop(&mut self) -> Option<u32> {
        let best = self.best.take()?;
        self.best = self.take_next();
        Some(best.slot())
    }

    /// A slot that is likely to be taken soon, if that is easy to say.
    pub(crate) fn upcoming(&self) -> Option<u32> {
        self.runs.upcoming().map(Key::slot)
    }

    /// Takes out the slot with this key, which is queued. True if it was the best one.
    pub(crate) fn remove(&mut self, key: Key) -> bool {
        if self.best.is_some_and(|best| best.with_slot(0) == key) {
            self.pop();
            return true;
        }
        *self.removed.entry(key).or_default() += 1;
        self.marks += 1;
        if self.marks > MARKS_MIN.max(self.stored() / 2) {
            self.sweep();
        }
        false
    }

    /// Sorts all slots anew, by the keys that they have now: for when many have changed.
    /// O(n log n).
    pub(crate) fn sort_again(&mut self, key: impl Fn(u32) -> Key) {
        self.sweep();
        let mut entries: Vec<Entry> = self.best.take().into_iter().collect();
        entries.extend(std::mem::take(&mut self.runs).into_entries());
        entries.extend(self.heap.take_all());
        entries.extend(std::mem::take(&mut self.spills).into_entries());
        for entry in &mut entries {
            *entry = key(entry.slot()).with_slot(entry.slot());
        }
        entries.sort_unstable();
        let mut run = VecDeque::from(entries);
        self.best = run.pop_front();
        self.runs = Runs::from(run);
    }

    /// All entries but the best, with the removed ones.
    fn stored(&self) -> usize {
        self.runs.len() + self.heap.len() + self.spills.len()
    }

    fn store(&mut self, entry: Entry) {
        if self.heap.len() >= HEAP_SMALL && self.runs.add(entry) {
            return;
        }
        if self.heap.len() == HEAP_MAX {
            self.spills.add(self.heap.take_all());
        }
        self.heap.push(entry);
    }

    /// Takes the best stored entry that has not been removed.
    fn take_next(&mut self) -> Option<Entry> {
        loop {
            let entry = self.take_stored()?;
            if self.marks == 0 || !unmark(&mut self.removed, entry) {
                return Some(entry);
            }
            self.marks -= 1;
        }
    }

    fn take_stored(&mut self) -> Option<Entry> {
        let top = self.heap.peek();
        let is_first = |it: &(Entry, usize)| top.is_none_or(|top| it.0 <= top);
        let in_run = self.runs.peek().filter(is_first);
        let spilled = self.spills.peek().filter(is_first);
        match (in_run, spilled) {
            (Some((first, run)), other) if other.is_none_or(|other| first <= other.0) => {
                self.runs.pop(run)
            }
            (_, Some((_, run))) => self.spills.pop(run),
            _ => self.heap.pop(),
        }
    }

    /// Drops all removed entries.
    fn sweep(&mut self) {
        let removed = &mut self.removed;
        self.runs.retain(|entry| !unmark(removed, *entry));
        self.heap.retain(|entry| !unmark(removed, *entry));
        self.spills.retain(|entry| !unmark(removed, *entry));
        debug_assert!(self.removed.is_empty(), "every mark has its entry");
        self.marks = 0;
    }
}

/// Takes back one mark of `entry`. False if there is none.
fn unmark(removed: &mut HashMap<Key, u32>, entry: Entry) -> bool {
    let key = entry.with_slot(0);
    let Some(marks) = removed.get_mut(&key) else { return false };
    *marks -= 1;
    if *marks == 0 {
        removed.remove(&key);
    }
    true
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
        /// As many as all of them at once.
        MoveAll,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            4 => Just(Step::Push),
            2 => Just(Step::Pop),
            2 => any::<prop::sample::Index>().prop_map(Step::Remove),
            1 => any::<prop::sample::Index>().prop_map(Step::Move),
            1 => Just(Step::MoveAll),
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
                        let is_best = queue.push(slot, key);
                        oracle.insert(key, slot);
                        prop_assert_eq!(is_best, oracle.first_key_value() == Some((&key, &slot)));
                    }
                    Step::Pop => {
                        prop_assert_eq!(queue.pop(), oracle.pop_first().map(|(_, slot)| slot));
                    }
                    Step::Remove(index) => {
                        if let Some(key) = any_of(&oracle, index) {
                            let was_best = oracle.first_key_value().is_some_and(|it| *it.0 == key);
                            prop_assert_eq!(queue.remove(key), was_best);
                            oracle.remove(&key);
                        }
                    }
                    Step::MoveAll => {
                        let moved = |(key, slot): (Key, u32)| {
                            (Key::with_rank((rank + u64::from(slot)) % 4, key.sequence()), slot)
                        };
                        oracle = oracle.into_iter().map(moved).collect();
                        let key_of = |slot| oracle.iter().find(|it| *it.1 == slot).unwrap().0;
                        queue.sort_again(|slot| *key_of(slot));
                    }
                    Step::Move(index) => {
                        if let Some(key) = any_of(&oracle, index) {
                            let moved = Key::with_rank(rank, key.sequence());
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
    fn removed_entries_do_not_pile_up() {
        let mut queue = ReadyQueue::default();
        (0..1000).for_each(|n| _ = queue.push(n, Key::with_rank(7, n.into())));
        (1..999).for_each(|n| _ = queue.remove(Key::with_rank(7, n)));
        assert!(queue.stored() <= 2 * super::MARKS_MIN, "{}", queue.stored());
        assert_eq!((queue.pop(), queue.pop(), queue.pop()), (Some(0), Some(999), None));
    }

    #[test]
    fn a_few_interleaved_sequences_never_outgrow_a_small_heap() {
        let mut queue = ReadyQueue::default();
        for n in 0..1000_u32 {
            queue.push(n, Key::with_rank(u64::from(n % 4) << 32 | u64::from(n), n.into()));
        }
        assert_eq!(queue.heap.len(), super::HEAP_SMALL);
        (0..1000).for_each(|_| assert!(queue.pop().is_some()));
        assert_eq!(queue.peek(), None);
    }
}
