//! compio, a runtime on completions with a thread of its own and nothing shared.
//!
//! As with monoio, its futures and sockets are wrapped in [`ThreadBound`] and everything runs on
//! the thread that blocks. It has no channel and no mutex, and nothing can be spawned from outside;
//! those rows say so.

use super::thread_bound::ThreadBound;
use super::{Figures, Listener, Missing, Peer, Stream};
use compio::BufResult;
use compio::buf::{IntoInner, IoBuf};
use compio::io::{AsyncRead, AsyncWriteExt};
use compio::net::{TcpListener, TcpStream};
use compio::runtime::{JoinHandle, Runtime};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

/// A runtime of compio, on io_uring where the kernel has it, on epoll otherwise.
pub struct Compio(Runtime);

impl Peer for Compio {
    type Join<T: Send + 'static> = CompioJoin<T>;
    type Listener = CompioListener;

    fn start(_workers: usize) -> Self {
        Self(Runtime::new().expect("compio starts"))
    }

    fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.0.block_on(future)
    }

    fn spawn<F>(future: F) -> Self::Join<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        CompioJoin(ThreadBound::new(compio::runtime::spawn(future)))
    }

    fn spawn_detached<F>(future: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        compio::runtime::spawn(future).detach();
    }

    fn spawn_outside<F>(&self, _future: F) -> Result<Self::Join<F::Output>, Missing>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        Err(Missing::because("compio spawns on its own thread only"))
    }

    /// compio has no yield; this is the one of futures-lite, which wakes and returns.
    fn yield_now() -> impl Future<Output = ()> + Send {
        futures_lite::future::yield_now()
    }

    fn sleep(duration: Duration) -> impl Future<Output = ()> + Send {
        ThreadBound::new(compio::time::sleep(duration))
    }

    fn sleep_until(deadline: Instant) -> impl Future<Output = ()> + Send {
        ThreadBound::new(compio::time::sleep_until(deadline))
    }

    fn mpsc(&self) -> Figures {
        Err(Missing::because("compio has no channel"))
    }

    fn mutex(&self) -> Figures {
        Err(Missing::because("compio has no async mutex"))
    }
}

/// A join handle on its own thread.
pub struct CompioJoin<T>(ThreadBound<JoinHandle<T>>);

impl<T> Future for CompioJoin<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let joined = Pin::new(self.0.get_mut()).poll(context);
        joined.map(|output| output.expect("no task panics"))
    }
}

/// A listener on its own thread.
pub struct CompioListener(ThreadBound<TcpListener>);

impl Listener for CompioListener {
    type Stream = CompioStream;

    fn from_std(listener: std::net::TcpListener) -> io::Result<Self> {
        Ok(Self(ThreadBound::new(TcpListener::from_std(listener)?)))
    }

    fn accept(&self) -> impl Future<Output = io::Result<CompioStream>> + Send {
        let accepting = self.0.get().accept();
        ThreadBound::new(async { Ok(CompioStream(ThreadBound::new(accepting.await?.0))) })
    }
}

/// A connection on its own thread.
pub struct CompioStream(ThreadBound<TcpStream>);

impl Stream for CompioStream {
    fn from_std(stream: std::net::TcpStream) -> io::Result<Self> {
        Ok(Self(ThreadBound::new(TcpStream::from_std(stream)?)))
    }

    fn read(
        &mut self,
        buffer: Vec<u8>,
    ) -> impl Future<Output = (io::Result<usize>, Vec<u8>)> + Send {
        let reading = self.0.get_mut().read(buffer);
        ThreadBound::new(async {
            let BufResult(read, buffer) = reading.await;
            (read, buffer)
        })
    }

    fn write_all(
        &mut self,
        bytes: Vec<u8>,
        length: usize,
    ) -> impl Future<Output = (io::Result<()>, Vec<u8>)> + Send {
        let writing = self.0.get_mut().write_all(bytes.slice(..length));
        ThreadBound::new(async {
            let BufResult(written, bytes) = writing.await;
            (written, bytes.into_inner())
        })
    }
}
