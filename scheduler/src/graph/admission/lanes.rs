//! Ready tasks that may be held up by what they need.

use super::places::Places;
use crate::control::{Demand, Resource};
use crate::graph::order::policy::Key;
use crate::graph::order::ready_queue::ReadyQueue;
use crate::graph::shape::directory::IdHasher;
use crate::graph::slab::Slab;
use primitives::Timestamp;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::ops::{Bound, RangeBounds};
use std::sync::Arc;

/// What decides whether a task may start, but for what it costs: tasks of a kind go strictly in
/// order.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct Kind {
    /// What it takes of the budgets that exist.
    pub(crate) demand: Demand,
    /// The groups and rates it needs, in order.
    pub(crate) claims: Option<Arc<[Resource]>>,
}

impl Kind {
    /// Whether nothing but a place under the limit can hold it up.
    pub(crate) fn is_plain(&self) -> bool {
        self.demand == Demand::NONE && self.claims.is_none()
    }

    pub(crate) fn claims(&self) -> &[Resource] {
        self.claims.as_deref().unwrap_or_default()
    }
}

/// The ready tasks of a kind, and how its first one has fared.
#[derive(Debug)]
pub(crate) struct Lane {
    kind: Kind,
    queue: ReadyQueue,
    /// Where it stands: with those that wait for a resource, or with those to be looked at.
    is_parked: bool,
    /// What its first task waits for, or waited for before it was opened.
    waits_for: Option<Resource>,
    pub(crate) patience: Patience,
}

/// How often others have started instead of the first task of a lane, since it has been that.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Patience {
    /// Starts on what might have been its room.
    pub(crate) overtaken: u64,
    /// How many tasks that claim what it claims had started when it was looked at first.
    pub(crate) starts_before: Option<u64>,
    /// When it loses patience because there should have been room for it long ago.
    pub(crate) ends_at: Option<Timestamp>,
}

/// A lane's place in the order: the key of its first task, with the lane's number instead of the
/// slot's.
pub(crate) type Place = Key;

/// Lanes by kind, each either open, which is to be looked at, or parked, waiting for a resource.
///
/// However many tasks wait for a resource, they are looked at only when they may start: one more
/// task in a parked lane is one push into its queue. With l lanes that have tasks:
///
/// | operation | cost |
/// |---|---|
/// | [`push`](Self::push), [`remove`](Self::remove), [`pop`](Self::pop) | that of the queue, and O(log l) if another task is first now |
/// | [`set_aside`](Self::set_aside), [`unpark_first`](Self::unpark_first), [`next_open`](Self::next_open) | O(log l) |
///
/// A lane exists while there are tasks in it. The last one that has become empty is kept until
/// another does, because in a chain every end empties a lane and fills it again.
#[derive(Debug)]
pub(crate) struct Lanes {
    lanes: Slab<Lane>,
    by_kind: HashMap<Kind, u32, BuildHasherDefault<IdHasher>>,
    /// The lane of the last task that came, if it still exists: the next one is often of its kind.
    recent: Option<u32>,
    /// The lane that is kept without tasks.
    empty: Option<u32>,
    /// The only lane with tasks, which is open and in none of the sets: where all tasks are of one
    /// kind, there is no order of lanes to keep.
    alone: Option<u32>,
    /// Open lanes whose tasks take nothing of any budget.
    light: Places,
    /// Open lanes whose tasks do.
    heavy: Places,
    /// The lanes that wait for each resource.
    parked: Vec<Places>,
}

impl Lanes {
    pub(crate) fn new(resources: usize) -> Self {
        Self {
            lanes: Slab::default(),
            by_kind: HashMap::default(),
            recent: None,
            empty: None,
            alone: None,
            light: Places::default(),
            heavy: Places::default(),
            parked: vec![Places::default(); resources],
        }
    }

    /// Whether there are no tasks.
    pub(crate) fn is_empty(&self) -> bool {
        self.by_kind.len() == usize::from(self.empty.is_some())
    }

    /// The lane at a place in the order, which there must be.
    pub(crate) fn at(&mut self, place: Place) -> &mut Lane {
        &mut self.lanes[place.slot()]
    }

