//! Ours, on worker threads.

use super::{Figures, Listener, Missing, Peer, Stream};
use crate::workloads::{mpsc, mutex};
use futures_lite::{AsyncReadExt, AsyncWriteExt};
use graph_runtime::net::{TcpListener, TcpStream};
use graph_runtime::runtime::{Builder, Runtime};
use graph_runtime::task::JoinHandle;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

/// A multi-thread runtime of graph_runtime.
pub struct GraphRuntime(Runtime);

impl Peer for GraphRuntime {
    type Join<T: Send + 'static> = Joined<T>;
    type Listener = TcpListener;

    fn start(workers: usize) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(workers).build();
        Self(runtime.expect("graph_runtime starts"))
    }

    fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.0.block_on(future)
    }

    fn spawn<F>(future: F) -> Self::Join<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        Joined(graph_runtime::spawn(future))
    }

    fn spawn_detached<F>(future: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        drop(graph_runtime::spawn(future));
    }

    fn spawn_outside<F>(&self, future: F) -> Result<Self::Join<F::Output>, Missing>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        Ok(Joined(self.0.spawn(future)))
    }

    fn yield_now() -> impl Future<Output = ()> + Send {
        graph_runtime::task::yield_now()
    }

    fn sleep(duration: Duration) -> impl Future<Output = ()> + Send {
        graph_runtime::time::sleep(duration)
    }

    fn sleep_until(deadline: Instant) -> impl Future<Output = ()> + Send {
        graph_runtime::time::sleep_until(deadline.into())
    }

    fn mpsc(&self) -> Figures {
        mpsc::run::<Self, mpsc::GraphRuntimeChannel>(self)
    }

    fn mutex(&self) -> Figures {
        mutex::run::<Self, mutex::GraphRuntimeMutex>(self)
    }
}

/// A join handle whose task is known to end well.
pub struct Joined<T>(JoinHandle<T>);

impl<T> Future for Joined<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        Pin::new(&mut self.0).poll(context).map(|output| output.expect("no task is aborted"))
    }
}

impl Listener for TcpListener {
    type Stream = TcpStream;

    fn from_std(listener: std::net::TcpListener) -> io::Result<Self> {
        Self::from_std(listener)
    }

    async fn accept(&self) -> io::Result<TcpStream> {
        Ok(self.accept().await?.0)
    }
}

impl Stream for TcpStream {
    fn from_std(stream: std::net::TcpStream) -> io::Result<Self> {
        Self::from_std(stream)
    }

    async fn read(&mut self, mut buffer: Vec<u8>) -> (io::Result<usize>, Vec<u8>) {
        (AsyncReadExt::read(self, &mut buffer).await, buffer)
    }

    async fn write_all(&mut self, bytes: Vec<u8>, length: usize) -> (io::Result<()>, Vec<u8>) {
        (AsyncWriteExt::write_all(self, &bytes[..length]).await, bytes)
    }
}
