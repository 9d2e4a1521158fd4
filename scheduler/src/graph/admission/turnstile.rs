//! The way from ready to running: who starts next, under the limit, the budgets, the groups and
//! the rates.

use super::impatience::Impatient;
use super::lanes::{Kind, Lanes, Place};
use super::reservation::{Ends, Overtaken, Reservation};
use super::wakes::Wakes;
use crate::control::{Admission, Allowances, Demand, Needs, Resource};
use crate::graph::SchedulerConfig;
use crate::graph::order::policy::Key;
use crate::graph::order::ready_queue::ReadyQueue;
use primitives::Timestamp;
use std::collections::HashMap;
use std::ops::Bound;
use std::sync::Arc;

/// So many kinds of tasks for which there is no room are looked at before a dispatch gives up.
pub(crate) const HEAVY_MAX: usize = 128;

/// The ready tasks, and what decides which of them starts.
///
/// The best one starts that may. Tasks of a [`Kind`] go strictly in order, so only the first of
/// each kind is a candidate, and candidates are looked at in order:
///
/// * One for which a group has no place, or a rate has not enough, waits for that, and others go
///   on. Of a rate nothing is taken by whoever comes behind one that waits for it.
/// * The first one that lacks some of a budget gets a [`Reservation`]. Whoever comes behind it may
///   start if it leaves what that one needs, or does not delay it by what the estimates say; where
///   they say nothing, so may [`OVERTAKEN_MAX`](super::impatience::OVERTAKEN_MAX) others.
/// * One that has been overtaken so often, or for which there should have been room for as long
///   again as it was expected to take, has *lost patience*: nothing starts behind it any more that
///   does not leave as much as it needs of what both need. Only for as long as it waits for a rate
///   does it let go of groups and budgets, and only for as long as a rate is paused of everything.
///   There are no more than eight such tasks at a time, the first in order.
///
/// So no task waits for ever behind less urgent ones: when it has lost patience it starts after
/// those that run, those that are more urgent, and its rates.
#[derive(Debug)]
pub(crate) struct Turnstile {
    pub(crate) admission: Admission,
    pub(in crate::graph) allowances: Allowances,
    /// Whether nothing but the limit can ever hold a task up.
    pub(in crate::graph) is_plain: bool,
    /// Tasks that only the limit can hold up.
    plain: ReadyQueue,
    pub(in crate::graph) lanes: Lanes,
    /// What those tasks need by name that need anything, from their submission to their end.
    needs: HashMap<u32, Arc<Needs>>,
    /// What running attempts cost in truth, of those that have said so.
    pub(in crate::graph) corrected: HashMap<u32, Vec<(Resource, u64)>>,
    pub(super) ends: Ends,
    /// When there is enough for the first of those who wait for a rate.
    pub(in crate::graph) wakes: Wakes,
    /// Resources for whose first waiting lane there may be enough now.
    pub(in crate::graph) unsettled: Vec<Resource>,
    /// Those who have lost patience, in order.
    pub(in crate::graph) impatient: Vec<Impatient>,
    /// In the last look at the candidates, for each budget the first one that lacks some of it.
    pub(super) reserved: Vec<(Place, Reservation)>,
    /// How many candidates have been looked at.
    #[cfg(test)]
    pub(in crate::graph) looks: u64,
}

/// A task that may start.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Choice {
    pub(crate) slot: u32,
    /// The number of the lane it is first in, if it is in one.
    lane: Option<u32>,
    /// Whose first tasks may have to wait longer because of it.
    overtakes: Overtaken,
}

/// What holds up the first task of a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::graph) enum Obstacle {
    Resource(Resource),
    Budget,
}

/// How far the candidates have been looked at.
struct Walk {
    from: Bound<Place>,
    heavy_left: usize,
    /// What those lack who have reservations.
    lacking: Demand,
}

impl Turnstile {
    pub(crate) fn new(config: &SchedulerConfig) -> Self {
        let (admission, allowances) = (Admission::new(config), Allowances::new(config));
        Self {
            is_plain: !admission.has_budgets() && allowances.len() == 0,
            lanes: Lanes::new(allowances.len()),
            admission,
            allowances,
            plain: ReadyQueue::default(),
            needs: HashMap::new(),
            corrected: HashMap::new(),
            ends: Ends::default(),
            wakes: Wakes::default(),
            unsettled: Vec::new(),
            impatient: Vec::new(),
            reserved: Vec::new(),
            #[cfg(test)]
            looks: 0,
        }
    }

    /// Whether what a task demands makes no difference.
    pub(crate) fn is_plain(&self) -> bool {
        self.is_plain
    }

    /// What the task in `slot` needs by name.
    pub(crate) fn set_needs(&mut self, slot: u32, needs: Arc<Needs>) {
        self.needs.insert(slot, needs);
    }

