//! graph_runtime under tokio's name.
//!
//! A program that was written for tokio runs on graph_runtime, unmodified, when its workspace says
//!
//! ```toml
//! [patch.crates-io]
//! tokio = { path = "path/to/graph_runtime/compat/tokio" }
//! ```
//!
//! Almost everything here is graph_runtime's own, which has tokio's names and semantics where it
//! does the same thing. What is made here is what exists only for tokio's sake: the traits for
//! reading and writing with all that comes with them ([`io`]), and the shapes of a few types
//! ([`runtime`]). `README.md` in the folder above says what is covered and what is not.
//!
//! All features can be asked for, and all is there without any of them.

pub mod io;
pub mod net;
pub mod runtime;

pub use graph_runtime::{
    fs, join, pin, process, select, signal, spawn, sync, task, task_local, time, try_join,
};
pub use macros::{tokio_main as main, tokio_test as test};

#[doc(hidden)]
pub mod stream {}
