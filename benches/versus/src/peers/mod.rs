//! The runtimes, each behind the same small trait, so that a workload is written once.
//!
//! What a peer has of its own is used: its sleep, its yield, its sockets, its channel, its mutex.
//! What it has not got is reported as missing, never imitated.

mod async_executor;
mod compio;
mod graph_runtime;
mod missing;
mod monoio;
mod name;
mod smol;
mod thread_bound;
mod tokio;
mod tokio_net;

pub use async_executor::AsyncExecutor;
pub use compio::Compio;
pub use graph_runtime::GraphRuntime;
pub use missing::{Figures, Missing};
pub use monoio::Monoio;
pub use name::PeerName;
pub use smol::Smol;
pub use tokio::{TokioCurrent, TokioMulti};

use std::io;
use std::time::{Duration, Instant};

/// A runtime. The associated functions work on the runtime of the calling thread, as programs use
/// them; the methods are for the thread that owns the runtime.
pub trait Peer: Sized + 'static {
    /// The right to a task's output. Dropping it may cancel the task.
    type Join<T: Send + 'static>: Future<Output = T> + Send + 'static;
    /// A TCP listener.
    type Listener: Listener;

    /// Starts the runtime. One that has no worker threads ignores their number.
    fn start(workers: usize) -> Self;

    /// Runs a future on the calling thread, and blocks until it is done.
    fn block_on<F: Future>(&self, future: F) -> F::Output;

    /// Spawns a task from within the runtime.
    fn spawn<F>(future: F) -> Self::Join<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static;

    /// Spawns a task that nobody joins from within the runtime.
    fn spawn_detached<F>(future: F)
    where
        F: Future<Output = ()> + Send + 'static;

    /// Spawns a task from a thread that is not in the runtime.
    ///
    /// # Errors
    ///
    /// If the runtime cannot do that.
    fn spawn_outside<F>(&self, future: F) -> Result<Self::Join<F::Output>, Missing>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static;

    /// Lets the other tasks go first.
    fn yield_now() -> impl Future<Output = ()> + Send;

    /// Waits for a time.
    fn sleep(duration: Duration) -> impl Future<Output = ()> + Send;

    /// Waits for a moment.
    fn sleep_until(deadline: Instant) -> impl Future<Output = ()> + Send;

    /// The workload of a bounded channel with the runtime's own channel.
    ///
    /// # Errors
    ///
    /// If it has none.
    fn mpsc(&self) -> Figures;

    /// The workload of a mutex with the runtime's own mutex.
    ///
    /// # Errors
    ///
    /// If it has none.
    fn mutex(&self) -> Figures;

    /// Runs a future as a task, on a worker if there are any, and blocks until it is done.
    fn on_worker<F>(&self, future: F) -> F::Output
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.block_on(async { Self::spawn(future).await })
    }
}

/// A TCP listener of some runtime.
pub trait Listener: Sized + Send + 'static {
    /// The connections it accepts.
    type Stream: Stream;

    /// Takes over a listener of the standard library, from within the runtime.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    fn from_std(listener: std::net::TcpListener) -> io::Result<Self>;

    /// Waits for a connection.
    fn accept(&self) -> impl Future<Output = io::Result<Self::Stream>> + Send;
}

/// A TCP connection of some runtime.
///
/// Buffers are handed over and come back, which suits runtimes on readiness and on completion
/// alike and costs the former nothing.
pub trait Stream: Sized + Send + 'static {
    /// Takes over a connection of the standard library, from within the runtime.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    fn from_std(stream: std::net::TcpStream) -> io::Result<Self>;

    /// Reads once; how much, and the buffer that starts with it. 0 is the end.
    fn read(
        &mut self,
        buffer: Vec<u8>,
    ) -> impl Future<Output = (io::Result<usize>, Vec<u8>)> + Send;

    /// Writes the first `length` bytes of the buffer.
    fn write_all(
        &mut self,
        bytes: Vec<u8>,
        length: usize,
    ) -> impl Future<Output = (io::Result<()>, Vec<u8>)> + Send;
}
