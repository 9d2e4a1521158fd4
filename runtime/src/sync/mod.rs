//! Locks, channels and signals between tasks, with tokio's names and semantics.
//!
//! None of them needs a runtime: they wait by wakers alone. Only
//! [`mpsc::Sender::send_timeout`] needs one, for its timer.
//!
//! | for | there is |
//! |---|---|
//! | access by one at a time | [`Mutex`] |
//! | access by many to read, by one to write | [`RwLock`] |
//! | access by at most so many | [`Semaphore`] |
//! | messages from many to one | [`mpsc`] |
//! | one message | [`oneshot`] |
//! | messages from many to many, each to all | [`broadcast`] |
//! | the latest value | [`watch`] |
//! | a value that is computed, or given, once | [`OnceCell`], [`SetOnce`] |
//! | saying that something happened | [`Notify`] |
//! | waiting for each other | [`Barrier`] |
//!
//! # What they have in common
//!
//! * **One queue.** Whoever waits stands in a `primitives::wait_queue::WaitQueue`, in its own
//!   future's memory. What does not have to wait does not touch it: an uncontended lock, permit or
//!   message is an exchange of an atomic word or two.
//! * **Cancelling is safe.** A future that is dropped gives up its place, and what it had been
//!   given goes to whoever is next. Where more is to be said the method says it.
//! * **Nobody's code runs under a lock.** Wakers are cloned before and woken after.
//! * **Blocking is for other threads.** The `blocking_*` methods panic on threads that drive tasks;
//!   they are for `spawn_blocking` and for threads outside.

mod access;
mod barrier;
mod blocking;
pub mod broadcast;
mod error;
pub mod mpsc;
mod mutex;
mod notify;
mod once_cell;
pub(crate) mod once_slot;
pub mod oneshot;
mod permits;
mod rwlock;
mod semaphore;
mod senders;
mod set_once;
pub mod watch;

pub use barrier::{Barrier, BarrierWaitResult};
pub use error::{AcquireError, TryAcquireError, TryLockError};
pub use mutex::{MappedMutexGuard, Mutex, MutexGuard, OwnedMappedMutexGuard, OwnedMutexGuard};
pub use notify::Notify;
pub use once_cell::{OnceCell, SetError};
pub use rwlock::{
    OwnedRwLockMappedWriteGuard, OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock,
    RwLockMappedWriteGuard, RwLockReadGuard, RwLockWriteGuard,
};
pub use semaphore::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};
pub use set_once::{SetOnce, SetOnceError};

/// The futures that have names.
pub mod futures {
    pub use super::notify::{Notified, OwnedNotified};
}
