//! Looking again at what waits for groups and rates.

use super::lanes::Place;
use super::turnstile::Turnstile;
use crate::control::Resource;
use primitives::Timestamp;

impl Turnstile {
    /// Opens the lanes for which there may be enough now.
    pub(crate) fn settle(&mut self, now: Timestamp) {
        self.stir_unsettled();
        while let Some(rate) = self.wakes.pop(now) {
            self.lanes.unpark_first(rate);
        }
    }

    pub(in crate::graph) fn stir_unsettled(&mut self) {
        self.calm_down_who_went();
        while let Some(resource) = self.unsettled.pop() {
            self.stir(resource);
        }
    }

    /// When there will be enough of a rate for a task that waits for it, as things are.
    pub(crate) fn next_wake(&mut self) -> Option<Timestamp> {
        if self.is_plain {
            return None;
        }
        self.stir_unsettled();
        self.wakes.first()
    }

    /// Opens the first lane that waits for a group if there is a place for it, or finds out when
    /// there will be enough of a rate. Whoever looks at that lane, and does not start it, stirs
    /// again: so one is enough.
    fn stir(&mut self, resource: Resource) -> Option<Place> {
        let first = self.lanes.first_parked(resource);
        let held = first.map_or(0, |first| self.held(resource, first));
        if !self.allowances.is_rate(resource) {
            first.filter(|_| self.allowances.is_free(resource, held))?;
            return self.lanes.unpark_first(resource);
        }
        let enough_at = first.map(|first| {
            let needs = self.needs(self.lanes.first(first));
            let cost = needs.map_or(0, |needs| needs.amount(resource));
            self.allowances.enough_at(resource, cost.saturating_add(held))
        });
        self.wakes.set(resource, enough_at);
        None
    }

    /// As [`stir`](Self::stir), and if there is enough of a rate opens that lane at once.
    pub(in crate::graph) fn stir_at(
        &mut self,
        resource: Resource,
        now: Timestamp,
    ) -> Option<Place> {
        self.stir(resource).or_else(|| {
            let is_enough = self.wakes.at(resource).is_some_and(|enough_at| enough_at <= now);
            if !is_enough {
                return None;
            }
            self.wakes.set(resource, None);
            self.lanes.unpark_first(resource)
        })
    }
}
