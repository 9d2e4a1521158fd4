//! Making way for others when there is always something to do.
//!
//! A task for which there always is a message, a permit or a byte never waits, and so would keep
//! its worker for itself. Therefore each poll of a task, and of the future that `block_on` was
//! given, begins with a *budget* of operations, [128 unless the runtime was told
//! otherwise](crate::runtime::Builder::coop_budget). Whatever has success at a resource of this
//! crate takes one off: a lock, a permit, a message, a signal, a timer, a socket, the end of
//! another task. When nothing is left, these resources say that they are not ready, and the task is
//! queued behind everybody else who can run. What could not be done anyway costs nothing.
//!
//! * [`consume_budget`] and [`cooperative`] do the same for code and futures that know nothing of
//!   it, [`poll_proceed`] for futures that are written by hand.
//! * [`unconstrained()`] frees a future of its budget.
//! * A timer that was waited for is never held back: who waits for a channel that never runs dry
//!   *and* for a moment sees the moment come.
//!
//! Outside a runtime there is no budget, and nothing is held back.
//!
//! # Examples
//!
//! ```
//! use graph_runtime::sync::mpsc;
//!
//! #[graph_runtime::main(flavor = "current_thread")]
//! async fn main() {
//!     let (sender, mut receiver) = mpsc::unbounded_channel();
//!     (0..1000).for_each(|n| sender.send(n).unwrap());
//!     let other = graph_runtime::spawn(async {});
//!     for _ in 0..1000 {
//!         receiver.recv().await.unwrap();
//!     }
//!     assert!(other.is_finished(), "it had its turn in between");
//! }
//! ```

mod budget;
mod proceed;
mod resource;
mod unconstrained;

pub(crate) use budget::{
    BudgetScope, DEFAULT_BUDGET, account, begin_poll, budgeted, is_left, poll_turn, spend, turn,
    wait_for, waited_for, without_budget,
};
pub use proceed::{
    Coop, RestoreOnPending, consume_budget, cooperative, has_budget_remaining, poll_proceed,
};
pub(crate) use resource::Resource;
pub use unconstrained::{Unconstrained, unconstrained};
