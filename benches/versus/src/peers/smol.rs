//! smol: its global executor, which is async-executor, on threads that take turns in async-io.

use super::{Figures, Listener, Missing, Peer, Stream};
use crate::workloads::{mpsc, mutex};
use smol::io::{AsyncReadExt, AsyncWriteExt};
use smol::net::{TcpListener, TcpStream};
use smol::{Async, Task, Timer};
use std::io;
use std::time::{Duration, Instant};

/// The process's one smol. Whoever starts the process says how many threads it has, by
/// [`Smol::THREADS`]: that is where smol itself looks, and it looks once.
pub struct Smol(());

impl Smol {
    /// The environment variable with the number of threads.
    pub const THREADS: &str = "SMOL_THREADS";
}

impl Peer for Smol {
    type Join<T: Send + 'static> = Task<T>;
    type Listener = TcpListener;

    fn start(workers: usize) -> Self {
        let threads = std::env::var(Self::THREADS).ok();
        let expected = workers.to_string();
        assert_eq!(threads, Some(expected), "smol is told its threads before the process starts");
        Self(())
    }

    fn block_on<F: Future>(&self, future: F) -> F::Output {
        smol::block_on(future)
    }

    fn spawn<F>(future: F) -> Self::Join<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        smol::spawn(future)
    }

    fn spawn_detached<F>(future: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        smol::spawn(future).detach();
    }

    fn spawn_outside<F>(&self, future: F) -> Result<Self::Join<F::Output>, Missing>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        Ok(smol::spawn(future))
    }

    fn yield_now() -> impl Future<Output = ()> + Send {
        smol::future::yield_now()
    }

    async fn sleep(duration: Duration) {
        Timer::after(duration).await;
    }

    async fn sleep_until(deadline: Instant) {
        Timer::at(deadline).await;
    }

    fn mpsc(&self) -> Figures {
        mpsc::run::<Self, mpsc::SmolChannel>(self)
    }

    fn mutex(&self) -> Figures {
        mutex::run::<Self, mutex::SmolMutex>(self)
    }
}

impl Listener for TcpListener {
    type Stream = TcpStream;

    fn from_std(listener: std::net::TcpListener) -> io::Result<Self> {
        Ok(Async::try_from(listener)?.into())
    }

    async fn accept(&self) -> io::Result<TcpStream> {
        Ok(self.accept().await?.0)
    }
}

impl Stream for TcpStream {
    fn from_std(stream: std::net::TcpStream) -> io::Result<Self> {
        Ok(Async::try_from(stream)?.into())
    }

    async fn read(&mut self, mut buffer: Vec<u8>) -> (io::Result<usize>, Vec<u8>) {
        (AsyncReadExt::read(self, &mut buffer).await, buffer)
    }

    async fn write_all(&mut self, bytes: Vec<u8>, length: usize) -> (io::Result<()>, Vec<u8>) {
        (AsyncWriteExt::write_all(self, &bytes[..length]).await, bytes)
    }
}
