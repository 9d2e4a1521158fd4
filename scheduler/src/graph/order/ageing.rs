//! Tasks that have been overtaken for too long.

use super::stage;
use crate::graph::TaskScheduler;
use crate::graph::state::Phase;
use primitives::Timestamp;
use std::collections::BTreeMap;

/// One start in so many belongs to the tasks that have waited too long, while there are any.
const TURN: u32 = 8;

/// Ready tasks that have waited longer than the patience, in the order in which they became ready.
///
/// Only what is submitted later can make a task wait for ever, so it is enough to look for such
/// tasks when something is submitted, and not more often than once in a patience: a task is in
/// here before anything is that was submitted two patiences after it became ready. From then on
/// after each seventh start the oldest goes to the front of the queue, so with k others before it a
/// task is there within 8 (k + 1) starts. It costs nothing while nobody waits.
#[derive(Debug, Default)]
pub(crate) struct Aged {
    slots: BTreeMap<u64, u32>,
    /// Starts since the last turn of theirs.
    starts: u32,
    looked_at: Timestamp,
}

impl Aged {
    /// The oldest, if it is its turn.
    pub(crate) fn on_turn(&self) -> Option<u32> {
        if self.starts + 1 < TURN {
            return None;
        }
        self.slots.first_key_value().map(|(_, &slot)| slot)
    }

    /// A task that became ready as number `sequence` is not ready any more.
    pub(crate) fn leave(&mut self, sequence: u64) {
        if !self.slots.is_empty() {
            self.slots.remove(&sequence);
        }
    }

    /// Takes out the oldest, if it is its turn.
    fn take_turn(&mut self) -> Option<u32> {
        self.on_turn()?;
        self.starts = 0;
        self.slots.pop_first().map(|(_, slot)| slot)
    }

    /// A task starts whose turn it is not. Those are counted only while somebody waits for a turn.
    fn count(&mut self) {
        self.starts = if self.slots.is_empty() { 0 } else { self.starts + 1 };
    }
}

impl<P> TaskScheduler<P> {
    /// Puts the oldest to the front if it is its turn and something may start.
    pub(in crate::graph) fn let_aged_go_first(&mut self) {
        if self.turnstile.admission.is_open()
            && let Some(slot) = self.aged.take_turn()
        {
            self.unqueue(slot);
            self.graph[slot].stage = stage::FRONT;
            self.queue(slot);
        }
    }

    /// A task has been taken out of the queue to start.
    pub(in crate::graph) fn count_start(&mut self, slot: u32) {
        let record = &mut self.graph[slot];
        self.aged.leave(record.sequence);
        if record.stage == stage::FRONT {
            record.stage = stage::USUAL;
        } else {
            self.aged.count();
        }
    }

    /// Looks for tasks that have waited too long; before anything is submitted. O(slots), once in
    /// a patience.
    pub(in crate::graph) fn let_tasks_age(&mut self, now: Timestamp) {
        let patience = self.config.patience;
        if now < self.aged.looked_at + patience || self.counts.ready == 0 {
            return;
        }
        self.aged.looked_at = now;
        let graph = &self.graph;
        let has_aged = |&slot: &u32| {
            graph[slot].phase == Phase::Ready && graph[slot].ready_at + patience <= now
        };
        let aged = graph.slots().filter(has_aged).map(|slot| (graph[slot].sequence, slot));
        self.aged.slots.extend(aged);
    }
}
