//! The task: one allocation that holds a future, then its output, and everything needed to run,
//! wake, abort and join it.
//!
//! ```text
//!   one allocation, reference counted by the upper bits of its state word
//!   ┌──────────────────────────── Header ───────────────────────────┐
//!   │ state word │ vtable │ links of the live list │ id │ spawn site │   same for every task
//!   ├────────────┴────────┴─────────────────────────┴───┴───────────┤
//!   │ scheduler: whom to hand the task to when it is woken          │
//!   ├───────────────────────────────────────────────────────────────┤
//!   │ stage: the future, then its output, then nothing              │   sized by the future
//!   ├───────────────────────────────────────────────────────────────┤
//!   │ join waker: whom to wake when it is complete                  │
//!   └───────────────────────────────────────────────────────────────┘
//! ```
//!
//! # Who holds a reference
//!
//! A [`Runnable`] (the task is in a queue or being polled), the list of live tasks, the
//! [`JoinHandle`], each [`AbortHandle`], each waker. The list's reference goes away when the task
//! completes, so by the time the last reference is dropped there is no future and no output left
//! and freeing the cell runs no user code.
//!
//! # Who may touch which field
//!
//! SAFETY comments cite these by number.
//!
//! 1. *State word, vtable, id, spawn site, scheduler*: any holder of a reference, at any time.
//! 2. *Stage, while RUNNING is set*: only the thread whose transition set it.
//! 3. *Stage, once COMPLETE is set*: only the join handle while JOIN is set; if JOIN was clear
//!    when COMPLETE was set, only the thread that set COMPLETE; if JOIN was cleared after
//!    COMPLETE was set, only the thread that cleared it.
//! 4. *Join waker, while WAITING is clear and JOIN is set*: only the join handle.
//! 5. *Join waker, while WAITING is set*: nobody writes; the thread that set COMPLETE may read.
//! 6. *Join waker, after COMPLETE, once JOIN is clear*: whichever of the completing thread and the
//!    join handle cleared the second of WAITING and JOIN drops it.
//! 7. *Links*: only under the lock of the live list's shard.

#![allow(unsafe_code)] // Fenced: see the access rules above.

mod abort;
mod cell;
mod error;
mod harness;
mod id;
mod join;
mod live;
mod runnable;
mod spawn;
mod state;
mod waker;
mod yield_now;

pub use abort::AbortHandle;
pub use error::JoinError;
pub(crate) use error::panic_message;
pub use id::{Id, id, try_id};
pub use join::JoinHandle;
pub use spawn::{spawn, spawn_blocking};
pub use yield_now::yield_now;

// For this crate and for the models in `loom-tests`; not part of the interface.
#[doc(hidden)]
pub use live::LiveTasks;
#[doc(hidden)]
pub use runnable::{Cause, End, RawTask, Runnable, Schedule, new_detached};
