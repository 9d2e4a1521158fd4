//! When there will be enough of which rate.

use crate::control::Resource;
use primitives::Timestamp;
use std::collections::{BTreeSet, HashMap};

/// At most one moment for each rate. O(log n) for each operation, for n rates.
#[derive(Debug, Default)]
pub(crate) struct Wakes {
    by_time: BTreeSet<(Timestamp, Resource)>,
    by_rate: HashMap<Resource, Timestamp>,
}

impl Wakes {
    /// Replaces the moment of a rate. [`Timestamp::MAX`] is never.
    pub(crate) fn set(&mut self, rate: Resource, at: Option<Timestamp>) {
        let at = at.filter(|&at| at < Timestamp::MAX);
        let before = match at {
            Some(at) => self.by_rate.insert(rate, at),
            None => self.by_rate.remove(&rate),
        };
        if let Some(before) = before {
            self.by_time.remove(&(before, rate));
        }
        if let Some(at) = at {
            self.by_time.insert((at, rate));
        }
    }

    /// The moment of a rate.
    pub(crate) fn at(&self, rate: Resource) -> Option<Timestamp> {
        self.by_rate.get(&rate).copied()
    }

    /// The earliest moment.
    pub(crate) fn first(&self) -> Option<Timestamp> {
        self.by_time.first().map(|&(at, _)| at)
    }

    /// Takes out a rate whose moment has come.
    pub(crate) fn pop(&mut self, now: Timestamp) -> Option<Resource> {
        let &(at, rate) = self.by_time.first().filter(|(at, _)| *at <= now)?;
        self.by_time.remove(&(at, rate));
        self.by_rate.remove(&rate);
        Some(rate)
    }
}
