//! Who may start under budgets, groups and rates, in the plainest form: every question is answered
//! by looking at all tasks. The oracle of the random tests of admission.
//!
//! Time is in nanoseconds, CPU in tenths of a core.

mod room;

use self::room::Reservation;
use crate::gate_tasks::{GROUPS, Needs, RATE_TERMS, RATES, Resource, State, Task};
use std::cmp::Reverse;

const OVERTAKEN_MAX: u64 = 64;

/// How the first task of its kind has fared.
#[derive(Debug, Clone, Copy)]
struct Waiting {
    task: usize,
    blocked_by: Option<Resource>,
    overtaken: u64,
    starts_before: Option<u64>,
    patience_ends: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Holder {
    task: usize,
    holds_all: bool,
}

/// So many who have lost patience hold something.
const HOLDERS_MAX: usize = 8;

#[derive(Debug, Clone)]
struct Bucket {
    level: i128,
    paused_until: u64,
}

#[derive(Debug, Clone)]
pub(crate) struct Model {
    pub(crate) tasks: Vec<Task>,
    pub(crate) now: u64,
    pub(crate) limit: usize,
    pub(crate) group_limits: [usize; GROUPS],
    /// Free memory by the last reading, if there was one.
    reading: Option<u64>,
    /// Whether there ever was one.
    is_guarded: bool,
    /// What has been taken and given back since, in order.
    since_reading: Vec<i128>,
    buckets: Vec<Bucket>,
    waiting: Vec<Waiting>,
    /// In order.
    holders: Vec<Holder>,
    rate_starts: [u64; RATES],
    group_starts: [u64; GROUPS],
}

impl Model {
    pub(crate) fn new(limit: usize, group_limits: [usize; GROUPS]) -> Self {
        let bucket = |&(_, period, burst): &(i128, i128, i128)| Bucket {
            level: burst * period,
            paused_until: 0,
        };
        Self {
            tasks: Vec::new(),
            now: 0,
            limit,
            group_limits,
            reading: None,
            is_guarded: false,
            since_reading: Vec::new(),
            buckets: RATE_TERMS.iter().map(bucket).collect(),
            waiting: Vec::new(),
            holders: Vec::new(),
            rate_starts: [0; RATES],
            group_starts: [0; GROUPS],
        }
    }

    pub(crate) fn submit(&mut self, priority: u32, estimate: u64, needs: Needs) {
        self.tasks.push(Task {
            priority,
            estimate,
            needs,
            state: State::Ready,
            charged: [0; RATES],
            started_at: 0,
            expected_end: 0,
        });
        self.look_who_is_first();
    }

    pub(crate) fn all_in(&self, state: State) -> Vec<usize> {
        (0..self.tasks.len()).filter(|&task| self.tasks[task].state == state).collect()
    }

    pub(crate) fn end(&mut self, task: usize) {
        let it = &mut self.tasks[task];
        if it.state == State::Running {
            self.since_reading.push(-i128::from(it.needs.memory));
        }
        it.state = State::Ended;
        self.look_who_is_first();
    }

    pub(crate) fn advance(&mut self, nanos: u64) {
        for (bucket, (inflow, period, burst)) in self.buckets.iter_mut().zip(RATE_TERMS) {
            bucket.level = (bucket.level + inflow * i128::from(nanos)).min(burst * period);
        }
        self.now += nanos;
    }

    pub(crate) fn read_memory(&mut self, free: Option<u64>) {
        self.reading = free;
        self.since_reading.clear();
        if free.is_some() && !std::mem::replace(&mut self.is_guarded, true) {
            (self.waiting, self.holders) = (Vec::new(), Vec::new());
            self.look_who_is_first();
        }
    }

    pub(crate) fn correct(&mut self, task: usize, rate: usize, truth: u64) {
        let taken = std::mem::replace(&mut self.tasks[task].charged[rate], truth);
        self.charge(rate, i128::from(truth) - i128::from(taken));
    }

