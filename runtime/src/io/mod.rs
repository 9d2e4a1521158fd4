//! What is common to everything that can be waited for, and the standard streams.
//!
//! Traits for reading and writing are those of futures-io, and what is done with them (copying,
//! buffering, lines, reading to the end) comes from any crate that extends these traits, such as
//! futures-lite or futures-util: there is one set of helpers for all runtimes, and this one does
//! not add another.

mod interest;
mod ready;
mod stdio;
pub mod unix;

pub use interest::Interest;
pub use ready::Ready;
pub use stdio::{Stderr, Stdin, Stdout, stderr, stdin, stdout};
