//! The entries that come next.

/// So many entries, 32 bytes each, are in the nearest cache. (Tests have fewer.)
const FRONT_MAX: usize = if cfg!(test) { 8 } else { 256 };
/// See [`Front::is_short`].
const SHORT: usize = if cfg!(test) { 4 } else { 64 };
/// So few new entries are put where they belong one by one.
const FEW: usize = if cfg!(test) { 1 } else { 4 };
/// So many new entries are sorted in at once, at most.
const ARRIVALS_MAX: usize = if cfg!(test) { 3 } else { 64 };

/// The smallest entries of a queue, sorted, and beside them new ones that are sorted in together
/// when somebody asks for the smallest: tasks become ready, and start, several at a time, and
/// sorting a few small lists takes fewer surprises of the branch predictor than a heap does.
///
/// | operation | cost |
/// |---|---|
/// | [`add`](Self::add) | O(1) |
/// | [`pop`](Self::pop) | O(1), and O(log a) for each of a entries that were added meanwhile, and once O(entries), of which there are 256 at most |
#[derive(Debug)]
pub(crate) struct Front<T> {
    /// The largest first.
    sorted: Vec<T>,
    arrivals: Vec<T>,
    /// No entry is larger, and if there are any one of them is as large.
    largest: Option<T>,
}

impl<T> Default for Front<T> {
    fn default() -> Self {
        Self { sorted: Vec::new(), arrivals: Vec::new(), largest: None }
    }
}

impl<T: Ord + Copy> Front<T> {
    pub(crate) fn len(&self) -> usize {
        self.sorted.len() + self.arrivals.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether some entry in here is larger than `entry`.
    pub(crate) fn is_beyond(&self, entry: T) -> bool {
        self.largest.is_some_and(|largest| entry < largest)
    }

    /// Whether there are so few entries that one more is welcome wherever it belongs: behind many,
    /// others are better at keeping what comes in order.
    pub(crate) fn is_short(&self) -> bool {
        self.len() < SHORT
    }

    /// Adds an entry. What does not fit, the largest half, is handed to `spill`, the smallest of it
    /// first.
    pub(crate) fn add(&mut self, entry: T, spill: impl FnMut(T)) {
        self.largest = self.largest.max(Some(entry));
        if self.arrivals.is_empty() && self.sorted.last().is_none_or(|&next| entry < next) {
            self.sorted.push(entry);
        } else {
            self.arrivals.push(entry);
        }
        if self.arrivals.len() == ARRIVALS_MAX || self.len() > FRONT_MAX {
            self.sort_in();
        }
        if self.len() > FRONT_MAX {
            let too_many = self.len() - FRONT_MAX / 2;
            self.sorted.drain(..too_many).rev().for_each(spill);
            self.largest = self.sorted.first().copied();
        }
    }

    /// Adds entries, the smallest first, to an empty front. There must be room.
    pub(crate) fn refill(&mut self, entries: impl Iterator<Item = T>) {
        debug_assert!(self.is_empty(), "it is filled again when it is empty");
        self.sorted.extend(entries);
        self.sorted.reverse();
        self.largest = self.sorted.first().copied();
        debug_assert!(self.sorted.len() <= FRONT_MAX && self.sorted.is_sorted_by(|a, b| a >= b));
    }

    /// Takes the smallest.
    pub(crate) fn pop(&mut self) -> Option<T> {
        if !self.arrivals.is_empty() {
            self.sort_in();
        }
        let smallest = self.sorted.pop();
        if self.sorted.is_empty() {
            self.largest = None;
        }
        smallest
    }

    /// An entry that comes soon after the one that was taken last.
    pub(crate) fn upcoming(&self, ahead: usize) -> Option<T> {
        self.sorted.iter().rev().nth(ahead).copied()
    }

    /// Sorts the arrivals in.
    fn sort_in(&mut self) {
        if self.arrivals.len() > FEW {
            self.merge();
        }
        for arrival in self.arrivals.drain(..) {
            let place = self.sorted.partition_point(|&known| known > arrival);
            self.sorted.insert(place, arrival);
        }
    }

    /// Merges the arrivals into the sorted entries, from the smallest on.
    fn merge(&mut self) {
        self.arrivals.sort_unstable();
        let (mut old, mut new) = (self.sorted.len(), 0);
        self.sorted.extend_from_slice(&self.arrivals);
        let mut place = self.sorted.len();
        // Where all arrivals have been placed, the rest is where it was.
        while old > 0 && new < self.arrivals.len() {
            let (known, arrival) = (self.sorted[old - 1], self.arrivals[new]);
            let is_next = arrival < known;
            place -= 1;
            self.sorted[place] = if is_next { arrival } else { known };
            new += usize::from(is_next);
            old -= usize::from(!is_next);
        }
        for &arrival in &self.arrivals[new..] {
            place -= 1;
            self.sorted[place] = arrival;
        }
        self.arrivals.clear();
    }

    /// Takes everything, in no order.
    pub(crate) fn take_all(&mut self) -> impl Iterator<Item = T> + '_ {
        self.largest = None;
        self.sorted.drain(..).chain(self.arrivals.drain(..))
    }

    /// Keeps what `keep` says. O(n).
    pub(crate) fn retain(&mut self, keep: impl FnMut(&T) -> bool) {
        self.sort_in();
        self.sorted.retain(keep);
        self.largest = self.sorted.first().copied();
    }
}

#[cfg(test)]
mod tests {
    use super::{FRONT_MAX, Front};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_smallest_comes_first_and_the_largest_are_spilled(
            steps in prop::collection::vec(prop::option::weighted(0.7, 0..50_u32), 0..400),
        ) {
            let (mut front, mut oracle) = (Front::default(), Vec::new());
            for step in steps {
                match step {
                    Some(0) => {
                        front.retain(|item| item % 3 > 0);
                        oracle.retain(|item| item % 3 > 0);
                    }
                    Some(item) => {
                        let mut spilled = Vec::new();
                        front.add(item, |item| spilled.push(item));
                        oracle.push(item);
                        oracle.sort_unstable();
                        prop_assert_eq!(oracle.split_off(oracle.len() - spilled.len()), spilled);
                    }
                    None => {
                        let least = oracle.iter().copied().min();
                        prop_assert_eq!(front.pop(), least);
                        oracle.iter().position(|&it| Some(it) == least).map(|at| oracle.remove(at));
                        oracle.sort_unstable();
                        prop_assert_eq!(front.upcoming(1), oracle.get(1).copied());
                        let is_beyond = oracle.last().is_some_and(|&it| it > 25);
                        prop_assert_eq!(front.is_beyond(25), is_beyond);
                    }
                }
                prop_assert_eq!(front.len(), oracle.len());
                prop_assert!(front.len() <= FRONT_MAX);
            }
            let mut rest: Vec<_> = front.take_all().collect();
            rest.sort_unstable();
            oracle.sort_unstable();
            prop_assert_eq!(rest, oracle);
            prop_assert!(front.is_empty());
        }
    }
}