    /// What the tasks of the lane at a place in the order have in common.
    pub(crate) fn kind(&self, place: Place) -> &Kind {
        &self.lanes[place.slot()].kind
    }

    /// The first task of the lane at a place in the order.
    pub(crate) fn first(&self, place: Place) -> u32 {
        self.lanes[place.slot()].queue.peek().expect("no lane is empty")
    }

    /// Whether the same task is still first in the same lane.
    pub(crate) fn is_current(&self, place: Place) -> bool {
        let lane = self.lanes.get(place.slot());
        lane.is_some_and(|lane| lane.place(place.slot()) == Some(place))
    }

    /// Adds a task.
    pub(crate) fn push(&mut self, slot: u32, key: Key, kind: Kind) {
        let number = self.number(kind);
        self.recent = Some(number);
        self.change(number, |queue| queue.push(slot, key));
    }

    /// The lane for tasks of a kind.
    fn number(&mut self, kind: Kind) -> u32 {
        if let Some(recent) = self.recent
            && self.lanes[recent].kind == kind
        {
            return recent;
        }
        if let Some(&number) = self.by_kind.get(&kind) {
            return number;
        }
        let lane = Lane {
            kind: kind.clone(),
            queue: ReadyQueue::default(),
            is_parked: false,
            waits_for: None,
            patience: Patience::default(),
        };
        let number = self.lanes.insert(lane);
        self.by_kind.insert(kind, number);
        // It is about to be filled.
        self.keep(number);
        number
    }

    /// Takes out a task. True if it was the last in its lane.
    pub(crate) fn remove(&mut self, key: Key, kind: &Kind) -> bool {
        let number = *self.by_kind.get(kind).expect("the task is in a lane");
        self.change(number, |queue| queue.remove(key));
        self.empty == Some(number)
    }

    /// Takes out the first task of a lane.
    pub(crate) fn pop(&mut self, number: u32) {
        self.change(number, |queue| queue.pop().is_some());
    }

    /// A task that is likely to be taken out of a lane soon, if that is easy to say.
    pub(crate) fn upcoming(&self, number: u32) -> Option<u32> {
        self.lanes.get(number)?.queue.upcoming()
    }

    /// Sorts all tasks anew, by the keys that they have now.
    pub(crate) fn sort_again(&mut self, key: impl Fn(u32) -> Key) {
        // The one that is kept without tasks stays as it is.
        let numbers = self.lanes.indices().filter(|&number| self.empty != Some(number));
        let numbers: Vec<u32> = numbers.collect();
        for number in numbers {
            self.change(number, |queue| {
                let before = queue.best();
                queue.sort_again(&key);
                queue.best() != before
            });
        }
    }

    /// Changes the tasks of a lane; `change` says whether another one is first then. In that case
    /// the lane is open.
    fn change(&mut self, number: u32, change: impl FnOnce(&mut ReadyQueue) -> bool) {
        if self.is_empty() {
            self.alone = Some(number);
        }
        if self.alone != Some(number) {
            self.enlist();
        }
        let lane = &mut self.lanes[number];
        let before = if self.alone.is_none() { lane.place(number) } else { None };
        if lane.queue.peek().is_none() {
            self.empty = None;
        }
        if !change(&mut lane.queue) {
            return;
        }
        if let Some(before) = before {
            self.standing(number).remove(before);
        }
        let lane = &mut self.lanes[number];
        (lane.is_parked, lane.waits_for) = (false, None);
        lane.patience = Patience::default();
        if lane.queue.peek().is_none() {
            self.alone = None;
            self.keep(number);
        } else if self.alone.is_none() {
            let after = lane.place(number).expect("it has tasks");
            self.standing(number).insert(after);
        }
    }

    /// Puts the lane that is alone among the others: there is another one now, or it has to wait.
    fn enlist(&mut self) {
        if let Some(number) = self.alone.take() {
            let place = self.lanes[number].place(number).expect("it has tasks");
            self.standing(number).insert(place);
        }
    }

