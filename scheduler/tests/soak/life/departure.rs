//! What is forgotten, and how everything ends.

use super::{LIVE_MAX, Life, REMEMBERED_MAX, Seen};
use crate::draft::RATES;
use graph_runtime_scheduler::{Counts, EndState, TaskId};
use std::collections::HashMap;

impl Life {
    pub(super) fn forget(&mut self) {
        while self.books.ended_alone.len() > REMEMBERED_MAX / 2 {
            let id = self.books.ended_alone.swap_remove(0);
            assert!(self.scheduler.forget(id));
            self.books.forget(id);
        }
        while self.books.promises.len() > LIVE_MAX + REMEMBERED_MAX {
            let Some(number) = self.books.ended_graphs.pop() else { break };
            self.forget_graph(number);
        }
        self.ids.retain(|id| self.books.promises.contains_key(id));
    }

    pub(super) fn forget_graph(&mut self, number: usize) {
        let graph = self.books.graphs[&number].id;
        // What was added to it is forgotten by itself.
        assert!(self.scheduler.forget_graph(graph));
        self.books.forget_graph(number);
    }

    /// Everything comes to an end, and leaves nothing behind.
    pub(crate) fn end(mut self) {
        self.books.is_paused = false;
        self.scheduler.resume();
        for (kind, (rate, ..)) in RATES.iter().enumerate() {
            self.scheduler.resume_rate(rate).expect("it is declared");
            self.books.buckets[kind].resume();
        }
        for id in self.ids.clone() {
            while self.books.promises[&id].is_live() && self.books.promises[&id].holds > 0 {
                self.release_one(id);
                self.settle();
            }
        }
        while self.books.live() > 0 {
            while self.start_next() {}
            self.settle();
            if let Some(id) = self.any_running() {
                self.finish_one(id, EndState::Completed);
            } else if self.books.live() > 0 {
                let next = self.scheduler.next_wake();
                self.now = next.unwrap_or_else(|| panic!("stuck: {:?}", self.reasons()));
                self.scheduler.pass_time(self.now);
            }
            self.settle();
        }
        self.books.assert_empty();
        self.assert_eventful();
        self.forget_all();
        assert_eq!((self.scheduler.known(), self.alive.get()), (0, 0));
        assert!(self.scheduler.is_idle());
    }

    pub(super) fn assert_eventful(&self) {
        let Seen { retries, growths, edges, detached, silent, stopped, corrected } = self.seen;
        let seen = [retries, growths, edges, detached, silent, stopped, corrected];
        let Counts { completed, failed, cancelled, timed_out, skipped, .. } = self.books.ended;
        let ends = [completed, failed, cancelled, timed_out, skipped];
        assert!(seen.iter().chain(&ends).all(|&times| times >= 10), "{:?}, {ends:?}", self.seen);
    }

    pub(super) fn forget_all(&mut self) {
        for id in std::mem::take(&mut self.books.ended_alone) {
            assert!(self.scheduler.forget(id));
            self.books.forget(id);
        }
        for number in std::mem::take(&mut self.books.ended_graphs) {
            self.forget_graph(number);
        }
    }

    pub(super) fn reasons(&self) -> HashMap<TaskId, Option<String>> {
        let live = self.books.promises.iter().filter(|(_, promise)| promise.is_live());
        let why = |&id: &TaskId| self.scheduler.why(id, self.now).map(|why| why.to_string());
        live.map(|(id, _)| (*id, why(id))).collect()
    }
}
