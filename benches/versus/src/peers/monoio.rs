//! monoio, the fastest of the runtimes with a thread of their own and nothing shared.
//!
//! Its tasks, sockets and timers are not `Send`. They are wrapped in [`ThreadBound`], which costs
//! one comparison per use, and everything runs on the thread that blocks. It has no channel and no
//! mutex, and nothing can be spawned from outside; those rows say so.

use super::thread_bound::ThreadBound;
use super::{Figures, Listener, Missing, Peer, Stream};
use monoio::buf::IoBuf;
use monoio::io::{AsyncReadRent, AsyncWriteRentExt};
use monoio::net::{TcpListener, TcpStream};
use monoio::task::JoinHandle;
use monoio::time::TimeDriver;
use monoio::{FusionDriver, FusionRuntime, IoUringDriver, LegacyDriver, RuntimeBuilder};
use std::cell::RefCell;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

type Driven = FusionRuntime<TimeDriver<IoUringDriver>, TimeDriver<LegacyDriver>>;

/// A runtime of monoio, on io_uring where the kernel has it, on epoll otherwise.
pub struct Monoio(RefCell<Driven>);

impl Peer for Monoio {
    type Join<T: Send + 'static> = ThreadBoundJoin<T>;
    type Listener = BoundListener;

    fn start(_workers: usize) -> Self {
        let runtime = RuntimeBuilder::<FusionDriver>::new().enable_timer().build();
        Self(RefCell::new(runtime.expect("monoio starts")))
    }

    fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.0.borrow_mut().block_on(future)
    }

    fn spawn<F>(future: F) -> Self::Join<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        ThreadBoundJoin(ThreadBound::new(monoio::spawn(future)))
    }

    fn spawn_detached<F>(future: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        drop(monoio::spawn(future));
    }

    fn spawn_outside<F>(&self, _future: F) -> Result<Self::Join<F::Output>, Missing>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        Err(Missing::because("monoio spawns on its own thread only"))
    }

    /// monoio has no yield; this is the one of futures-lite, which wakes and returns.
    fn yield_now() -> impl Future<Output = ()> + Send {
        futures_lite::future::yield_now()
    }

    fn sleep(duration: Duration) -> impl Future<Output = ()> + Send {
        ThreadBound::new(monoio::time::sleep(duration))
    }

    fn sleep_until(deadline: Instant) -> impl Future<Output = ()> + Send {
        ThreadBound::new(monoio::time::sleep_until(deadline.into()))
    }

    fn mpsc(&self) -> Figures {
        Err(Missing::because("monoio has no channel"))
    }

    fn mutex(&self) -> Figures {
        Err(Missing::because("monoio has no async mutex"))
    }
}

/// A join handle on its own thread.
pub struct ThreadBoundJoin<T>(ThreadBound<JoinHandle<T>>);

impl<T> Future for ThreadBoundJoin<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        Pin::new(self.0.get_mut()).poll(context)
    }
}

/// A listener on its own thread.
pub struct BoundListener(ThreadBound<TcpListener>);

impl Listener for BoundListener {
    type Stream = BoundStream;

    fn from_std(listener: std::net::TcpListener) -> io::Result<Self> {
        // What epoll needs, io_uring would take for a wish not to wait.
        listener.set_nonblocking(monoio::utils::is_legacy())?;
        Ok(Self(ThreadBound::new(TcpListener::from_std(listener)?)))
    }

    fn accept(&self) -> impl Future<Output = io::Result<BoundStream>> + Send {
        let accepting = self.0.get().accept();
        ThreadBound::new(async { Ok(BoundStream(ThreadBound::new(accepting.await?.0))) })
    }
}

/// A connection on its own thread.
pub struct BoundStream(ThreadBound<TcpStream>);

impl Stream for BoundStream {
    fn from_std(stream: std::net::TcpStream) -> io::Result<Self> {
        stream.set_nonblocking(monoio::utils::is_legacy())?;
        Ok(Self(ThreadBound::new(TcpStream::from_std(stream)?)))
    }

    fn read(
        &mut self,
        buffer: Vec<u8>,
    ) -> impl Future<Output = (io::Result<usize>, Vec<u8>)> + Send {
        ThreadBound::new(self.0.get_mut().read(buffer))
    }

    fn write_all(
        &mut self,
        bytes: Vec<u8>,
        length: usize,
    ) -> impl Future<Output = (io::Result<()>, Vec<u8>)> + Send {
        let writing = self.0.get_mut().write_all(bytes.slice(..length));
        ThreadBound::new(async {
            let (written, bytes) = writing.await;
            (written.map(drop), bytes.into_inner())
        })
    }
}
