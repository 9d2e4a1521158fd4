//! Which token is below which.

use super::node::{Member, Node};
use primitives::shim::Mutex;
use std::sync::Arc;

/// No entry.
const NONE: usize = usize::MAX;

/// A tree that has shrunk to its root gives the memory of so many entries, or more, back.
const KEPT: usize = 64;

/// An entry of a tree, which may have gone meanwhile: then no other has the same stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    index: usize,
    stamp: u64,
}

/// All nodes that have a common root.
#[derive(Debug, Default)]
pub(super) struct Tree {
    entries: Mutex<Entries>,
}

/// The entries, in numbered slots. Bounded by the rule that a node without tokens has two children.
#[derive(Debug)]
struct Entries {
    slots: Vec<Slot>,
    /// The first of a chain of vacant slots.
    vacant: usize,
    taken: usize,
    /// Entries ever made.
    stamps: u64,
}

impl Default for Entries {
    fn default() -> Self {
        Self { slots: Vec::new(), vacant: NONE, taken: 0, stamps: 0 }
    }
}

#[derive(Debug)]
enum Slot {
    Taken(Entry),
    Vacant { next: usize },
}

#[derive(Debug)]
struct Entry {
    stamp: u64,
    /// `None` once no token is left.
    node: Option<Member>,
    parent: usize,
    first_child: usize,
    previous: usize,
    next: usize,
}

impl Tree {
    /// Makes the first node, of which `make` is told its place.
    pub(super) fn plant(&self, make: impl FnOnce(Place) -> Arc<Node>) -> Arc<Node> {
        self.entries.lock().add(NONE, make)
    }

    /// Makes a node below another. `None` if that was cancelled.
    pub(super) fn add_child(
        &self,
        parent: Place,
        make: impl FnOnce(Place) -> Arc<Node>,
    ) -> Option<Arc<Node>> {
        let mut entries = self.entries.lock();
        entries.has(parent).then(|| entries.add(parent.index, make))
    }

    /// The last token of a node is gone.
    pub(super) fn leave(&self, place: Place) {
        let mut entries = self.entries.lock();
        if entries.has(place) {
            entries.entry(place.index).node = None;
            entries.prune(place.index);
        }
    }

    /// Takes out a node and all below it, and gives those that have tokens, after `mark` has seen
    /// each under the lock.
    pub(super) fn cut(&self, place: Place, mark: impl Fn(&Node)) -> Vec<Arc<Node>> {
        let mut cut = Vec::new();
        let mut entries = self.entries.lock();
        if !entries.has(place) {
            return cut;
        }
        let parent = entries.unlink(place.index);
        // Each entry of the branch is pushed and popped once.
        let mut branch = vec![place.index];
        while let Some(index) = branch.pop() {
            let entry = entries.remove(index);
            let mut child = entry.first_child;
            while child != NONE {
                branch.push(child);
                child = entries.entry(child).next;
            }
            // A node whose last token is just being dropped is not in need of it.
            if let Some(node) = entry.node.and_then(|node| node.upgrade()) {
                mark(&node);
                cut.push(node);
            }
        }
        if parent != NONE {
            entries.prune(parent);
        }
        entries.shrink();
        // The lock is released before the nodes, which may take it.
        drop(entries);
        cut
    }
}

impl Entries {
    fn has(&self, place: Place) -> bool {
        let slot = self.slots.get(place.index);
        matches!(slot, Some(Slot::Taken(entry)) if entry.stamp == place.stamp)
    }

    fn entry(&mut self, index: usize) -> &mut Entry {
        match &mut self.slots[index] {
            Slot::Taken(entry) => entry,
            Slot::Vacant { .. } => unreachable!("entries refer to entries"),
        }
    }

    fn add(&mut self, parent: usize, make: impl FnOnce(Place) -> Arc<Node>) -> Arc<Node> {
        let index = if self.vacant == NONE { self.slots.len() } else { self.vacant };
        self.stamps += 1;
        let stamp = self.stamps;
        let node = make(Place { index, stamp });
        let first_child = NONE;
        let entry = Entry {
            stamp,
            node: Some(Arc::downgrade(&node)),
            parent,
            first_child,
            previous: NONE,
            next: NONE,
        };
        match self.slots.get_mut(index) {
            None => self.slots.push(Slot::Taken(entry)),
            Some(slot) => match std::mem::replace(slot, Slot::Taken(entry)) {
                Slot::Vacant { next } => self.vacant = next,
                Slot::Taken(_) => unreachable!("the chain is of vacant slots"),
            },
        }
        self.taken += 1;
        self.link(index, parent);
        node
    }

    /// Takes an entry out of its slot. It is linked to nothing any more, or all that it is linked
    /// to goes as well.
    fn remove(&mut self, index: usize) -> Entry {
        let vacant = Slot::Vacant { next: self.vacant };
        let Slot::Taken(entry) = std::mem::replace(&mut self.slots[index], vacant) else {
            unreachable!("an entry is removed once")
        };
        self.vacant = index;
        self.taken -= 1;
        entry
    }

    /// Puts an entry before the other children of `parent`.
    fn link(&mut self, index: usize, parent: usize) {
        self.entry(index).parent = parent;
        if parent == NONE {
            return;
        }
        let first = std::mem::replace(&mut self.entry(parent).first_child, index);
        self.entry(index).next = first;
        if first != NONE {
            self.entry(first).previous = index;
        }
    }

    /// Takes an entry away from its parent, which is returned.
    fn unlink(&mut self, index: usize) -> usize {
        let entry = self.entry(index);
        let (parent, previous, next) = (entry.parent, entry.previous, entry.next);
        (entry.parent, entry.previous, entry.next) = (NONE, NONE, NONE);
        if next != NONE {
            self.entry(next).previous = previous;
        }
        if previous != NONE {
            self.entry(previous).next = next;
        } else if parent != NONE {
            self.entry(parent).first_child = next;
        }
        parent
    }

    /// Rule 3: removes an entry that is of no use, and then perhaps its parent. If the entry has
    /// one child, that takes its place.
    fn prune(&mut self, index: usize) {
        let mut index = index;
        // Twice at most: a parent without tokens had two children, and so has one left.
        while index != NONE && self.entry(index).node.is_none() {
            let child = self.entry(index).first_child;
            if child != NONE && self.entry(child).next != NONE {
                break;
            }
            let parent = self.unlink(index);
            if child != NONE {
                self.unlink(child);
                self.link(child, parent);
            }
            self.remove(index);
            index = if child == NONE { parent } else { NONE };
        }
        self.shrink();
    }

    /// Gives memory back when at most the root is left.
    fn shrink(&mut self) {
        if self.taken > 1 || self.slots.len() < KEPT {
            return;
        }
        let keeps_first = matches!(self.slots[0], Slot::Taken(_));
        if usize::from(keeps_first) == self.taken {
            self.slots.truncate(self.taken);
            self.slots.shrink_to_fit();
            self.vacant = NONE;
        }
    }
}

#[cfg(test)]
mod tests;
