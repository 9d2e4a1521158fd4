//! The list itself: nodes that live in the futures, linked both ways.

use std::ptr::NonNull;
use std::task::Waker;

/// Where a waiter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Not in the queue.
    Outside,
    /// In the queue.
    Waiting,
    /// Taken out of the queue by somebody else, and not gone yet.
    Woken,
}

type Link<D> = Option<NonNull<Node<D>>>;

/// A place in the list.
pub(super) struct Node<D> {
    before: Link<D>,
    after: Link<D>,
    /// There is one exactly while the node is in the list.
    pub(super) waker: Option<Waker>,
    pub(super) place: Place,
    pub(super) note: D,
}

impl<D> Node<D> {
    pub(super) fn new(note: D) -> Self {
        Self { before: None, after: None, waker: None, place: Place::Outside, note }
    }
}

/// A doubly linked list of nodes that it does not own.
///
/// Everything in it is alive, in its place, and reached under the queue's lock only (rules 1 and
/// 2). That is what the SAFETY comments here stand on, and what the callers of [`List::insert`]
/// and [`List::remove`] promise.
pub(super) struct List<D> {
    first: Link<D>,
    last: Link<D>,
}

// SAFETY: the list hands out notes and wakers, by value and by exclusive reference; wakers are
// Send, so notes have to be. The nodes' owners are elsewhere, and never touch them without the
// lock.
unsafe impl<D: Send> Send for List<D> {}

/// An end of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Front,
    Back,
}

impl<D> List<D> {
    pub(super) const fn new() -> Self {
        Self { first: None, last: None }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    pub(super) fn front(&mut self) -> Option<&mut D> {
        // SAFETY: a node in the list; the borrow of the list keeps the lock held.
        self.first.map(|node| unsafe { &mut (*node.as_ptr()).note })
    }

    pub(super) fn back(&mut self) -> Option<&mut D> {
        // SAFETY: as in `front`.
        self.last.map(|node| unsafe { &mut (*node.as_ptr()).note })
    }

    pub(super) fn pop_front(&mut self) -> Option<Waker> {
        self.first.and_then(|node| self.take_out(node))
    }

    pub(super) fn pop_back(&mut self) -> Option<Waker> {
        self.last.and_then(|node| self.take_out(node))
    }

    fn take_out(&mut self, node: NonNull<Node<D>>) -> Option<Waker> {
        // SAFETY: `node` is one of the list's ends, and the lock is held.
        unsafe {
            self.unlink(node);
            (*node.as_ptr()).place = Place::Woken;
            (*node.as_ptr()).waker.take()
        }
    }

    /// Adds a node, which will be woken by `waker`.
    ///
    /// # Safety
    ///
    /// The node is not in any list. The lock that its accesses need is the one this list is
    /// behind, it is held, and the node stays alive where it is until it is out again.
    pub(super) unsafe fn insert(&mut self, node: NonNull<Node<D>>, end: End, waker: Waker) {
        let (before, after) = match end {
            End::Back => (self.last, None),
            End::Front => (None, self.first),
        };
        // SAFETY: the caller's promise; the neighbours are in the list.
        unsafe {
            let this = node.as_ptr();
            (*this).before = before;
            (*this).after = after;
            (*this).waker = Some(waker);
            (*this).place = Place::Waiting;
            self.join(before, Some(node));
            self.join(Some(node), after);
        }
    }

    /// Takes a node out that gives up; returns the waker that is not needed any more.
    ///
    /// # Safety
    ///
    /// The node is in this list, and the lock is held.
    pub(super) unsafe fn remove(&mut self, node: NonNull<Node<D>>) -> Option<Waker> {
        // SAFETY: the caller's promise.
        unsafe {
            self.unlink(node);
            (*node.as_ptr()).waker.take()
        }
    }

    /// # Safety
    ///
    /// The node is in this list, and the lock is held.
    unsafe fn unlink(&mut self, node: NonNull<Node<D>>) {
        // SAFETY: the caller's promise; the neighbours are in the list as well.
        unsafe {
            let before = (*node.as_ptr()).before.take();
            let after = (*node.as_ptr()).after.take();
            self.join(before, after);
        }
    }

    /// Makes two nodes neighbours; no node means an end of the list.
    ///
    /// # Safety
    ///
    /// Both are in this list or about to be, and the lock is held.
    unsafe fn join(&mut self, left: Link<D>, right: Link<D>) {
        match left {
            // SAFETY: the caller's promise.
            Some(left) => unsafe { (*left.as_ptr()).after = right },
            None => self.first = right,
        }
        match right {
            // SAFETY: the caller's promise.
            Some(right) => unsafe { (*right.as_ptr()).before = left },
            None => self.last = left,
        }
    }
}
