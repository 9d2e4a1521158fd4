//! The least of the limits along a branch.

use crate::sample::kept_file::Found;

/// Collects limits. What is known of the least of them must be true whatever the others are.
#[derive(Debug)]
pub(super) struct Least<T> {
    no_limit: T,
    least: T,
    has_any: bool,
    has_gap: bool,
    is_clear: bool,
}

impl<T: Copy + PartialOrd> Least<T> {
    /// Nothing collected yet. `no_limit` is above every limit.
    pub(super) fn new(no_limit: T) -> Self {
        Self { no_limit, least: no_limit, has_any: false, has_gap: false, is_clear: true }
    }

    /// Adds that of one cgroup. One that is absent could not be asked: its folder is not there.
    pub(super) fn add(&mut self, limit: Found<T>) {
        match limit {
            Found::Value(limit) => {
                self.has_any = true;
                if limit < self.least {
                    self.least = limit;
                }
            }
            Found::Absent => self.has_gap = true,
            Found::Unclear => self.is_clear = false,
        }
    }

    /// The least limit, or `no_limit`. `None` if one could not be made out, or if one could not be
    /// asked and the others do not limit: it may.
    pub(super) fn known(&self) -> Option<T> {
        let limits = self.least < self.no_limit;
        (self.is_clear && self.has_any && (limits || !self.has_gap)).then_some(self.least)
    }
}

#[cfg(test)]
mod tests {
    use super::{Found, Least};

    fn least(limits: &[Found<u64>]) -> Option<u64> {
        let mut least = Least::new(u64::MAX);
        limits.iter().for_each(|&limit| least.add(limit));
        least.known()
    }

    #[test]
    fn the_least_is_known_only_if_nothing_unknown_could_be_less_by_mistake() {
        let (none, five) = (Found::Value(u64::MAX), Found::Value(5));
        assert_eq!(least(&[none, five, Found::Value(7)]), Some(5));
        assert_eq!(least(&[none, none]), Some(u64::MAX));
        assert_eq!(least(&[Found::Absent, five]), Some(5), "at most five it is");
        assert_eq!(least(&[Found::Absent, none]), None);
        assert_eq!(least(&[Found::Unclear, five]), None);
        assert_eq!(least(&[Found::Absent]), None);
        assert_eq!(least(&[]), None);
    }
}