    pub(crate) fn charge(&mut self, rate: usize, units: i128) {
        let (_, period, burst) = RATE_TERMS[rate];
        let level = &mut self.buckets[rate].level;
        *level = (*level - units * period).min(burst * period);
    }

    pub(crate) fn pause(&mut self, rate: usize, until: u64) {
        let end = &mut self.buckets[rate].paused_until;
        *end = until.max(*end);
    }

    pub(crate) fn resume(&mut self, rate: usize) {
        self.buckets[rate].paused_until = 0;
    }

    pub(crate) fn running_in(&self, group: usize) -> usize {
        let running = self.all_in(State::Running).into_iter();
        running.filter(|&task| self.tasks[task].needs.groups[group]).count()
    }

    /// Whether there is enough for a task, whoever else waits for it.
    pub(crate) fn is_allowed(&self, task: usize) -> bool {
        let needs = self.tasks[task].needs;
        let has_place = |group: usize| self.running_in(group) < self.group_limits[group];
        self.lacks(task) == (false, false)
            && (0..GROUPS).all(|group| !needs.groups[group] || has_place(group))
            && (0..RATES).all(|rate| needs.costs[rate].is_none_or(|cost| self.has(rate, cost)))
    }

    pub(crate) fn is_before(&self, one: usize, other: usize) -> bool {
        self.key(one) < self.key(other)
    }

    /// Whether two tasks need some of the same.
    pub(crate) fn share(&self, one: usize, other: usize) -> bool {
        let [one, other] = [one, other].map(|task| self.tasks[task].needs);
        let claims = other.claims();
        one.cpu.min(other.cpu) > 0
            || one.memory.min(other.memory) > 0
            || one.claims().iter().any(|claim| claims.contains(claim))
    }

    fn key(&self, task: usize) -> (Reverse<u32>, Reverse<u64>, usize) {
        (Reverse(self.tasks[task].priority), Reverse(self.tasks[task].estimate), task)
    }

    /// The first ready task of each kind, in order.
    fn candidates(&self) -> Vec<usize> {
        let mut ready = self.all_in(State::Ready);
        ready.sort_by_key(|&task| self.key(task));
        let mut seen = Vec::new();
        ready.retain(|&task| {
            let kind = self.tasks[task].needs.kind();
            let is_first = !seen.contains(&kind);
            seen.push(kind);
            is_first
        });
        ready
    }

    fn look_who_is_first(&mut self) {
        let candidates = self.candidates();
        self.waiting.retain(|waiting| candidates.contains(&waiting.task));
        for task in candidates {
            if self.waiting.iter().all(|waiting| waiting.task != task) {
                self.waiting.push(Waiting {
                    task,
                    blocked_by: None,
                    overtaken: 0,
                    starts_before: None,
                    patience_ends: None,
                });
            }
        }
        let waiting = &self.waiting;
        self.holders.retain(|holder| waiting.iter().any(|waiting| waiting.task == holder.task));
    }

    fn waiting(&mut self, task: usize) -> &mut Waiting {
        self.waiting.iter_mut().find(|waiting| waiting.task == task).expect("it is a candidate")
    }

    fn holders_before(&self, task: usize) -> Vec<Holder> {
        let mut holders = self.holders.clone();
        holders.retain(|holder| self.key(holder.task) < self.key(task));
        holders
    }

    /// How much of a resource is held for those before a task.
    fn held(&self, resource: Resource, task: usize) -> u64 {
        let held = |holder: &Holder| {
            let needs = self.tasks[holder.task].needs;
            match resource {
                Resource::Rate(rate) => needs.costs[rate].unwrap_or(0),
                Resource::Group(group) => u64::from(holder.holds_all && needs.groups[group]),
            }
        };
        self.holders_before(task).iter().map(held).sum()
    }

    fn is_paused(&self, rate: usize) -> bool {
        self.buckets[rate].paused_until > self.now
    }

    pub(crate) fn has(&self, rate: usize, cost: u64) -> bool {
        let (_, period, _) = RATE_TERMS[rate];
        !self.is_paused(rate) && self.buckets[rate].level >= i128::from(cost) * period
    }

