//! The tasks of a set, each in a numbered slot.

use super::finished::{Finished, Note};
use crate::task::JoinHandle;
use std::sync::Arc;
use std::task::Waker;

/// An empty set keeps so many slots for later, a few ten kilobytes. More are given back.
const KEPT: usize = 1024;

/// No slot.
const NONE: usize = usize::MAX;

/// A slab of join handles. A slot's note is made once and serves one task after the other, so that
/// a set that goes on and on does not allocate.
#[derive(Debug)]
pub(super) struct Slots<T> {
    slots: Vec<Slot<T>>,
    /// The first of a chain of vacant slots.
    vacant: usize,
    len: usize,
    finished: Arc<Finished>,
}

#[derive(Debug)]
struct Slot<T> {
    handle: Option<JoinHandle<T>>,
    note: Arc<Note>,
    /// While it is vacant.
    next: usize,
}

impl<T> Slots<T> {
    pub(super) fn new() -> Self {
        Self { slots: Vec::new(), vacant: NONE, len: 0, finished: Arc::default() }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn finished(&self) -> &Finished {
        &self.finished
    }

    /// Takes a task in, whose number is in [`finished`](Self::finished) when it has finished.
    pub(super) fn insert(&mut self, mut handle: JoinHandle<T>) {
        let number = if self.vacant == NONE { self.slots.len() } else { self.vacant };
        if number == self.slots.len() {
            let note = Arc::new(Note { number, finished: Arc::clone(&self.finished) });
            self.slots.push(Slot { handle: None, note, next: NONE });
        }
        let slot = &mut self.slots[number];
        let is_watched = handle.watch(Waker::from(Arc::clone(&slot.note)));
        self.vacant = slot.next;
        slot.handle = Some(handle);
        self.len += 1;
        if !is_watched {
            self.finished.push(number);
        }
    }

    /// The task with a number that came out of [`finished`](Self::finished).
    pub(super) fn get_mut(&mut self, number: usize) -> &mut JoinHandle<T> {
        let handle = self.slots[number].handle.as_mut();
        handle.expect("a number is in the queue once, and its slot is taken until then")
    }

    /// Lets go of such a task.
    pub(super) fn remove(&mut self, number: usize) {
        let slot = &mut self.slots[number];
        let handle = slot.handle.take();
        debug_assert!(handle.is_some(), "a slot is vacated once");
        slot.next = self.vacant;
        self.vacant = number;
        self.len -= 1;
        if self.len == 0 && self.slots.len() > KEPT {
            self.slots = Vec::new();
            self.vacant = NONE;
        }
    }

    /// All tasks.
    pub(super) fn iter(&self) -> impl Iterator<Item = &JoinHandle<T>> {
        self.slots.iter().filter_map(|slot| slot.handle.as_ref())
    }
}