    pub(in crate::graph) fn needs(&self, slot: u32) -> Option<&Arc<Needs>> {
        if self.needs.is_empty() { None } else { self.needs.get(&slot) }
    }

    /// The task in `slot` has ended.
    pub(crate) fn forget(&mut self, slot: u32) {
        if !self.needs.is_empty() {
            self.needs.remove(&slot);
        }
    }

    pub(in crate::graph) fn kind(&self, slot: u32, demand: Demand) -> Kind {
        if self.is_plain {
            return Kind::default();
        }
        let claims = self.needs(slot).map(|needs| Arc::clone(&needs.claims));
        Kind { demand: self.admission.counted(demand), claims }
    }

    /// Adds a ready task that takes `demand`.
    pub(crate) fn push(&mut self, slot: u32, key: Key, demand: Demand) {
        let kind = self.kind(slot, demand);
        if kind.is_plain() {
            self.plain.push(slot, key);
        } else {
            self.lanes.push(slot, key, kind);
        }
    }

    /// Takes out a task that has been pushed with these and not started.
    pub(crate) fn remove(&mut self, slot: u32, key: Key, demand: Demand) {
        let kind = self.kind(slot, demand);
        if kind.is_plain() {
            self.plain.remove(key);
        } else if self.lanes.remove(key, &kind) {
            self.unsettled.extend(kind.claims());
        }
    }

    /// Sorts all tasks anew, by the keys that they have now. O(n log n).
    pub(crate) fn sort_again(&mut self, key: impl Fn(u32) -> Key) {
        self.plain.sort_again(&key);
        self.lanes.sort_again(&key);
    }

    /// The first of the candidates, as far as they are known.
    pub(crate) fn head(&self) -> Option<u32> {
        let plain = self.plain.best();
        if self.lanes.is_empty() {
            return plain.map(Key::slot);
        }
        match (plain, self.lanes.next_open(Bound::Unbounded, true)) {
            (plain, Some(place)) if plain.is_none_or(|plain| place < plain) => {
                Some(self.lanes.first(place))
            }
            (plain, _) => plain.map(Key::slot),
        }
    }

    /// The best task that may start now. `estimate` says for how many nanoseconds one is expected
    /// to run, 0 if nobody knows. O(1) as long as nothing but the limit matters; otherwise O(log l)
    /// for each candidate that is looked at, with l kinds of ready tasks. A candidate that has to
    /// wait for a resource is looked at again when there may be enough, and no more than
    /// [`HEAVY_MAX`] are looked at for which there is no room.
    pub(crate) fn choose(
        &mut self,
        now: Timestamp,
        estimate: impl Fn(u32) -> u64,
    ) -> Option<Choice> {
        if !self.admission.is_open() {
            return None;
        }
        if self.lanes.is_empty() {
            if !self.unsettled.is_empty() {
                self.stir_unsettled();
            }
            return self.plain.peek().map(Choice::plain);
        }
        if let Some(choice) = self.choose_alone() {
            return Some(choice);
        }
        loop {
            self.settle(now);
            let choice = self.walk(now, &estimate);
            // Whoever has lost patience, or gained it, may have let go of something.
            if choice.is_some() || self.unsettled.is_empty() {
                return choice;
            }
        }
    }

    /// The first of all tasks, where all are of one kind that takes only of budgets, if there is
    /// room for it: what [`walk`](Self::walk) would find.
    fn choose_alone(&self) -> Option<Choice> {
        let (lane, kind, slot) = self.lanes.alone()?;
        let is_free = self.impatient.is_empty()
            && self.plain.peek().is_none()
            && kind.claims.is_none()
            && self.admission.fits(kind.demand);
        is_free.then_some(Choice { slot, lane: Some(lane), overtakes: 0 })
    }

    fn walk(&mut self, now: Timestamp, estimate: impl Fn(u32) -> u64) -> Option<Choice> {
        let (from, heavy_left) = (Bound::Unbounded, HEAVY_MAX);
        let mut walk = Walk { from, heavy_left, lacking: Demand::NONE };
        self.reserved.clear();
        loop {
            let next = self.lanes.next_open(walk.from, walk.heavy_left > 0);
            let plain = self.plain.best();
            let Some(place) = next.filter(|&place| plain.is_none_or(|plain| place < plain)) else {
                return plain.map(|plain| Choice::plain(plain.slot()));
            };
            #[cfg(test)]
            {
                self.looks += 1;
            }
            let slot = self.lanes.first(place);
            let kind = self.lanes.kind(place).clone();
            let obstacle = match self.lacks(place, slot, &kind, now) {
                Some(obstacle) => obstacle,
                None => match self.overtaken_by(kind.demand, || estimate(slot), now) {
                    Some(overtakes) => {
                        return Some(Choice { slot, lane: Some(place.slot()), overtakes });
                    }
                    None => Obstacle::Budget,
                },
            };
            self.hold_up(place, &kind, obstacle, &mut walk, now);
        }
    }