    /// The only lane with tasks, if it has been that and open since there were none: its number,
    /// its kind and its first task.
    pub(crate) fn alone(&self) -> Option<(u32, &Kind, u32)> {
        let Lane { kind, queue, .. } = &self.lanes[self.alone?];
        Some((self.alone?, kind, queue.peek()?))
    }

    /// The place of that lane, if it is heavy or light as wanted.
    fn place_alone(&self, is_heavy: bool) -> Option<Place> {
        let lane = &self.lanes[self.alone?];
        lane.place(self.alone?).filter(|_| (lane.kind.demand != Demand::NONE) == is_heavy)
    }

    /// A lane has no tasks: it is kept, and the one before it is not.
    fn keep(&mut self, number: u32) {
        if let Some(before) = self.empty.replace(number) {
            self.by_kind.remove(&self.lanes[before].kind);
            self.lanes.discard(before);
            self.recent = self.recent.filter(|&recent| recent != before);
        }
    }

    /// The set that a lane belongs to.
    fn standing(&mut self, number: u32) -> &mut Places {
        let lane = &self.lanes[number];
        match lane.waits_for {
            Some(resource) if lane.is_parked => &mut self.parked[resource.0 as usize],
            _ if lane.kind.demand == Demand::NONE => &mut self.light,
            _ => &mut self.heavy,
        }
    }

    /// The open heavy lanes, in order.
    pub(crate) fn heavy(&self) -> impl Iterator<Item = Place> + '_ {
        self.place_alone(true).into_iter().chain(self.heavy.iter())
    }

    /// The open heavy lanes before a place in the order.
    pub(crate) fn heavy_before(&self, place: Place) -> impl Iterator<Item = Place> + '_ {
        let alone = self.place_alone(true).filter(|&alone| alone < place);
        alone.into_iter().chain(self.heavy.before(place))
    }

    /// The first open lane in `from`; heavy ones only if wanted.
    pub(crate) fn next_open(&self, from: Bound<Place>, with_heavy: bool) -> Option<Place> {
        let heavy = if with_heavy { self.heavy.first_in(from) } else { None };
        let listed = self.light.first_in(from).into_iter().chain(heavy).min();
        // Where one is alone nothing is listed.
        let heavy_alone = || if with_heavy { self.place_alone(true) } else { None };
        let alone = || self.place_alone(false).or_else(heavy_alone);
        listed.or_else(|| alone().filter(|it| (from, Bound::Unbounded).contains(it)))
    }

    /// An open lane waits for a resource from now on. False if it is what it waited for before.
    pub(crate) fn set_aside(&mut self, place: Place, resource: Resource) -> bool {
        self.enlist();
        self.standing(place.slot()).remove(place);
        let lane = self.at(place);
        lane.is_parked = true;
        let before = lane.waits_for.replace(resource);
        self.standing(place.slot()).insert(place);
        before != Some(resource)
    }

    /// The first task of an open lane has all the resources it needs.
    pub(crate) fn waits_for_nothing(&mut self, place: Place) {
        self.at(place).waits_for = None;
    }

    /// What the first task of a lane waits for, or waited for last.
    pub(crate) fn waited_for(&self, place: Place) -> Option<Resource> {
        self.lanes[place.slot()].waits_for
    }

    /// The first lane that waits for a resource.
    pub(crate) fn first_parked(&self, resource: Resource) -> Option<Place> {
        self.parked[resource.0 as usize].first()
    }

    /// Opens the first lane that waits for a resource.
    pub(crate) fn unpark_first(&mut self, resource: Resource) -> Option<Place> {
        let place = self.first_parked(resource)?;
        self.standing(place.slot()).remove(place);
        self.at(place).is_parked = false;
        self.standing(place.slot()).insert(place);
        Some(place)
    }

    /// Where the lane with the tasks of a kind stands in the order.
    pub(crate) fn find(&self, kind: &Kind) -> Option<Place> {
        let number = *self.by_kind.get(kind)?;
        self.lanes[number].place(number)
    }
}

impl Lane {
    fn place(&self, number: u32) -> Option<Place> {
        self.queue.best().map(|best| best.with_slot(number))
    }
}
