//! What is changed about tasks, graphs and limits from outside.

use super::Life;
use crate::draft::{GROUPS, MEMORY, RATES, TOTALS, one_in};
use crate::promise::{Dependency, KINDS, State};
use graph_runtime_scheduler::{Cancelled, Dependents, TaskId};
use std::time::Duration;

impl Life {
    pub(super) fn connect(&mut self) {
        let (Some(before), Some(after)) = (self.any_id(), self.any_id()) else { return };
        if self.scheduler.connect(before, after, self.now).is_err() {
            return;
        }
        self.seen.edges += 1;
        let end = match self.books.promises[&before].state {
            State::Ended(end) => Dependency::Ended(end),
            _ => Dependency::Open,
        };
        let promise = self.books.promises.get_mut(&after).expect("it is known");
        assert!(matches!(promise.state, State::Waiting));
        let dependency = promise.dependencies.entry(before).or_insert(end);
        if *dependency == Dependency::Waived {
            // It need not have waited for that one any more, and does so again.
            *dependency = end;
        }
        let dependents = &mut self.books.promises.get_mut(&before).expect("it is known").dependents;
        if end == Dependency::Open && !dependents.contains(&after) {
            dependents.push(after);
        }
    }

    pub(super) fn remove(&mut self) {
        let Some(id) = self.any_id() else { return };
        let dependents =
            if one_in(&mut self.rng, 2) { Dependents::Detach } else { Dependents::Skip };
        if self.scheduler.remove(id, dependents, self.now).is_err() {
            return;
        }
        let promise = self.books.promises.get_mut(&id).expect("it is known");
        promise.is_cancelled = true;
        if dependents == Dependents::Detach {
            self.seen.detached += promise.dependents.len();
            for dependent in promise.dependents.clone() {
                if let Some(dependent) = self.books.promises.get_mut(&dependent) {
                    dependent.dependencies.insert(id, Dependency::Waived);
                }
            }
        }
    }

    pub(super) fn hold(&mut self) {
        let Some(id) = self.any_id() else { return };
        if self.scheduler.hold(id).is_ok() {
            self.books.promises.get_mut(&id).expect("it is known").holds += 1;
        }
    }

    pub(super) fn release(&mut self) {
        let held = |ids: &&TaskId| {
            self.books.promises.get(ids).is_some_and(|it| it.holds > 0 && it.is_live())
        };
        if let Some(&id) = self.ids.iter().find(held) {
            self.release_one(id);
        }
    }

    pub(super) fn release_one(&mut self, id: TaskId) {
        assert!(self.scheduler.release(id, self.now));
        self.books.promises.get_mut(&id).expect("it is known").holds -= 1;
    }

    pub(super) fn cancel(&mut self) {
        let Some(id) = self.any_id() else { return };
        match self.scheduler.cancel(id, self.now) {
            Cancelled::Ended | Cancelled::Running(_) => {
                self.books.promises.get_mut(&id).expect("it is known").is_cancelled = true;
            }
            Cancelled::AlreadyEnded(_) | Cancelled::Unknown => {}
        }
    }

    pub(super) fn cancel_graph(&mut self) {
        let Some(number) = self.any_graph() else { return };
        let graph = self.books.graphs.get_mut(&number).expect("it is known");
        graph.is_cancelled = true;
        let stops = self.scheduler.cancel_graph(graph.id, self.now);
        self.books.stops.extend(stops);
    }

    pub(super) fn toggle_pause(&mut self) {
        self.books.is_paused = !self.books.is_paused && one_in(&mut self.rng, 3);
        if self.books.is_paused { self.scheduler.pause() } else { self.scheduler.resume() }
    }

    pub(super) fn change_limits(&mut self) {
        let limit = 1 + self.rng.below(10) as usize;
        match self.rng.below(3) {
            0 => {
                self.books.limit = limit;
                self.scheduler.set_max_in_flight(limit);
            }
            1 => {
                let kind = self.rng.below(KINDS as u32) as usize;
                self.books.group_limits[kind] = limit;
                self.scheduler.set_group_limit(GROUPS[kind].0, limit).expect("it is declared");
            }
            _ => {
                let free = u64::from(self.rng.below(TOTALS[MEMORY] as u32));
                let free = Some(free).filter(|_| !one_in(&mut self.rng, 4));
                self.books.read_memory(free);
                self.scheduler.set_free_memory(free);
            }
        }
    }

    pub(super) fn correct(&mut self) {
        let Some(id) = self.any_running() else { return };
        let kind = self.rng.below(KINDS as u32) as usize;
        let units = f64::from(self.rng.below(RATES[kind].2 as u32 * 12)) / 8.0;
        let ticket = self.books.ticket(id).expect("it runs");
        self.scheduler.correct_cost(ticket, RATES[kind].0, units, self.now).expect("it is sound");
        let promise = self.books.promises.get_mut(&id).expect("it is known");
        let before = std::mem::replace(&mut promise.charged[kind], units);
        self.books.buckets[kind].correct(before, units, self.now);
        self.seen.corrected += 1;
    }

    /// Other ranks change the order, and nothing that was promised.
    pub(super) fn reestimate(&mut self) {
        let Some(number) = self.any_graph() else { return };
        let millis = |n: u64| Duration::from_millis(n * 7_919 % 3_000);
        let (graph, salt) = (self.books.graphs[&number].id, u64::from(self.rng.below(1_000)));
        let estimate = |node: usize| millis(node as u64 + salt);
        let added =
            |id: TaskId| (!id.as_u64().is_multiple_of(3)).then(|| millis(id.as_u64() + salt));
        assert!(self.scheduler.reestimate(graph, estimate, added));
    }

    pub(super) fn slow_down(&mut self) {
        let kind = self.rng.below(KINDS as u32) as usize;
        if one_in(&mut self.rng, 2) {
            self.scheduler.resume_rate(RATES[kind].0).expect("it is declared");
            self.books.buckets[kind].resume();
        } else {
            let until = self.now + Duration::from_millis(self.rng.below(5_000).into());
            self.scheduler.pause_rate(RATES[kind].0, until).expect("it is declared");
            self.books.buckets[kind].pause(until);
        }
    }
}
