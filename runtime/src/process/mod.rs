//! Child processes.
//!
//! [`Command`] is [`std::process::Command`] with a [`Child`] that tasks wait for: its end by a
//! descriptor of the process (a pidfd), its input and output by pipes, all registered like sockets.
//! There is no thread for it. Where the kernel has no pidfd, or does not allow it, `SIGCHLD` takes
//! its place.
//!
//! # Children that nobody waits for
//!
//! Dropping a [`Child`] lets the process run on, unless [`Command::kill_on_drop`] says otherwise.
//! When it ends, a task of the runtime in which it was dropped takes note, so that the system can
//! forget it. If that runtime shuts down first, or there is none, the next process that is started
//! or dropped here takes note of all that have ended by then.

mod child;
mod command;
mod exit;
mod orphan;
mod pre_exec;
mod stdio;

pub use child::Child;
pub use command::Command;
pub use stdio::{ChildStderr, ChildStdin, ChildStdout};
