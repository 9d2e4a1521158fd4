//! `select!`, `join!`, `try_join!` and `pin!` from outside: one file per behaviour.

// What the macros emit must not warn anybody.
#![deny(warnings)]

mod join;
mod pin;
mod select_borrows;
mod select_fairness;
mod select_matching;
mod select_syntax;
mod support;
mod try_join;
