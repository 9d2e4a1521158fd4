//! The one queue that everything that waits stands in.
//!
//! A [`Waiter`] is a place in a [`WaitQueue`]. It lives inside the future that waits, so waiting
//! allocates nothing, and the queue is as long as there are futures that wait: it needs no bound
//! of its own. The queue says who is next; what a waiter waits for, and what it was given, is the
//! business of the lock or channel that owns the queue. That is kept in two places, both under
//! the queue's lock: a state for the whole queue (`S`) and a small note for each waiter (`D`).
//!
//! ```text
//!                 park                     wake_front, wake_back
//!   OUTSIDE ──────────────────► WAITING ──────────────────────────► WOKEN
//!     ▲ ▲                          │                                  │ │
//!     │ └──────────────────────────┘                                  │ │ park, park_first:
//!     │     (1) leave: gave up                                        │ └─► WAITING again
//!     └───────────────────────────────────────────────────────────────┘
//!           (2) leave: it has seen that it was woken, or gave up after it was
//! ```
//!
//! Whoever gives up has to look whether it was woken (edge 2), because then it may have been given
//! something that it must pass on. So every future drops its waiter by way of [`Seat::leave`].
//!
//! # Rules
//!
//! 1. *Links, waker, note and place of a node*: only under the lock of the queue it belongs to.
//!    That queue is fixed when the waiter is made, and outlives it.
//! 2. *A node in the list is alive and does not move*: it is pinned before it gets in, and its
//!    drop takes it out.
//! 3. *Wakers are user code*: they are cloned before, and woken and dropped after the lock is
//!    held. [`WaitQueue::wake_each`] does so in batches of bounded size.
//!
//! # The fast path
//!
//! The queue has none: its lock is always taken. What is built on it keeps an atomic word of its
//! own, with a bit that says that somebody waits, and comes here only when it must. Such a bit is
//! set and cleared under the queue's lock.

#![allow(unsafe_code)] // Fenced: nodes in other people's futures, by the rules above.

mod batch;
mod list;
mod waiter;

use crate::shim::{Mutex, MutexGuard, const_fn};
use batch::WakeBatch;
use list::List;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::task::Waker;

pub use list::Place;
pub use waiter::{Home, Queued, Seat, Waiter};

/// Those who wait for something, first come first.
///
/// # Examples
///
/// ```
/// use graph_runtime_primitives::wait_queue::{Place, Queued, WaitQueue, Waiter};
/// use std::pin::pin;
/// use std::task::Waker;
///
/// struct Door(WaitQueue<(), u32>);
///
/// impl Queued for Door {
///     type Owner = Self;
///     type State = ();
///     type Note = u32;
///
///     fn wait_queue(door: &Self) -> &WaitQueue<(), u32> {
///         &door.0
///     }
/// }
///
/// let door = Door(WaitQueue::new(()));
/// let mut waiter = pin!(Waiter::<Door, _>::new(&door, 7));
/// let mut waker = Some(Waker::noop().clone());
/// waiter.as_mut().seat().park(&mut waker, Waker::noop());
///
/// assert_eq!(door.0.lock().front(), Some(&mut 7));
/// door.0.wake_each(door.0.lock(), |queue| queue.wake_front());
/// assert_eq!(waiter.as_mut().seat().place(), Place::Woken);
/// ```
pub struct WaitQueue<S, D> {
    inner: Mutex<Inner<S, D>>,
}

struct Inner<S, D> {
    state: S,
    list: List<D>,
}

impl<S, D> WaitQueue<S, D> {
    const_fn! {
        /// A queue in which nobody waits.
        pub const fn new(state: S) -> Self {
            Self { inner: Mutex::new(Inner { state, list: List::new() }) }
        }
    }

    /// Takes the queue's lock.
    #[inline]
    pub fn lock(&self) -> Locked<'_, S, D> {
        Locked { inner: self.inner.lock() }
    }

    /// Wakes everybody whom `next` takes out of the queue, until it takes nobody.
    ///
    /// The lock is given up after every [`WAKE_BATCH`](Self::WAKE_BATCH) wakers to wake these, and
    /// at the end, so `next` may find that others were here in between. If a waker panics the rest
    /// are woken all the same, and the first panic is passed on at the end.
    pub fn wake_each<'a>(
        &'a self,
        mut locked: Locked<'a, S, D>,
        mut next: impl FnMut(&mut Locked<'a, S, D>) -> Option<Waker>,
    ) {
        // The common case, one waker or none, does without the batch's memory.
        let Some(first) = next(&mut locked) else { return };
        let Some(second) = next(&mut locked) else {
            drop(locked);
            return first.wake();
        };
        let mut batch = WakeBatch::new();
        batch.push(first);
        batch.push(second);
        loop {
            while !batch.is_full() {
                let Some(waker) = next(&mut locked) else {
                    drop(locked);
                    batch.wake_all();
                    return batch.finish();
                };
                batch.push(waker);
            }
            drop(locked);
            batch.wake_all();
            locked = self.lock();
        }
    }
}

impl<S: Default, D> Default for WaitQueue<S, D> {
    fn default() -> Self {
        Self::new(S::default())
    }
}

impl<S, D> fmt::Debug for WaitQueue<S, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitQueue").finish_non_exhaustive()
    }
}

/// A queue whose lock is held. It gives access to the queue's state.
#[must_use = "dropping it unlocks the queue at once"]
pub struct Locked<'a, S, D> {
    inner: MutexGuard<'a, Inner<S, D>>,
}

impl<S, D> Locked<'_, S, D> {
    /// Whether nobody waits.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.inner.list.is_empty()
    }

    /// The note of whoever is first.
    #[inline]
    pub fn front(&mut self) -> Option<&mut D> {
        self.inner.list.front()
    }

    /// The note of whoever is last.
    #[inline]
    pub fn back(&mut self) -> Option<&mut D> {
        self.inner.list.back()
    }

    /// Takes the first one out. The waker is to be woken when the lock is released.
    #[inline]
    pub fn wake_front(&mut self) -> Option<Waker> {
        self.inner.list.pop_front()
    }

    /// Takes the last one out. The waker is to be woken when the lock is released.
    #[inline]
    pub fn wake_back(&mut self) -> Option<Waker> {
        self.inner.list.pop_back()
    }
}

impl<S, D> Deref for Locked<'_, S, D> {
    type Target = S;

    #[inline]
    fn deref(&self) -> &S {
        &self.inner.state
    }
}

impl<S, D> DerefMut for Locked<'_, S, D> {
    #[inline]
    fn deref_mut(&mut self) -> &mut S {
        &mut self.inner.state
    }
}

impl<S, D> fmt::Debug for Locked<'_, S, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Locked").field("is_empty", &self.is_empty()).finish_non_exhaustive()
    }
}
