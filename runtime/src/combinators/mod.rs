//! Waiting for several futures within one task: [`select!`](crate::select),
//! [`join!`](crate::join), [`try_join!`](crate::try_join), and [`pin!`](crate::pin) beside them.
//!
//! The macros are declarative in front, so that they carry `$crate` along and work wherever they
//! are re-exported, and procedural behind, where patterns are taken apart. What they expand to is
//! in [`support`].

mod chain;
mod join;
mod maybe_done;
mod optional;
mod pin;
mod random;
mod select;
pub mod support;
