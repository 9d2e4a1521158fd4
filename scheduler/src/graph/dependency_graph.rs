//! The tasks that have not ended, and who waits for whom.

use super::Ticket;
use super::edges::{EdgeList, Edges};
use super::job::Job;
use super::record::{NO_JOB, Record};
use super::slab::Slab;
use super::state::Phase;
use std::ops::{Index, IndexMut};

/// Records in slots, with join counters, and the edges between them.
///
/// Edges inside a graph that was submitted as a whole are rows of its [`Job`]; all others are in
/// linked lists, because nobody knows how many will be added to a task.
///
/// | operation | cost |
/// |---|---|
/// | [`insert`](Self::insert), [`link`](Self::link), look-up | O(1) |
/// | [`release_successors`](Self::release_successors) | O(successors) |
/// | [`detach`](Self::detach) | O(dependencies), once in a task's life |
#[derive(Debug)]
pub(crate) struct DependencyGraph<P> {
    records: Slab<Record<P>>,
    pub(crate) jobs: Slab<Job>,
    edges: Edges,
}

impl<P> Default for DependencyGraph<P> {
    fn default() -> Self {
        Self { records: Slab::default(), jobs: Slab::default(), edges: Edges::default() }
    }
}

impl<P> DependencyGraph<P> {
    /// Makes room in one step.
    pub(crate) fn reserve(&mut self, tasks: usize) {
        self.records.reserve(tasks);
    }

    pub(crate) fn insert(&mut self, record: Record<P>) -> u32 {
        self.records.insert(record)
    }

    /// Whether a task is in `slot`.
    pub(crate) fn contains(&self, slot: u32) -> bool {
        self.records.get(slot).is_some()
    }

    /// `successor` must wait for `predecessor`, which is not in the same graph.
    pub(crate) fn link(&mut self, predecessor: u32, successor: u32) {
        let mut successors = self[predecessor].successors;
        let mut predecessors = self[successor].predecessors;
        self.edges.add(predecessor, successor, &mut successors, &mut predecessors);
        self[predecessor].successors = successors;
        self[successor].predecessors = predecessors;
        self[successor].unmet += 1;
    }

    /// The dependencies of `slot` that have not ended; those outside its graph first, whose ranks
    /// may have to be raised when those inside are exact.
    pub(crate) fn predecessors(&self, slot: u32) -> impl Iterator<Item = u32> + '_ {
        let record = &self[slot];
        let inside = (record.job != NO_JOB).then(|| self.jobs[record.job].parents(record.node));
        self.edges.sources(record.predecessors).chain(inside.into_iter().flatten())
    }

    /// `slot` ends: collects the tasks that wait for it and lets go of them.
    pub(crate) fn release_successors(&mut self, slot: u32, waiting: &mut Vec<u32>) {
        let record = &mut self[slot];
        let list = std::mem::take(&mut record.successors);
        let (job, node) = (record.job, record.node);
        if job != NO_JOB {
            let children = self.jobs[job].children(node);
            waiting.extend(children.filter(|&child| !self[child].is_detached));
        }
        self.edges.release_successors(list, |target| waiting.push(target));
    }

    /// `slot` waits for nobody any more: it became ready, or it will never run.
    pub(crate) fn detach(&mut self, slot: u32) {
        self[slot].is_detached = true;
        let list: EdgeList = std::mem::take(&mut self[slot].predecessors);
        self.edges.release_predecessors(list);
    }

    /// Drops an ended task that has been detached, has released its successors and has handed its
    /// payload on.
    pub(crate) fn remove(&mut self, slot: u32) {
        debug_assert!(self[slot].payload.is_none());
        self.records.discard(slot);
    }

    /// The ticket of whatever runs in `slot`.
    pub(crate) fn ticket(&self, slot: u32) -> Ticket {
        Ticket { index: slot, generation: self.records.generation(slot) }
    }

    /// Whether the attempt `ticket` names is running.
    pub(crate) fn is_running(&self, ticket: Ticket) -> bool {
        let record = self.records.get_generation(ticket.index, ticket.generation);
        record.is_some_and(|record| record.phase == Phase::Running)
    }

    /// Slots in use.
    pub(crate) fn slots(&self) -> impl Iterator<Item = u32> + '_ {
        self.records.indices()
    }

    #[cfg(test)]
    pub(crate) fn edges_in_use(&self) -> usize {
        self.edges.in_use()
    }
}

impl<P> Index<u32> for DependencyGraph<P> {
    type Output = Record<P>;

    fn index(&self, slot: u32) -> &Record<P> {
        &self.records[slot]
    }
}

impl<P> IndexMut<u32> for DependencyGraph<P> {
    fn index_mut(&mut self, slot: u32) -> &mut Record<P> {
        &mut self.records[slot]
    }
}
