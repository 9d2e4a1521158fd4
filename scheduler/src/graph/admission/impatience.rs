//! Tasks that have been overtaken too often.

use super::lanes::{Kind, Place};
use super::turnstile::{Obstacle, Turnstile};
use crate::control::{Demand, Resource};
use primitives::Timestamp;

/// So many tasks that need some of what a task needs start instead of it, at most, before it loses
/// patience.
pub(crate) const OVERTAKEN_MAX: u64 = 64;
/// A task that has lost patience, and what it holds.
#[derive(Debug, Clone)]
pub(in crate::graph) struct Impatient {
    pub(in crate::graph) place: Place,
    kind: Kind,
    /// Groups and budgets too, or only rates.
    holds_all: bool,
}

impl Turnstile {
    /// Whether somebody before `place` who has lost patience holds a resource.
    pub(in crate::graph) fn is_held(&self, resource: Resource, place: Place) -> bool {
        self.impatient.as_ref().is_some_and(|holder| {
            holder.place < place
                && (holder.holds_all || self.allowances.is_rate(resource))
                && holder.kind.claims().contains(&resource)
        })
    }

    pub(in crate::graph) fn are_budgets_held(&self, place: Place) -> bool {
        self.impatient.as_ref().is_some_and(|holder| {
            holder.place < place && holder.holds_all && holder.kind.demand != Demand::NONE
        })
    }

    /// Lets a task hold what it needs if it has been overtaken too often.
    pub(in crate::graph) fn lose_patience(
        &mut self,
        place: Place,
        kind: &Kind,
        obstacle: Obstacle,
        now: Timestamp,
    ) {
        let is_holder = self.impatient.as_ref().is_some_and(|holder| holder.place == place);
        let is_behind = self.impatient.as_ref().is_some_and(|holder| holder.place < place);
        if is_behind || !(is_holder || self.is_overtaken(place, kind, now)) {
            return;
        }
        let holds_all = match obstacle {
            Obstacle::Resource(rate) if self.allowances.is_rate(rate) => {
                if self.allowances.paused_until(rate, now).is_some() {
                    if is_holder {
                        self.calm_down();
                    }
                    return;
                }
                false
            }
            Obstacle::Resource(_) | Obstacle::Budget => true,
        };
        let holds = Impatient { place, kind: kind.clone(), holds_all };
        if self.impatient.as_ref().is_some_and(|it| it.place == place && it.holds_all == holds_all)
        {
            return;
        }
        self.calm_down();
        self.impatient = Some(holds);
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

    /// Nobody holds anything any more.
    pub(in crate::graph) fn calm_down(&mut self) {
        if let Some(holder) = self.impatient.take() {
            self.unsettled.extend(holder.kind.claims());
        }
    }
}
