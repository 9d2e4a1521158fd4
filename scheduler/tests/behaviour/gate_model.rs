//! Who may start under budgets, groups and rates, in the plainest form: every question is answered
//! by looking at all tasks. The oracle of the random tests of admission.
//!
//! Time is in nanoseconds, CPU in tenths of a core.

use crate::gate_tasks::{CPU, GROUPS, MEMORY, Needs, RATE_TERMS, RATES, Resource, State, Task};
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
    holder: Option<Holder>,
    rate_starts: [u64; RATES],
    group_starts: [u64; GROUPS],
}

/// Room that is kept for the first task that does not fit.
struct Reservation {
    task: usize,
    at: Option<u64>,
    spare: (u64, u64),
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
            holder: None,
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
            (self.waiting, self.holder) = (Vec::new(), None);
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
        self.holder = self
            .holder
            .filter(|holder| self.waiting.iter().any(|waiting| waiting.task == holder.task));
    }

    fn waiting(&mut self, task: usize) -> &mut Waiting {
        self.waiting.iter_mut().find(|waiting| waiting.task == task).expect("it is a candidate")
    }

    pub(crate) fn free(&self) -> (u64, u64) {
        let running = self.all_in(State::Running);
        let sum = |part: fn(&Needs) -> u64| -> u64 {
            running.iter().map(|&task| part(&self.tasks[task].needs)).sum()
        };
        (CPU - sum(|needs| needs.cpu), MEMORY - sum(|needs| needs.memory))
    }

    /// What the machine still has, as far as anybody knows.
    fn free_of_machine(&self) -> u64 {
        let taken = self.since_reading.iter().fold(0, |taken, change| (taken + change).max(0));
        self.reading.map_or(u64::MAX, |free| free.saturating_sub(taken as u64))
    }

    /// Whether the machine has the memory for a task, or would have nobody else to have it for.
    pub(crate) fn machine_has(&self, memory: u64) -> bool {
        let running = self.all_in(State::Running);
        let is_alone = running.into_iter().all(|task| self.tasks[task].needs.memory == 0);
        memory == 0 || is_alone || memory <= self.free_of_machine()
    }

    fn holder_before(&self, task: usize) -> Option<Holder> {
        self.holder.filter(|holder| self.key(holder.task) < self.key(task))
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
        let is_held = self.holder_before(task).is_some_and(|holder| {
            self.tasks[holder.task].needs.claims().contains(&resource)
                && (holder.holds_all || matches!(resource, Resource::Rate(_)))
        });
        let lacks = match resource {
            Resource::Rate(rate) => {
                let before = |it: &&Waiting| {
                    it.blocked_by == Some(resource) && self.key(it.task) < self.key(task)
                };
                let cost = self.tasks[task].needs.costs[rate].unwrap_or(0);
                !self.has(rate, cost) || self.waiting.iter().any(|it| before(&it))
            }
            Resource::Group(group) => self.running_in(group) >= self.group_limits[group],
        };
        is_held || lacks
    }

    /// The task that starts next.
    pub(crate) fn choose(&mut self) -> Option<usize> {
        if self.all_in(State::Running).len() >= self.limit {
            return None;
        }
        loop {
            let holder = self.holder;
            let choice = self.walk();
            if choice.is_some() || self.holder == holder {
                return choice;
            }
        }
    }

    fn walk(&mut self) -> Option<usize> {
        let mut reserved: Option<Reservation> = None;
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

    fn has_room(&mut self, task: usize, reserved: &mut Option<Reservation>) -> bool {
        let needs = self.tasks[task].needs;
        if !needs.is_heavy() {
            return true;
        }
        let free = self.free();
        if needs.cpu > free.0 || needs.memory > free.1 || !self.machine_has(needs.memory) {
            if reserved.is_none() {
                let reservation = self.reserve(task);
                let now = self.now;
                let again = reservation.at.map(|at| at + (at - now));
                let ends = &mut self.waiting(task).patience_ends;
                *ends = ends.or(again);
                *reserved = Some(reservation);
            }
            return false;
        }
        let is_held = self
            .holder_before(task)
            .is_some_and(|holder| holder.holds_all && self.tasks[holder.task].needs.is_heavy());
        if is_held {
            return false;
        }
        let Some(Reservation { task: first, at, spare }) = *reserved else { return true };
        let estimate = self.tasks[task].estimate;
        let is_short = at.is_some_and(|at| estimate > 0 && self.now + estimate <= at);
        if is_short || (needs.cpu <= spare.0 && needs.memory <= spare.1) {
            return true;
        }
        if at.is_none() || estimate == 0 {
            self.waiting(first).overtaken += 1;
            return true;
        }
        false
    }

    fn reserve(&mut self, task: usize) -> Reservation {
        let now = self.now;
        for running in self.all_in(State::Running) {
            let it = &mut self.tasks[running];
            if it.estimate > 0 && it.needs.is_heavy() && it.expected_end <= now {
                it.expected_end = now + (now - it.started_at).max(1);
            }
        }
        let mut ends: Vec<usize> = self.all_in(State::Running);
        ends.retain(|&it| self.tasks[it].estimate > 0);
        ends.sort_by_key(|&it| self.tasks[it].expected_end);
        let needs = self.tasks[task].needs;
        let mut free = self.free();
        free.1 = free.1.min(self.free_of_machine());
        for end in ends {
            let it = &self.tasks[end];
            free = (free.0 + it.needs.cpu, free.1 + it.needs.memory);
            if needs.cpu <= free.0 && needs.memory <= free.1 {
                let spare = (free.0 - needs.cpu, free.1 - needs.memory);
                return Reservation { task, at: Some(it.expected_end), spare };
            }
        }
        Reservation { task, at: None, spare: (0, 0) }
    }

    fn lose_patience(&mut self, task: usize, blocked_by: Option<Resource>) {
        let needs = self.tasks[task].needs;
        let starts: u64 = needs.claims().into_iter().map(|claim| self.starts(claim)).sum();
        let several = needs.claims().len() + usize::from(needs.is_heavy()) > 1;
        let now = self.now;
        if self.holder_before(task).is_some() {
            return;
        }
        let is_holder = self.holder.is_some_and(|holder| holder.task == task);
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
                self.holder = self.holder.filter(|_| !is_holder);
                return;
            }
            Some(Resource::Rate(_)) => false,
            _ => true,
        };
        self.holder = Some(Holder { task, holds_all });
    }

    fn starts(&self, resource: Resource) -> u64 {
        match resource {
            Resource::Rate(rate) => self.rate_starts[rate],
            Resource::Group(group) => self.group_starts[group],
        }
    }

    /// Whether somebody has lost patience.
    pub(crate) fn has_holder(&self) -> bool {
        self.holder.is_some()
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
