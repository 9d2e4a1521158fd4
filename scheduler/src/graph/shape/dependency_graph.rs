//! The tasks that have not ended, and who waits for whom.

use super::edges::{Edges, Links};
use super::job::Job;
use crate::graph::cargo::{Cargo, Label};
use crate::graph::failure::resilience::NOT_RESILIENT;
use crate::graph::record::{NO_LINKS, NO_NODE, Profile, Record};
use crate::graph::slab::Slab;
use crate::graph::state::Phase;
use crate::graph::{Resilience, Ticket};
use std::ops::{Index, IndexMut};

/// How many successors of a running task are brought near before it ends.
const SUCCESSORS_NEAR: usize = 4;

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
    records: Slab<Record>,
    pub(crate) cargo: Cargo<P>,
    pub(crate) jobs: Slab<Job>,
    /// Of the tasks without a position in a graph, one each.
    profiles: Slab<Profile>,
    /// Of those of them that have any.
    resiliences: Slab<Resilience>,
    edges: Edges,
    links: Slab<Links>,
}

impl<P> Default for DependencyGraph<P> {
    fn default() -> Self {
        Self {
            records: Slab::default(),
            cargo: Cargo::default(),
            jobs: Slab::default(),
            profiles: Slab::default(),
            resiliences: Slab::default(),
            edges: Edges::default(),
            links: Slab::default(),
        }
    }
}

impl<P> DependencyGraph<P> {
    /// Makes room in one step.
    pub(crate) fn reserve(&mut self, tasks: usize) {
        self.records.reserve(tasks);
        self.cargo.reserve(self.records.len_after(tasks));
    }

    pub(crate) fn insert(&mut self, record: Record, payload: P, label: Label) -> u32 {
        let slot = self.records.insert(record);
        self.cargo.put(slot, payload, label);
        slot
    }

    /// Keeps the profile of a task without a position in a graph.
    pub(crate) fn insert_profile(
        &mut self,
        mut profile: Profile,
        resilience: Option<&Resilience>,
    ) -> u32 {
        profile.resilience = match resilience {
            Some(&resilience) => self.resiliences.insert(resilience),
            None => NOT_RESILIENT,
        };
        self.profiles.insert(profile)
    }

    pub(crate) fn profile(&self, slot: u32) -> &Profile {
        self.profile_of(&self[slot])
    }

    /// The profile of a task by its record.
    pub(crate) fn profile_of(&self, record: &Record) -> &Profile {
        match record.node {
            NO_NODE => &self.profiles[record.profile],
            _ => self.jobs[record.job].profile(record.profile),
        }
    }

    /// What the task in `slot` does about attempts that go wrong, if anything.
    pub(crate) fn resilience(&self, slot: u32) -> Option<&Resilience> {
        let number = self.profile(slot).resilience;
        let record = &self[slot];
        match record.node {
            NO_NODE => self.resiliences.get(number),
            _ => self.jobs[record.job].resilience(number),
        }
    }

    /// Whether a task is in `slot`.
    pub(crate) fn contains(&self, slot: u32) -> bool {
        self.records.get(slot).is_some()
    }

    /// `successor` must wait for `predecessor`, by an edge that no graph was submitted with.
    pub(crate) fn link(&mut self, predecessor: u32, successor: u32) {
        let (from, to) = (self.links_of(predecessor), self.links_of(successor));
        let (mut successors, mut predecessors) =
            (self.links[from].successors, self.links[to].predecessors);
        self.edges.add(predecessor, successor, &mut successors, &mut predecessors);
        self.links[from].successors = successors;
        self.links[to].predecessors = predecessors;
        self[successor].unmet += 1;
    }

    fn links_of(&mut self, slot: u32) -> u32 {
        if self[slot].links == NO_LINKS {
            self[slot].links = self.links.insert(Links::default());
        }
        self[slot].links
    }

