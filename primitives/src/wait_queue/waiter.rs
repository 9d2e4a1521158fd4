//! A future's own place in a queue.

use super::list::{End, Node, Place};
use super::{Locked, WaitQueue};
use crate::shim::UnsafeCell;
use std::cell::Cell;
use std::fmt;
use std::marker::PhantomPinned;
use std::ops::{Deref, DerefMut};
use std::pin::Pin;
use std::ptr::NonNull;
use std::sync::Arc;
use std::task::Waker;

/// A kind of waiting: what has a [`WaitQueue`], and what is in it.
///
/// A type apart from the [`Owner`](Self::Owner), so that a public lock can keep to itself how it
/// queues.
pub trait Queued {
    /// The lock or channel that has the queue.
    type Owner;
    /// What the queue keeps for all.
    type State;
    /// What it keeps for each waiter.
    type Note: Copy;

    /// The queue. A waiter asks once, when it is made.
    fn wait_queue(owner: &Self::Owner) -> &WaitQueue<Self::State, Self::Note>;
}

/// A way to hold on to a queue's owner: by reference or by `Arc`.
pub trait Home: sealed::Sealed + Deref {}

mod sealed {
    /// Only types whose target stays where it is for as long as they live, wherever they move.
    pub trait Sealed {}
    impl<O> Sealed for &O {}
    impl<O> Sealed for std::sync::Arc<O> {}
}

impl<O> Home for &O {}
impl<O> Home for Arc<O> {}

/// One who waits, or may come to wait. Part of a future, pinned with it.
pub struct Waiter<Q: Queued, H: Home<Target = Q::Owner>> {
    node: UnsafeCell<Node<Q::Note>>,
    /// Set while the node is not OUTSIDE. Only the owner looks at it.
    inside: Cell<bool>,
    queue: NonNull<WaitQueue<Q::State, Q::Note>>,
    home: H,
    /// Others have pointers to the node.
    _pinned: PhantomPinned,
}

// SAFETY: the owner's part is a flag and the home. The node is touched under the queue's lock
// (rule 1), from whichever thread, so what the queue keeps has to be Send.
unsafe impl<Q: Queued, H: Home<Target = Q::Owner> + Send> Send for Waiter<Q, H>
where
    Q::State: Send,
    Q::Note: Send,
{
}

// SAFETY: as for Send. By shared reference one gets nothing but the home: all else takes the
// waiter pinned and exclusive.
unsafe impl<Q: Queued, H: Home<Target = Q::Owner> + Sync> Sync for Waiter<Q, H>
where
    Q::State: Send,
    Q::Note: Send,
{
}

impl<Q: Queued, H: Home<Target = Q::Owner>> Waiter<Q, H> {
    /// A waiter outside of `home`'s queue.
    #[inline]
    pub fn new(home: H, note: Q::Note) -> Self {
        Self {
            node: UnsafeCell::new(Node::new(note)),
            inside: Cell::new(false),
            // The home is kept, so its target is as good as borrowed from here on: it neither
            // moves nor changes hands, and what it once lent stays where it is.
            queue: NonNull::from(Q::wait_queue(&home)),
            home,
            _pinned: PhantomPinned,
        }
    }

    /// Whose queue it is.
    #[inline]
    pub fn home(&self) -> &H {
        &self.home
    }

    /// Whether it has been in the queue and not left since. If not, there is no need to leave.
    #[inline]
    pub fn is_inside(self: Pin<&mut Self>) -> bool {
        self.inside.get()
    }

    /// Locks the queue, with a view to this waiter.
    #[inline]
    pub fn seat(self: Pin<&mut Self>) -> Seat<'_, Q, H> {
        let waiter = self.into_ref().get_ref();
        // SAFETY: `home` keeps the queue where it is (see `new`), for longer than `waiter` lives.
        let queue = unsafe { waiter.queue.as_ref() };
        Seat { locked: queue.lock(), waiter }
    }
}

impl<Q: Queued, H: Home<Target = Q::Owner>> Drop for Waiter<Q, H> {
    fn drop(&mut self) {
        // Whoever may have been given something has left before, and has looked. This is for
        // those who have not: the node must not stay in the list.
        if self.inside.get() {
            // SAFETY: it is pinned (it is inside), and this is the end of it.
            let left = unsafe { Pin::new_unchecked(self) }.seat().leave();
            drop(left);
        }
    }
}

impl<Q: Queued, H: Home<Target = Q::Owner>> fmt::Debug for Waiter<Q, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiter").finish_non_exhaustive()
    }
}

