//! When a large task will find room, and what may start before it without being in its way.

use super::lanes::Place;
use super::turnstile::Turnstile;
use crate::control::{Admission, Demand};
use crate::graph::shape::directory::IdHasher;
use primitives::Timestamp;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::hash::BuildHasherDefault;
use std::time::Duration;

/// How many expected ends are looked at. What lies beyond them is too far away to be planned for.
const ENDS_MAX: usize = 64;

/// So many tasks are looked through sooner than one is hashed: the first to start is often the
/// first to end.
const LATEST_MAX: usize = 32;

/// When those running tasks are expected to end that take something of a budget. O(1) for each that
/// starts or ends, and O(log n) more if a reservation is made in between.
///
/// A task that runs longer than expected is thought to take as long again as it has taken so far.
#[derive(Debug, Default)]
pub(crate) struct Ends {
    /// The latest of those that have started since somebody wanted to know, in that order.
    latest: VecDeque<(u32, Held)>,
    /// Those that have started before them.
    started: HashMap<u32, Held, BuildHasherDefault<IdHasher>>,
    by_time: BTreeMap<(Timestamp, u32), Held>,
    /// Under which time each task is there.
    times: HashMap<u32, Timestamp, BuildHasherDefault<IdHasher>>,
}

#[derive(Debug, Clone, Copy)]
struct Held {
    demand: Demand,
    started_at: Timestamp,
    /// For how many nanoseconds it is expected to run.
    estimate: u64,
}

/// A place in time for a task that does not fit now.
///
/// It knows nothing of slots, and need not: room in a budget comes with the end of a task, which
/// leaves its slot as well, and that goes to whoever is first in order of those that fit. Only a
/// limit that is lowered meanwhile can keep the task waiting, and then nobody else starts either.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reservation {
    /// When it is expected to fit; `None` if nobody knows.
    pub(crate) at: Option<Timestamp>,
    /// What is kept for it.
    kept: Demand,
    /// What is free then; now, if nobody knows when. Never less of what it does not lack now.
    free: Demand,
}

/// Which of the reservations a task may be in the way of: a bit for each.
pub(super) type Overtaken = u8;

/// What starting a task means for a reservation of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// It will not be in its way, if estimates are right.
    None,
    /// Nobody knows.
    Unknown,
    /// It would be in its way.
    Delay,
}

impl Ends {
    /// A task starts that is expected to run for so many nanoseconds; for 0, nobody knows.
    pub(crate) fn add(&mut self, slot: u32, demand: Demand, estimate: u64, now: Timestamp) {
        if estimate > 0 && demand != Demand::NONE {
            if self.latest.len() == LATEST_MAX {
                self.started.extend(self.latest.pop_front());
            }
            self.latest.push_back((slot, Held { demand, started_at: now, estimate }));
        }
    }

    /// A task has ended.
    pub(crate) fn remove(&mut self, slot: u32) {
        let latest = self.latest.iter().position(|&(it, _)| it == slot);
        if latest.and_then(|at| self.latest.remove(at)).is_none()
            && self.started.remove(&slot).is_none()
            && let Some(end) = self.times.remove(&slot)
        {
            self.by_time.remove(&(end, slot));
        }
    }

    /// Sorts in those that have started.
    fn sort_in(&mut self) {
        for (slot, held) in self.started.drain().chain(self.latest.drain(..)) {
            let end = held.started_at + Duration::from_nanos(held.estimate);
            self.by_time.insert((end, slot), held);
            self.times.insert(slot, end);
        }
    }

    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        self.latest.is_empty()
            && self.started.is_empty()
            && self.by_time.is_empty()
            && self.times.is_empty()
    }

    /// When there is room for `demand`, which does not fit now: after EASY backfilling (D. Lifka,
    /// "The ANL/IBM SP scheduling system", JSSPP 1995; A. Mu'alem and D. Feitelson, IEEE TPDS
    /// 12(6), 2001). O(running tasks), and no more than some dozens.
    pub(crate) fn reserve(
        &mut self,
        demand: Demand,
        admission: &Admission,
        now: Timestamp,
    ) -> Reservation {
        self.sort_in();
        self.put_off(now);
        let free_now = admission.free();
        let (mut free, mut last) = (free_now, None);
        for (&(end, _), held) in self.by_time.iter().take(ENDS_MAX) {
            free = free.plus(held.demand);
            last = Some(end);
            if demand.fits_into(free) {
                return Reservation { at: last, kept: demand, free };
            }
        }
        if self.by_time.len() > ENDS_MAX {
            // Whatever ends before the last of those that were looked at is not in its way either.
            return Reservation { at: last, kept: demand, free };
        }
        Reservation { at: None, kept: demand, free: free_now }
    }

    /// Whoever should have ended by now will end later, unless that is the end of time.
    fn put_off(&mut self, now: Timestamp) {
        while let Some((&(end, slot), &held)) = self.by_time.first_key_value()
            && end <= now
            && end < Timestamp::MAX
        {
            self.by_time.pop_first();
            let taken = (now - held.started_at).max(Duration::from_nanos(1));
            self.by_time.insert((now + taken, slot), held);
            self.times.insert(slot, now + taken);
        }
    }
}

impl Reservation {
    /// What becomes of it if a task starts that takes `demand` for so many nanoseconds; for 0,
    /// nobody knows how long.
    pub(crate) fn effect(&self, demand: Demand, estimate: u64, now: Timestamp) -> Effect {
        let is_short = |at| estimate > 0 && now + Duration::from_nanos(estimate) <= at;
        if demand.leaves(self.kept, self.free) || self.at.is_some_and(is_short) {
            Effect::None
        } else if self.at.is_none() || estimate == 0 {
            Effect::Unknown
        } else {
            Effect::Delay
        }
    }
}

impl Turnstile {
    /// Keeps room for a task that does not fit now.
    pub(super) fn reserve(&mut self, place: Place, demand: Demand, now: Timestamp) {
        let reservation = self.ends.reserve(demand, &self.admission, now);
        self.reserved.push((place, reservation));
        let again = reservation.at.map(|at| at + (at - now));
        let patience = &mut self.lanes.at(place).patience;
        patience.ends_at = patience.ends_at.or(again);
    }

    /// Who may have to wait longer if a task starts that takes `demand`; `None` if by the estimates
    /// somebody would.
    pub(super) fn overtaken_by(
        &self,
        demand: Demand,
        estimate: impl FnOnce() -> u64,
        now: Timestamp,
    ) -> Option<Overtaken> {
        if self.reserved.is_empty() || demand == Demand::NONE {
            return Some(0);
        }
        let (estimate, mut overtaken) = (estimate(), 0);
        for (at, (_, reservation)) in self.reserved.iter().enumerate() {
            match reservation.effect(demand, estimate, now) {
                Effect::None => {}
                Effect::Unknown => overtaken |= 1 << at,
                Effect::Delay => return None,
            }
        }
        Some(overtaken)
    }

    /// A task starts that may be in their way.
    pub(super) fn overtake(&mut self, overtaken: Overtaken) {
        if overtaken == 0 {
            return;
        }
        let reserved = self.reserved.iter().enumerate();
        for (_, &(place, _)) in reserved.filter(|(at, _)| overtaken & (1 << at) != 0) {
            self.lanes.at(place).patience.overtaken += 1;
        }
    }
}
