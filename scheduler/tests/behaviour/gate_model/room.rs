//! Room in the budgets, and for whom it is kept.

use super::Model;
use crate::gate_tasks::{CPU, MEMORY, Needs, State};

/// Room that is kept for the first task that does not fit.
pub(super) struct Reservation {
    task: usize,
    at: Option<u64>,
    /// What is free then.
    free: (u64, u64),
}

/// Whether taking `amount` leaves what is kept, of what both need.
fn leaves(amount: (u64, u64), kept: (u64, u64), free: (u64, u64)) -> bool {
    let leaves = |amount, kept, free| amount == 0 || kept == 0 || amount + kept <= free;
    leaves(amount.0, kept.0, free.0) && leaves(amount.1, kept.1, free.1)
}

impl Model {
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

    /// How much of the budgets is held for those before a task.
    fn held_budgets(&self, task: usize) -> (u64, u64) {
        let holders = self.holders_before(task).into_iter().filter(|holder| holder.holds_all);
        holders
            .map(|holder| self.tasks[holder.task].needs)
            .fold((0, 0), |(cpu, memory), needs| (cpu + needs.cpu, memory + needs.memory))
    }

    /// Of which budgets there is too little for a task.
    pub(super) fn lacks(&self, task: usize) -> (bool, bool) {
        let (needs, free) = (self.tasks[task].needs, self.free());
        (needs.cpu > free.0, needs.memory > free.1 || !self.machine_has(needs.memory))
    }

    pub(super) fn has_room(&mut self, task: usize, reserved: &mut Vec<Reservation>) -> bool {
        let needs = self.tasks[task].needs;
        if !needs.is_heavy() {
            return true;
        }
        let lacks = self.lacks(task);
        if lacks != (false, false) {
            let others = reserved.iter().map(|it| self.lacks(it.task));
            let has = others.fold((false, false), |one, other| (one.0 | other.0, one.1 | other.1));
            if (lacks.0 && !has.0) || (lacks.1 && !has.1) {
                let reservation = self.reserve(task);
                let now = self.now;
                let again = reservation.at.map(|at| at + (at - now));
                let ends = &mut self.waiting(task).patience_ends;
                *ends = ends.or(again);
                reserved.push(reservation);
            }
            return false;
        }
        let (amount, free) = ((needs.cpu, needs.memory), self.free_with_machine());
        if !leaves(amount, self.held_budgets(task), free) {
            return false;
        }
        let estimate = self.tasks[task].estimate;
        let is_in_the_way = |it: &&Reservation| {
            let is_short = it.at.is_some_and(|at| estimate > 0 && self.now + estimate <= at);
            let kept = self.tasks[it.task].needs;
            !is_short && !leaves(amount, (kept.cpu, kept.memory), it.free)
        };
        let overtaken: Vec<&Reservation> = reserved.iter().filter(is_in_the_way).collect();
        if overtaken.iter().any(|it| it.at.is_some() && estimate > 0) {
            return false;
        }
        overtaken.iter().for_each(|it| self.waiting(it.task).overtaken += 1);
        true
    }

    fn free_with_machine(&self) -> (u64, u64) {
        let free = self.free();
        (free.0, free.1.min(self.free_of_machine()))
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
        let mut free = self.free_with_machine();
        for end in ends {
            let it = &self.tasks[end];
            free = (free.0 + it.needs.cpu, free.1 + it.needs.memory);
            if needs.cpu <= free.0 && needs.memory <= free.1 {
                return Reservation { task, at: Some(it.expected_end), free };
            }
        }
        Reservation { task, at: None, free: self.free_with_machine() }
    }
}