/// A waiter and its queue, whose lock is held.
#[must_use = "dropping it unlocks the queue at once"]
pub struct Seat<'a, Q: Queued, H: Home<Target = Q::Owner>> {
    locked: Locked<'a, Q::State, Q::Note>,
    waiter: &'a Waiter<Q, H>,
}

/// What remains of a waiter that has left.
#[derive(Debug)]
#[must_use = "what it was given has to be passed on, and the waker dropped outside of the lock"]
pub struct Left<D> {
    /// Where it was.
    pub place: Place,
    /// Its note.
    pub note: D,
    /// The waker that will not be needed.
    pub waker: Option<Waker>,
}

impl<'a, Q: Queued, H: Home<Target = Q::Owner>> Seat<'a, Q, H> {
    fn node(&self) -> NonNull<Node<Q::Note>> {
        // SAFETY: the address of a field is not null. (It is written through later on, under the
        // lock, which is held for as long as the seat lives.)
        self.waiter.node.with_mut(|node| unsafe { NonNull::new_unchecked(node) })
    }

    /// Where the waiter is.
    #[inline]
    pub fn place(&self) -> Place {
        // SAFETY: the lock is held (rule 1).
        unsafe { (*self.node().as_ptr()).place }
    }

    /// The waiter's note.
    #[inline]
    pub fn note(&mut self) -> &mut Q::Note {
        // SAFETY: the lock is held (rule 1), by what is borrowed here exclusively.
        unsafe { &mut (*self.node().as_ptr()).note }
    }

    /// Lets the waiter wait, behind all others if it is not in the queue yet, or sees to it that
    /// the right waker is woken if it is.
    ///
    /// `current` is whom to wake, and `spare` may hold a clone of it, made before the lock was
    /// taken. False if a clone is needed and there is none: then nothing has changed, and the
    /// caller comes back with one. What is in `spare` afterwards is to be dropped outside of the
    /// lock.
    #[inline]
    pub fn park(&mut self, spare: &mut Option<Waker>, current: &Waker) -> bool {
        self.park_at(End::Back, spare, current)
    }

    /// As [`park`](Self::park), but ahead of all others: for who was woken in vain.
    #[inline]
    pub fn park_first(&mut self, spare: &mut Option<Waker>, current: &Waker) -> bool {
        self.park_at(End::Front, spare, current)
    }

    fn park_at(&mut self, end: End, spare: &mut Option<Waker>, current: &Waker) -> bool {
        let node = self.node();
        if self.place() == Place::Waiting {
            // SAFETY: the lock is held (rule 1).
            let waker = unsafe { &mut (*node.as_ptr()).waker };
            if waker.as_ref().is_some_and(|waker| waker.will_wake(current)) {
                return true;
            }
            if spare.is_none() {
                return false;
            }
            std::mem::swap(waker, spare);
            return true;
        }
        let Some(waker) = spare.take() else { return false };
        // SAFETY: the node is not in the list, and in no other: this is its only queue. The
        // waiter is pinned, and its drop takes it out (rule 2). The lock is held.
        unsafe { self.locked.inner.list.insert(node, end, waker) };
        self.waiter.inside.set(true);
        true
    }

    /// Goes away, from wherever it is.
    #[inline]
    pub fn leave(&mut self) -> Left<Q::Note> {
        let (node, place) = (self.node(), self.place());
        let waker = match place {
            // SAFETY: it is in this list, and the lock is held.
            Place::Waiting => unsafe { self.locked.inner.list.remove(node) },
            Place::Woken | Place::Outside => None,
        };
        // SAFETY: the lock is held (rule 1).
        unsafe { (*node.as_ptr()).place = Place::Outside };
        self.waiter.inside.set(false);
        Left { place, note: *self.note(), waker }
    }

    /// Goes on without the view to the waiter.
    #[inline]
    pub fn into_locked(self) -> Locked<'a, Q::State, Q::Note> {
        self.locked
    }

    /// Whose queue it is.
    #[inline]
    pub fn home(&self) -> &'a H {
        &self.waiter.home
    }
}

impl<'a, Q: Queued, H: Home<Target = Q::Owner>> Deref for Seat<'a, Q, H> {
    type Target = Locked<'a, Q::State, Q::Note>;

    #[inline]
    fn deref(&self) -> &Self::Target {
        &self.locked
    }
}

impl<Q: Queued, H: Home<Target = Q::Owner>> DerefMut for Seat<'_, Q, H> {
    #[inline]
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.locked
    }
}

impl<Q: Queued, H: Home<Target = Q::Owner>> fmt::Debug for Seat<'_, Q, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seat").field("place", &self.place()).finish_non_exhaustive()
    }
}