    /// Whether a resource holds up a task.
    fn blocks(&self, resource: Resource, task: usize) -> bool {
        let held = self.held(resource, task);
        match resource {
            Resource::Rate(rate) => {
                let before = |it: &&Waiting| {
                    it.blocked_by == Some(resource) && self.key(it.task) < self.key(task)
                };
                let cost = self.tasks[task].needs.costs[rate].unwrap_or(0);
                !self.has(rate, cost + held) || self.waiting.iter().any(|it| before(&it))
            }
            Resource::Group(group) => {
                self.running_in(group) + held as usize >= self.group_limits[group]
            }
        }
    }

    /// The task that starts next.
    pub(crate) fn choose(&mut self) -> Option<usize> {
        if self.all_in(State::Running).len() >= self.limit {
            return None;
        }
        loop {
            let holders = self.holders.clone();
            let choice = self.walk();
            if choice.is_some() || self.holders == holders {
                return choice;
            }
        }
    }

    fn walk(&mut self) -> Option<usize> {
        let mut reserved: Vec<Reservation> = Vec::new();
        for task in self.candidates() {
            let needs = self.tasks[task].needs;
            if needs.is_plain() {
                return Some(task);
            }
            if let Some(resource) = self.waiting(task).blocked_by
                && self.blocks(resource, task)
            {
                continue;
            }
            let blocked_by = needs.claims().into_iter().find(|&it| self.blocks(it, task));
            self.waiting(task).blocked_by = blocked_by;
            let has_room = blocked_by.is_some() || self.has_room(task, &mut reserved);
            if blocked_by.is_none() && has_room {
                return Some(task);
            }
            self.lose_patience(task, blocked_by);
        }
        None
    }

    fn lose_patience(&mut self, task: usize, blocked_by: Option<Resource>) {
        let needs = self.tasks[task].needs;
        let starts: u64 = needs.claims().into_iter().map(|claim| self.starts(claim)).sum();
        let several = needs.claims().len() + usize::from(needs.is_heavy()) > 1;
        let now = self.now;
        let is_holder = self.holders.iter().any(|holder| holder.task == task);
        if !is_holder {
            let waiting = self.waiting(task);
            let before = *waiting.starts_before.get_or_insert(starts);
            let since = if several { starts - before } else { 0 };
            let is_late = waiting.patience_ends.is_some_and(|end| end <= now);
            if waiting.overtaken + since < OVERTAKEN_MAX && !is_late {
                return;
            }
        }
        let holds_all = match blocked_by {
            Some(Resource::Rate(rate)) if self.is_paused(rate) => {
                self.holders.retain(|holder| holder.task != task);
                return;
            }
            Some(Resource::Rate(_)) => false,
            _ => true,
        };
        self.holders.retain(|holder| holder.task != task);
        let mut holders = std::mem::take(&mut self.holders);
        holders.push(Holder { task, holds_all });
        holders.sort_by_key(|holder| self.key(holder.task));
        holders.truncate(HOLDERS_MAX);
        self.holders = holders;
    }

    fn starts(&self, resource: Resource) -> u64 {
        match resource {
            Resource::Rate(rate) => self.rate_starts[rate],
            Resource::Group(group) => self.group_starts[group],
        }
    }

    /// How many have lost patience and hold something.
    pub(crate) fn holders(&self) -> usize {
        self.holders.len()
    }

    pub(crate) fn start(&mut self, task: usize) {
        let needs = self.tasks[task].needs;
        let it = &mut self.tasks[task];
        (it.state, it.started_at, it.expected_end) =
            (State::Running, self.now, self.now + it.estimate);
        self.since_reading.push(needs.memory.into());
        for rate in 0..RATES {
            if let Some(cost) = needs.costs[rate] {
                self.tasks[task].charged[rate] = cost;
                self.rate_starts[rate] += 1;
                self.charge(rate, cost.into());
            }
        }
        for group in (0..GROUPS).filter(|&group| needs.groups[group]) {
            self.group_starts[group] += 1;
        }
        self.look_who_is_first();
    }
}
