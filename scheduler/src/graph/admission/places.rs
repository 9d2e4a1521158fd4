//! Places in order, the first of them at hand.

use super::lanes::Place;
use std::collections::BTreeSet;
use std::ops::{Bound, RangeBounds};

/// A sorted set whose first member lies apart: where there is only one, as where all who wait for a
/// resource are of one kind, nothing is searched and no memory changes hands.
///
/// O(1) for a set of one; otherwise O(log n).
#[derive(Debug, Clone, Default)]
pub(crate) struct Places {
    /// `None` only if there are no others.
    first: Option<Place>,
    others: BTreeSet<Place>,
}

impl Places {
    pub(crate) fn first(&self) -> Option<Place> {
        self.first
    }

    pub(crate) fn insert(&mut self, place: Place) {
        match &mut self.first {
            None => self.first = Some(place),
            Some(first) if place < *first => {
                let second = std::mem::replace(first, place);
                self.others.insert(second);
            }
            Some(_) => drop(self.others.insert(place)),
        }
    }

    /// Takes out a place, which is there.
    pub(crate) fn remove(&mut self, place: Place) {
        if self.first == Some(place) {
            self.first = self.others.pop_first();
        } else {
            self.others.remove(&place);
        }
    }

    /// The first place in `from`.
    pub(crate) fn first_in(&self, from: Bound<Place>) -> Option<Place> {
        let range = (from, Bound::Unbounded);
        let first = self.first?;
        if range.contains(&first) {
            return Some(first);
        }
        if self.others.is_empty() { None } else { self.others.range(range).next().copied() }
    }

    /// All places, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Place> + '_ {
        self.first.into_iter().chain(self.others.iter().copied())
    }

    /// The places before one.
    pub(crate) fn before(&self, place: Place) -> impl Iterator<Item = Place> + '_ {
        let first = self.first.filter(|&first| first < place);
        first.into_iter().chain(self.others.range(..place).copied())
    }
}

#[cfg(test)]
mod tests {
    use super::Places;
    use crate::graph::order::policy::Key;
    use proptest::prelude::*;
    use std::collections::BTreeSet;
    use std::ops::Bound;

    proptest! {
        #[test]
        fn behaves_like_a_sorted_set(
            steps in prop::collection::vec((0..12_u64, 0..12_u64), 0..60),
        ) {
            let (mut places, mut oracle) = (Places::default(), BTreeSet::new());
            for (changed, asked) in steps {
                let [changed, asked] = [changed, asked].map(|n| Key::with_rank(n, n));
                if oracle.insert(changed) {
                    places.insert(changed);
                } else {
                    oracle.remove(&changed);
                    places.remove(changed);
                }
                prop_assert_eq!(places.first(), oracle.first().copied());
                for from in [Bound::Unbounded, Bound::Included(asked), Bound::Excluded(asked)] {
                    let first = oracle.range((from, Bound::Unbounded)).next().copied();
                    prop_assert_eq!(places.first_in(from), first);
                }
                prop_assert!(places.iter().eq(oracle.iter().copied()));
                prop_assert!(places.before(asked).eq(oracle.range(..asked).copied()));
            }
        }
    }
}
