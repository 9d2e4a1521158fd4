//! Signals of the operating system.
//!
//! # What happens to the process
//!
//! The first listener for a kind of signal installs a handler for the **whole process, for good**:
//! what the system would do otherwise, such as ending the process on Ctrl-C, no longer happens,
//! even after the last listener was dropped. A handler that was there before is still called.
//!
//! # How a signal travels
//!
//! The handler, which may do next to nothing, writes a byte to a socket of each listener. The
//! listener reads it like any socket, in the reactor of the worker that waits for it. So there is
//! no thread for signals and nothing that belongs to one runtime: listeners in several runtimes
//! hear the same signal, and a listener outlives the runtime it was made in.

pub mod unix;

use std::io;
use unix::{SignalKind, signal};

/// Waits for the next Ctrl-C (`SIGINT`) that comes after this was first polled.
///
/// To hear every one, keep a [`Signal`](unix::Signal) instead of calling this again and again.
///
/// # Errors
///
/// If the system refuses the handler or has no descriptors left, or if the runtime has shut down.
///
/// # Panics
///
/// Outside a runtime.
///
/// # Cancel safety
///
/// A signal that comes after the future was dropped is not heard, and does not end the process
/// either.
///
/// # Examples
///
/// ```
/// use graph_runtime::signal::ctrl_c;
/// use graph_runtime::time::{Duration, timeout};
///
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() {
/// match timeout(Duration::from_millis(1), ctrl_c()).await {
///     Ok(_) => println!("good-bye"),
///     Err(_) => println!("nobody wants to stop us yet"),
/// }
/// # }
/// ```
pub async fn ctrl_c() -> io::Result<()> {
    let heard = signal(SignalKind::interrupt())?.recv().await;
    heard.ok_or_else(|| io::Error::other("the runtime has shut down"))
}