    /// The first of the tasks that only the limit can hold up.
    pub(in crate::graph) fn plain_head(&self) -> Option<u32> {
        self.plain.peek()
    }

    /// What is missing for a task to start, if it were the first of all that fit no budget. What it
    /// has waited for last comes first.
    pub(in crate::graph) fn lacks(
        &self,
        place: Place,
        slot: u32,
        kind: &Kind,
        now: Timestamp,
    ) -> Option<Obstacle> {
        if let Some(needs) = self.needs(slot) {
            let last = self.lanes.waited_for(place);
            let in_order = last.iter().chain(needs.claims.iter()).copied();
            let is_lacking =
                |&resource: &Resource| !self.has(resource, needs.amount(resource), place, now);
            if let Some(resource) = in_order.into_iter().find(is_lacking) {
                return Some(Obstacle::Resource(resource));
            }
        }
        let fits = self.admission.fits(kind.demand) && self.leaves_what_is_held(kind.demand, place);
        (!fits).then_some(Obstacle::Budget)
    }

    /// Whether there is a place in a group, or enough of a rate for which nobody waits before
    /// `place`, besides what is held for others.
    fn has(&self, resource: Resource, cost: u64, place: Place, now: Timestamp) -> bool {
        let held = self.held(resource, place);
        if !self.allowances.is_rate(resource) {
            return self.allowances.is_free(resource, held);
        }
        let is_first = self.lanes.first_parked(resource).is_none_or(|first| place <= first);
        is_first && self.allowances.has(resource, cost.saturating_add(held), now)
    }

    /// The first task of a lane cannot start now: others may go where it cannot.
    fn hold_up(
        &mut self,
        place: Place,
        kind: &Kind,
        obstacle: Obstacle,
        walk: &mut Walk,
        now: Timestamp,
    ) {
        let mut is_news = true;
        match obstacle {
            Obstacle::Resource(resource) => is_news = self.lanes.set_aside(place, resource),
            Obstacle::Budget => {
                self.lanes.waits_for_nothing(place);
                walk.heavy_left -= 1;
                // Usually somebody before lacks some of all that it needs.
                if !kind.demand.is_of(walk.lacking) {
                    let lacking = self.admission.lacking(kind.demand);
                    if !lacking.is_of(walk.lacking) {
                        walk.lacking = walk.lacking.plus(lacking);
                        self.reserve(place, kind.demand, now);
                    }
                }
            }
        }
        if is_news {
            self.lose_patience(place, kind, obstacle, now);
        }
        walk.from = Bound::Excluded(place);
        for &resource in kind.claims() {
            if let Some(opened) = self.stir_at(resource, now)
                && opened < place
            {
                walk.from = Bound::Included(opened);
            }
        }
    }

    /// A task that is likely to start soon after one that has just been started, if that is easy to
    /// say.
    pub(crate) fn upcoming(&self, after: Choice) -> Option<u32> {
        match after.lane {
            None => self.plain.upcoming(),
            Some(lane) => self.lanes.upcoming(lane),
        }
    }

    /// Starts a task that has just been chosen, which takes `demand`, for so many nanoseconds.
    pub(crate) fn start(&mut self, choice: Choice, demand: Demand, estimate: u64, now: Timestamp) {
        self.admission.take(demand);
        let Some(lane) = choice.lane else {
            self.plain.pop();
            return;
        };
        self.overtake(choice.overtakes);
        self.lanes.pop(lane);
        self.ends.add(choice.slot, self.admission.counted(demand), estimate, now);
        if let Some(needs) = self.needs(choice.slot).cloned() {
            self.allowances.take(&needs, now);
            self.unsettled.extend(needs.claims.iter());
        }
    }

    /// A task that was started with `demand` is over, or its attempt is.
    pub(crate) fn release(&mut self, slot: u32, demand: Demand) {
        self.admission.release(demand);
        if self.is_plain {
            return;
        }
        self.ends.remove(slot);
        if !self.corrected.is_empty() {
            self.corrected.remove(&slot);
        }
        if let Some(needs) = self.needs(slot).cloned() {
            self.allowances.release(&needs);
            self.unsettled.extend(needs.groups());
        }
    }

    /// There may be more or less of a resource than before.
    pub(crate) fn unsettle(&mut self, resource: Resource) {
        self.unsettled.push(resource);
    }

    #[cfg(test)]
    pub(crate) fn assert_nothing_left(&self) {
        assert_eq!(self.head(), None);
        assert!(self.lanes.is_empty() && self.needs.is_empty() && self.ends.is_empty());
        assert!(self.corrected.is_empty());
        assert!(self.admission.is_untouched(), "{:?}", self.admission);
        assert!(self.allowances.are_groups_free(), "{:?}", self.allowances);
    }
}

impl Choice {
    fn plain(slot: u32) -> Self {
        Self { slot, lane: None, overtakes: 0 }
    }
}