    /// The dependencies of `slot` that it waits for; those outside its graph first, whose ranks
    /// may have to be raised when those inside are exact.
    pub(crate) fn predecessors(&self, slot: u32) -> impl Iterator<Item = u32> + '_ {
        let record = &self[slot];
        let has_inside = record.node != NO_NODE && !record.is_detached;
        let inside = has_inside.then(|| self.jobs[record.job].parents(record.node));
        let outside = self.links.get(record.links).copied().unwrap_or_default();
        self.edges.sources(outside.predecessors).chain(inside.into_iter().flatten())
    }

    /// Those that wait for `slot` and have neither become ready nor ended.
    pub(crate) fn successors(&self, slot: u32) -> impl Iterator<Item = u32> + '_ {
        let record = &self[slot];
        let inside = (record.node != NO_NODE).then(|| self.jobs[record.job].children(record.node));
        let inside = inside.into_iter().flatten().filter(|&child| !self[child].is_detached);
        let outside = self.links.get(record.links).copied().unwrap_or_default();
        inside.chain(self.edges.targets(outside.successors))
    }

    /// Has the record of the task in `slot` brought near.
    pub(crate) fn prefetch(&self, slot: u32) {
        self.records.prefetch(slot);
    }

    /// Has the first few tasks of its graph that wait for the one of `ticket` brought near.
    pub(crate) fn prefetch_successors(&self, ticket: Ticket) {
        if let Some(&Record { job, node, .. }) = self.get(ticket)
            && node != NO_NODE
        {
            let children = self.jobs[job].children(node);
            children.take(SUCCESSORS_NEAR).for_each(|child| self.records.prefetch(child));
        }
    }

    /// `slot` ends: collects the tasks that wait for it, and some that do not any more, and lets go
    /// of them.
    pub(crate) fn release_successors(&mut self, slot: u32, waiting: &mut Vec<u32>) {
        let &Record { job, node, links, .. } = &self[slot];
        if node != NO_NODE {
            waiting.extend(self.jobs[job].children(node));
        }
        if links != NO_LINKS {
            let list = std::mem::take(&mut self.links[links].successors);
            self.edges.release_successors(list, |target| waiting.push(target));
        }
    }

    /// `slot` waits for nobody any more: it became ready, or it will never run.
    pub(crate) fn detach(&mut self, slot: u32) {
        let record = &mut self[slot];
        record.is_detached = true;
        let links = record.links;
        if links != NO_LINKS {
            let list = std::mem::take(&mut self.links[links].predecessors);
            self.edges.release_predecessors(list);
        }
    }

    /// Drops an ended task that has been detached, has released its successors and has handed its
    /// cargo on.
    pub(crate) fn remove(&mut self, slot: u32) {
        let &Record { node, links, profile, .. } = &self[slot];
        if links != NO_LINKS {
            self.links.discard(links);
        }
        if node == NO_NODE {
            let resilience = self.profiles[profile].resilience;
            if resilience != NOT_RESILIENT {
                self.resiliences.discard(resilience);
            }
            self.profiles.discard(profile);
        }
        self.records.discard(slot);
    }

    /// The ticket of whatever runs in `slot`.
    pub(crate) fn ticket(&self, slot: u32) -> Ticket {
        Ticket { index: slot, generation: self.records.generation(slot) }
    }

    /// Makes the ticket of what runs in `slot` void; another one.
    pub(crate) fn renew(&mut self, slot: u32) -> Ticket {
        self.records.renew(slot);
        self.ticket(slot)
    }

    /// The task whose ticket is `ticket`: since its first submission, or its latest retry.
    pub(crate) fn get(&self, ticket: Ticket) -> Option<&Record> {
        self.records.get_generation(ticket.index, ticket.generation)
    }

    /// Whether the attempt `ticket` names is running.
    pub(crate) fn is_running(&self, ticket: Ticket) -> bool {
        self.get(ticket).is_some_and(|record| record.phase == Phase::Running)
    }

    /// Slots in use.
    pub(crate) fn slots(&self) -> impl Iterator<Item = u32> + '_ {
        self.records.indices()
    }

    /// How many slots there are, in use or not.
    pub(crate) fn len(&self) -> usize {
        self.records.len_after(0)
    }

    #[cfg(test)]
    pub(crate) fn edges_in_use(&self) -> usize {
        self.edges.in_use()
    }
}

impl<P> Index<u32> for DependencyGraph<P> {
    type Output = Record;

    fn index(&self, slot: u32) -> &Record {
        &self.records[slot]
    }
}

impl<P> IndexMut<u32> for DependencyGraph<P> {
    fn index_mut(&mut self, slot: u32) -> &mut Record {
        &mut self.records[slot]
    }
}
