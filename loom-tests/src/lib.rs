//! What the models of `graph_runtime`'s lock-free protocols have in common.
//!
//! The models themselves are the tests of this crate, one file per protocol in `tests/models/`.
//! They run the code that ships, not copies of it: exhaustively under `--cfg loom`, and as plain
//! stress tests on real threads otherwise. See the README for the list, and for how to read a
//! failure.

mod explore;
mod hand;
mod job;
mod join_waker;
#[cfg(loom)]
mod kill;
mod tracked;
mod yard;

pub use explore::explore;
pub use hand::Hand;
pub use job::{Job, Product, Signal};
pub use join_waker::JoinWaker;
#[cfg(loom)]
pub use kill::{Kill, assert_all_killed};
pub use tracked::Tracked;
pub use yard::Yard;
