//! What holds up a ready task, for whoever asks.

use super::impatience::Impatient;
use super::lanes::Place;
use super::turnstile::{Obstacle, Turnstile};
use crate::control::{Demand, Resource};
use crate::graph::Reason;
use primitives::Timestamp;
use std::sync::Arc;

/// What holds up a ready task while fewer run than may. Tasks are slots here.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum HeldUp {
    By(Reason),
    /// Another task goes first.
    Behind(u32),
    /// What it needs is kept for another task.
    For(u32),
    Nothing,
}

impl Turnstile {
    /// What holds up the ready task in `slot`, which takes `demand`. O(log k) for each of the k
    /// kinds of ready tasks that come before it and take something of a budget.
    pub(crate) fn held_up(&self, slot: u32, demand: Demand, now: Timestamp) -> HeldUp {
        let kind = self.kind(slot, demand);
        if kind.is_plain() {
            return match self.plain_head() {
                Some(first) if first != slot => HeldUp::Behind(first),
                _ => HeldUp::Nothing,
            };
        }
        let Some(place) = self.lanes.find(&kind) else { return HeldUp::Nothing };
        let first = self.lanes.first(place);
        if first != slot {
            return HeldUp::Behind(first);
        }
        match self.lacks(place, slot, &kind, now) {
            Some(Obstacle::Resource(resource)) => self.why_resource(resource, place, slot, now),
            Some(Obstacle::Budget) => {
                let lacks = self.admission.lacks(kind.demand).map(HeldUp::By);
                let takes = |held| !kind.demand.leaves(held, Demand::NONE);
                lacks.unwrap_or_else(|| self.held_for(place, |it| takes(it.held_budgets())))
            }
            None => self.reserved_before(place, kind.demand),
        }
    }

    fn why_resource(&self, resource: Resource, place: Place, slot: u32, now: Timestamp) -> HeldUp {
        let allowances = &self.allowances;
        let name = Arc::clone(allowances.name(resource));
        if self.held(resource, place) > 0 {
            let is_rate = allowances.is_rate(resource);
            return self.held_for(place, |holder| holder.holds(resource, is_rate) > 0);
        }
        if !allowances.is_rate(resource) {
            let (running, limit) = allowances.places(resource);
            return HeldUp::By(Reason::Group { name, running, limit });
        }
        if let Some(until) = allowances.paused_until(resource, now) {
            return HeldUp::By(Reason::RatePaused { name, left: until - now });
        }
        let cost = self.needs(slot).map_or(0, |needs| needs.amount(resource));
        match self.lanes.first_parked(resource) {
            Some(first) if allowances.has(resource, cost, now) && first != place => {
                HeldUp::Behind(self.lanes.first(first))
            }
            _ => {
                let left = allowances.enough_at(resource, cost) - now;
                HeldUp::By(Reason::Rate { name, left })
            }
        }
    }

    /// For the first of those who have lost patience and hold what the one at `place` would take.
    fn held_for(&self, place: Place, is_it: impl Fn(&Impatient) -> bool) -> HeldUp {
        let mut holders = self.impatient_before(place);
        let holder = holders.find(|it| is_it(it) && self.lanes.is_current(it.place));
        holder.map_or(HeldUp::Nothing, |it| HeldUp::For(self.lanes.first(it.place)))
    }

    /// Behind one for which there is no room only those start that do not delay it.
    fn reserved_before(&self, place: Place, demand: Demand) -> HeldUp {
        if demand == Demand::NONE {
            return HeldUp::Nothing;
        }
        let free = self.admission.free();
        let is_for = |first: &Place| {
            let kept = self.lanes.kind(*first).demand;
            !self.admission.fits(kept) && !demand.leaves(kept, free)
        };
        let first = self.lanes.heavy_before(place).find(is_for);
        first.map_or(HeldUp::Nothing, |first| HeldUp::For(self.lanes.first(first)))
    }
}
