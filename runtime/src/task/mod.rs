//! The task: one allocation that holds a future, then its output, and everything needed to run,
//! wake, abort and join it.
//!
//! ```text
//!   one cell in a slab, reference counted by the upper bits of its state word
//!   ┌───────────────────── Header ──────────────────────┐
//!   │ state word │ vtable (a free cell's link) │ id │ site │   same for every task
//!   ├────────────┴─────────────────────────────┴────┴──────┤
//!   │ join waker: whom to wake when it is complete          │
//!   ├───────────────────────────────────────────────────────┤
//!   │ stage: the future, then its output, then nothing      │   sized by the future
//!   └───────────────────────────────────────────────────────┘
//! ```
//!
//! # Who holds a reference
//!
//! A [`Runnable`] (the task is in a queue or being polled), the [`Slab`] or `TaskList` that it is
//! in, the [`JoinHandle`], each [`AbortHandle`], each waker, each [`Pinned`] of who looks at tasks.
//! The slab's or list's reference goes away when the task completes, so by the time the last
//! reference is dropped there is no future and no output left and freeing the cell runs no user
//! code.
//!
//! # Who may touch which field
//!
//! SAFETY comments cite these by number.
//!
//! 1. *State word, vtable, id, spawn site, scheduler*: any holder of a reference, at any time.
//! 2. *Stage, while RUNNING is set*: only the thread whose transition set it.
//! 3. *Stage, once COMPLETE is set*: only the join handle while JOIN is set; if JOIN was clear
//!    when COMPLETE was set, only the thread that set COMPLETE. The handle drops what is left
//!    before it clears JOIN.
//! 4. *Join waker, while WAITING is clear and JOIN is set*: only the join handle. Likewise by the
//!    handle that has just cleared both, on a task that was not complete.
//! 5. *Join waker, while WAITING is set*: nobody; once COMPLETE is set, the thread that set it,
//!    which takes the waker out.
//! 6. *Join waker, after COMPLETE, once WAITING is clear*: there is none.
//! 7. *State word of a free cell*: may be read by whoever looks for tasks; its owner alone writes
//!    it, when it puts a task there. *Link of a free cell*: the thread that freed it, until it has
//!    handed it to the slab; then the slab's owner.

#![allow(unsafe_code)] // Fenced: see the access rules above.

mod abort;
mod annotation;
mod block_in_place;
mod builder;
mod cell;
pub mod coop;
mod error;
mod harness;
mod id;
mod join;
pub mod join_set;
mod large;
mod list;
mod local_set;
mod pinned;
mod place;
mod priority;
mod runnable;
mod slab;
mod spawn;
mod state;
mod task_local;
mod tracker;
mod waker;
mod yield_now;

pub use abort::AbortHandle;
pub(crate) use annotation::Annotation;
pub use block_in_place::block_in_place;
pub use builder::Builder;
pub use coop::{Unconstrained, consume_budget, unconstrained};
pub use error::JoinError;
pub(crate) use error::panic_message;
pub use id::{Id, id, try_id};
pub use join::JoinHandle;
pub use join_set::JoinSet;
pub(crate) use large::is_large;
pub(crate) use list::{NOWHERE, TaskList};
pub(crate) use local_set::LocalShared;
pub use local_set::{LocalEnterGuard, LocalSet, spawn_local};
pub(crate) use pinned::new_pinned;
pub use pinned::{NoSuchWorker, spawn_pinned};
pub(crate) use place::Keeper;
pub use priority::Priority;
pub use spawn::{spawn, spawn_blocking};
pub use task_local::{AccessError, LocalKey, TaskLocalFuture};
pub use tracker::{TaskTracker, TaskTrackerToken, TaskTrackerWaitFuture, TrackedFuture};
pub use yield_now::yield_now;

// For this crate and for the models in `loom-tests`; not part of the interface.
pub(crate) use runnable::new_detached_annotated;
#[doc(hidden)]
pub use runnable::{End, Pinned, RawTask, Runnable, Schedule, new_detached};
#[doc(hidden)]
pub use slab::{Directory, Slab};
#[doc(hidden)]
pub use state::Stamp;
pub(crate) use state::{CoarseClock, Doing};
