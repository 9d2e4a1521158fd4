//! The tasks that may start, best first.

use super::front::Front;
use super::policy::Key;
use super::rest::Rest;
use std::collections::{HashMap, VecDeque};
use std::iter;

/// Slots in the exact order of their keys.
///
/// The ready tasks of most graphs are few: they are in a short sorted [`Front`]. Where they are
/// many, they seldom become ready in an order that has nothing to do with their urgency: the
/// successors of a task come in order of submission, and deadlines and ranks follow that order up
/// or down, perhaps once for each priority. So the [`Rest`] is in a few sorted runs, and the heap
/// and more behind these are for whatever fits no end of any run; a long rest needs no front. The
/// best entry is kept apart, so a chain touches nothing else. With n tasks:
///
/// | operation | cost |
/// |---|---|
/// | [`peek`](Self::peek) | O(1) |
/// | [`push`](Self::push), [`pop`](Self::pop) | O(log n), amortised; behind the front O(runs) at the end of a run |
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
    /// The next ones: nothing in the rest comes before any of them.
    front: Front<Entry>,
    rest: Rest<Entry>,
    /// How many entries with this key in front and rest have been removed. Two entries with the
    /// same key are the same task, so it does not matter which of them is skipped.
    removed: HashMap<Key, u32>,
    /// The sum of `removed`.
    marks: usize,
}

/// A key with its slot behind it.
type Entry = Key;

/// So many entries of the rest come to the front when that is empty. (Tests have fewer.)
const REFILL: usize = if cfg!(test) { 2 } else { 64 };
/// Of a rest with more entries than this, none come to the front. (Tests have fewer.)
const LONG: usize = if cfg!(test) { 20 } else { 4096 };
/// How far behind the next entry [`ReadyQueue::upcoming`] looks: a miss of the cache takes as long
/// as a few starts.
const AHEAD: usize = 5;
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
        self.front.upcoming(AHEAD).or_else(|| self.rest.upcoming(AHEAD)).map(Key::slot)
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
        entries.extend(self.front.take_all());
        entries.extend(std::mem::take(&mut self.rest).into_entries());
        for entry in &mut entries {
            *entry = key(entry.slot()).with_slot(entry.slot());
        }
        entries.sort_unstable();
        let mut run = VecDeque::from(entries);
        self.best = run.pop_front();
        self.rest = Rest::from(run);
    }

    /// All entries but the best, with the removed ones.
    fn stored(&self) -> usize {
        self.front.len() + self.rest.len()
    }

    fn store(&mut self, entry: Entry) {
        let Self { front, rest, .. } = self;
        if front.is_beyond(entry) || (rest.is_empty() && front.is_short()) {
            front.add(entry, |large| rest.add(large));
        } else {
            rest.add(entry);
        }
    }

    /// Takes the best stored entry that has not been removed.
    fn take_next(&mut self) -> Option<Entry> {
        loop {
            let entry = self.take_any()?;
            if self.marks == 0 || !unmark(&mut self.removed, entry) {
                return Some(entry);
            }
            self.marks -= 1;
        }
    }

    /// Takes the best stored entry, which may have been removed.
    fn take_any(&mut self) -> Option<Entry> {
        let Self { front, rest, .. } = self;
        if front.is_empty() {
            if rest.len() > LONG {
                return rest.pop();
            }
            front.refill(iter::from_fn(|| rest.pop()).take(REFILL));
        }
        front.pop()
    }

    /// Drops all removed entries.
    fn sweep(&mut self) {
        let removed = &mut self.removed;
        self.front.retain(|entry| !unmark(removed, *entry));
        self.rest.retain(|entry| !unmark(removed, *entry));
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
    fn a_long_queue_refills_its_front() {
        let mut queue = ReadyQueue::default();
        for n in 0..1000_u32 {
            queue.push(n, Key::with_rank(u64::from(n % 4) << 32 | u64::from(n), n.into()));
        }
        assert!(queue.front.len() < 20 && queue.rest.len() > 900);
        (0..1000).for_each(|_| assert!(queue.pop().is_some()));
        assert_eq!((queue.peek(), queue.stored()), (None, 0));
    }
}
