//! The live tasks of one thread.

use super::AbortHandle;
use super::runnable::{Pinned, RawTask};

/// No slot; also the number of a task that is on no list.
pub(crate) const NOWHERE: usize = usize::MAX;

/// Numbered tasks that have not ended. Each has a reference that belongs to the list, which it
/// gives back when it ends, just after it was [removed](Self::remove): so what is in here is alive.
#[derive(Debug)]
pub(crate) struct TaskList {
    slots: Vec<Slot>,
    /// The first of a chain of vacant slots.
    vacant: usize,
    len: usize,
    closed: bool,
}

#[derive(Debug)]
enum Slot {
    Vacant { next: usize },
    Reserved,
    Task(RawTask),
}

impl TaskList {
    pub(crate) const fn new() -> Self {
        Self { slots: Vec::new(), vacant: NOWHERE, len: 0, closed: false }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// A number for a task that is about to be made. `None` if the list is closed.
    pub(crate) fn reserve(&mut self) -> Option<usize> {
        if self.closed {
            return None;
        }
        self.len += 1;
        let number = self.vacant;
        let Some(slot) = self.slots.get_mut(number) else {
            self.slots.push(Slot::Reserved);
            return Some(self.slots.len() - 1);
        };
        if let Slot::Vacant { next } = std::mem::replace(slot, Slot::Reserved) {
            self.vacant = next;
        }
        Some(number)
    }

    /// The task with a number that was reserved. False if the list has been closed since.
    #[must_use]
    pub(crate) fn fill(&mut self, number: usize, task: RawTask) -> bool {
        if !self.closed {
            self.slots[number] = Slot::Task(task);
        }
        !self.closed
    }

    /// The task with this number, if that is one, ends.
    pub(crate) fn remove(&mut self, number: usize) {
        let Some(slot) = self.slots.get_mut(number) else { return };
        *slot = Slot::Vacant { next: self.vacant };
        self.vacant = number;
        if self.closed {
            return;
        }
        self.len -= 1;
        if self.len == 0 {
            // As the numbers begin anew, so may the memory.
            self.slots.clear();
            self.slots.shrink_to(KEPT);
            self.vacant = NOWHERE;
        }
    }

    /// Takes a reference to every task that has not ended.
    pub(crate) fn pin_all(&self, tasks: &mut Vec<Pinned>) {
        for slot in &self.slots {
            if let Slot::Task(task) = slot {
                // SAFETY: the list's own reference keeps the cell.
                tasks.extend(unsafe { task.pin() });
            }
        }
    }

    /// Closes the list, and gives one task of it after the other, to be shut down.
    pub(crate) fn take_any(&mut self) -> Option<AbortHandle> {
        self.closed = true;
        while let Some(slot) = self.slots.pop() {
            if let Slot::Task(task) = slot {
                // It is alive, and the handle keeps it so.
                return Some(AbortHandle::new(task));
            }
        }
        self.len = 0;
        None
    }
}

/// An empty list keeps room for so many.
const KEPT: usize = 1024;
