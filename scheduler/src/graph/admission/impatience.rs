//! Tasks that have been overtaken too often.

use super::lanes::{Kind, Place};
use super::turnstile::{Obstacle, Turnstile};
use crate::control::{Demand, Needs, Resource};
use primitives::Timestamp;
use std::sync::Arc;

/// So many tasks that need some of what a task needs start instead of it, at most, before it loses
/// patience.
pub(crate) const OVERTAKEN_MAX: u64 = 64;

/// So many tasks that have lost patience hold something at a time, the first in order.
const IMPATIENT_MAX: usize = 8;

/// A task that has lost patience, and what it holds: as much as it needs, so that whoever comes
/// behind it may have what is more than that.
#[derive(Debug, Clone)]
pub(in crate::graph) struct Impatient {
    pub(in crate::graph) place: Place,
    demand: Demand,
    needs: Option<Arc<Needs>>,
    /// Groups and budgets too, or only rates.
    holds_all: bool,
}

impl Impatient {
    /// How much it holds of a resource, which may be a rate.
    pub(in crate::graph) fn holds(&self, resource: Resource, is_rate: bool) -> u64 {
        let needs = self.needs.as_ref().filter(|_| self.holds_all || is_rate);
        needs.map_or(0, |needs| needs.amount(resource))
    }

    /// What it holds of the budgets.
    pub(in crate::graph) fn held_budgets(&self) -> Demand {
        if self.holds_all { self.demand } else { Demand::NONE }
    }

    fn claims(&self) -> &[Resource] {
        self.needs.as_ref().map_or(&[], |needs| &needs.claims)
    }
}

impl Turnstile {
    /// Those who have lost patience and come before `place`.
    pub(in crate::graph) fn impatient_before(
        &self,
        place: Place,
    ) -> impl Iterator<Item = &Impatient> {
        self.impatient.iter().take_while(move |holder| holder.place < place)
    }

    /// How much of a resource is held for those before `place`.
    pub(in crate::graph) fn held(&self, resource: Resource, place: Place) -> u64 {
        let is_rate = self.allowances.is_rate(resource);
        let amounts = self.impatient_before(place).map(|holder| holder.holds(resource, is_rate));
        amounts.fold(0, u64::saturating_add)
    }

    /// Whether taking `demand` leaves of the budgets what is held for those before `place`.
    pub(in crate::graph) fn leaves_what_is_held(&self, demand: Demand, place: Place) -> bool {
        if self.impatient.is_empty() {
            return true;
        }
        let held = self.impatient_before(place).map(Impatient::held_budgets);
        demand.leaves(held.fold(Demand::NONE, Demand::plus), self.admission.free())
    }

    /// Lets a task hold what it needs if it has been overtaken too often. O(holders), which are
    /// [`IMPATIENT_MAX`] at most.
    pub(in crate::graph) fn lose_patience(
        &mut self,
        place: Place,
        kind: &Kind,
        obstacle: Obstacle,
        now: Timestamp,
    ) {
        let found = self.impatient.binary_search_by_key(&place, |holder| holder.place);
        if found.is_err() && !self.is_overtaken(place, kind, now) {
            return;
        }
        let rate = match obstacle {
            Obstacle::Resource(resource) => {
                Some(resource).filter(|&it| self.allowances.is_rate(it))
            }
            Obstacle::Budget => None,
        };
        let is_paused = rate.is_some_and(|rate| self.allowances.paused_until(rate, now).is_some());
        let holds_all = rate.is_none();
        match found {
            Ok(at) if is_paused => self.calm_down(at),
            Ok(at) if self.impatient[at].holds_all != holds_all => {
                self.impatient[at].holds_all = holds_all;
                self.unsettled.extend(kind.claims());
            }
            Err(at) if !is_paused && at < IMPATIENT_MAX => {
                if self.impatient.len() == IMPATIENT_MAX {
                    self.calm_down(IMPATIENT_MAX - 1);
                }
                let needs = self.needs(self.lanes.first(place)).cloned();
                let holder = Impatient { place, demand: kind.demand, needs, holds_all };
                self.impatient.insert(at, holder);
            }
            Ok(_) | Err(_) => {}
        }
    }

    fn is_overtaken(&mut self, place: Place, kind: &Kind, now: Timestamp) -> bool {
        let starts = self.allowances.starts(kind.claims());
        let needs_several = kind.claims().len() + usize::from(kind.demand != Demand::NONE) > 1;
        let patience = &mut self.lanes.at(place).patience;
        let before = *patience.starts_before.get_or_insert(starts);
        // Who needs one thing is the first to get it.
        let since = if needs_several { starts - before } else { 0 };
        patience.overtaken.saturating_add(since) >= OVERTAKEN_MAX
            || patience.ends_at.is_some_and(|end| end <= now)
    }

    /// One of those who have lost patience lets go of everything.
    fn calm_down(&mut self, at: usize) {
        let holder = self.impatient.remove(at);
        self.unsettled.extend(holder.claims());
    }

    /// Whoever is no longer first of its kind, or does not wait any more, lets go of everything.
    pub(in crate::graph) fn calm_down_who_went(&mut self) {
        for at in (0..self.impatient.len()).rev() {
            if !self.lanes.is_current(self.impatient[at].place) {
                self.calm_down(at);
            }
        }
    }

    /// Nobody holds anything any more.
    pub(in crate::graph) fn calm_down_all(&mut self) {
        (0..self.impatient.len()).rev().for_each(|at| self.calm_down(at));
    }
}
