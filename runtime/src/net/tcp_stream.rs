//! A connection.

use super::attempt::Attempt;
use super::registered::Registered;
use super::{ToSocketAddrs, addresses};
use reactor::Direction;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::task::{Context, Poll};

/// A TCP connection. Dropping it closes it.
///
/// Both `TcpStream` and `&TcpStream` are [`AsyncRead`](futures_io::AsyncRead) and
/// [`AsyncWrite`](futures_io::AsyncWrite), so one task can read while another writes, through two
/// references, an `Arc` or a helper like `futures_lite::io::split`.
///
/// Any number of tasks may wait in the `async` methods. Of those in `poll_*` methods, which the
/// two traits are made of, the last one in each direction is woken: let one task read and one
/// write.
///
/// # Examples
///
/// ```
/// use futures_lite::{AsyncReadExt, AsyncWriteExt};
/// use graph_runtime::net::{TcpListener, TcpStream};
///
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let listener = TcpListener::bind("127.0.0.1:0").await?;
/// let mut client = TcpStream::connect(listener.local_addr()?).await?;
/// let (mut server, _) = listener.accept().await?;
/// client.write_all(b"ping").await?;
/// let mut request = [0; 4];
/// server.read_exact(&mut request).await?;
/// assert_eq!(&request, b"ping");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct TcpStream {
    pub(super) io: Registered<mio::net::TcpStream>,
}

/// Making one.
impl TcpStream {
    /// Connects to the first of the addresses that answers, trying one after another.
    ///
    /// # Errors
    ///
    /// If a host name cannot be looked up, or no address answers: then that of the last. If the
    /// runtime has shut down.
    ///
    /// # Panics
    ///
    /// Outside a runtime, if it has to wait.
    ///
    /// # Cancel safety
    ///
    /// A connection under way is given up if the future is dropped.
    pub async fn connect<A: ToSocketAddrs>(address: A) -> io::Result<Self> {
        addresses::first_of(address, Self::connect_to).await
    }

    async fn connect_to(address: SocketAddr) -> io::Result<Self> {
        let stream = Self::new(mio::net::TcpStream::connect(address)?);
        stream.io.io(Direction::Write, check_connected).await?;
        Ok(stream)
    }

    /// Takes over a connected stream of the standard library and makes it non-blocking.
    ///
    /// # Errors
    ///
    /// If the system refuses that.
    pub fn from_std(stream: std::net::TcpStream) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        Ok(Self::new(mio::net::TcpStream::from_std(stream)))
    }

    pub(super) fn new(stream: mio::net::TcpStream) -> Self {
        Self { io: Registered::new(stream) }
    }
}

/// Whether a connection under way is established.
fn check_connected(stream: &mio::net::TcpStream) -> io::Result<Attempt<()>> {
    if let Some(error) = stream.take_error()? {
        return Err(error);
    }
    match stream.peer_addr() {
        Ok(_) => Ok(Attempt::more(())),
        // No failure and no peer: it is still under way.
        Err(error) if error.kind() == io::ErrorKind::NotConnected => {
            Err(io::ErrorKind::WouldBlock.into())
        }
        Err(error) => Err(error),
    }
}

/// Waiting.
///
/// These wait for the next event and try nothing, so they register the stream if it is not, and
/// fail if the runtime has shut down. Readiness is a hint: the operation that follows may still
/// find that it would block. They panic outside a runtime if the stream is not registered.
///
/// # Cancel safety
///
/// Giving up loses nothing: a stream stays ready until an operation would block.
impl TcpStream {
    /// Waits until a [`try_read`](Self::try_read) is worth it: data, the end, or an error.
    ///
    /// # Errors
    ///
    /// If the runtime has shut down.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime::net::TcpStream;
    /// use std::io;
    ///
    /// async fn read_some(stream: &TcpStream, buffer: &mut [u8]) -> io::Result<usize> {
    ///     loop {
    ///         stream.readable().await?;
    ///         match stream.try_read(buffer) {
    ///             Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
    ///             result => return result,
    ///         }
    ///     }
    /// }
    /// ```
    pub async fn readable(&self) -> io::Result<()> {
        self.io.ready(Direction::Read).await.map(drop)
    }

    /// Waits until a [`try_write`](Self::try_write) is worth it.
    ///
    /// # Errors
    ///
    /// If the runtime has shut down.
    pub async fn writable(&self) -> io::Result<()> {
        self.io.ready(Direction::Write).await.map(drop)
    }

    /// [`readable`](Self::readable) for hand-written futures. The last task to call it is woken.
    ///
    /// # Errors
    ///
    /// If the runtime has shut down.
    #[track_caller]
    pub fn poll_read_ready(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.io.poll_ready(context, Direction::Read).map_ok(drop)
    }

    /// [`writable`](Self::writable) for hand-written futures. The last task to call it is woken.
    ///
    /// # Errors
    ///
    /// If the runtime has shut down.
    #[track_caller]
    pub fn poll_write_ready(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.io.poll_ready(context, Direction::Write).map_ok(drop)
    }
}

/// Operations.
impl TcpStream {
    /// Reads what there is, without waiting. 0 is the end of the stream, or an empty buffer.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::WouldBlock`] if there is nothing to read, and whatever the system says.
    pub fn try_read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        self.io.try_io(Direction::Read, |stream| read(stream, buffer))
    }

    /// Writes as much as fits into the system's buffer, without waiting.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::WouldBlock`] if nothing fits, and whatever the system says.
    pub fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        self.io.try_io(Direction::Write, |stream| write(stream, bytes))
    }

    /// Waits for data and copies it to `buffer`; the next read will find it again.
    ///
    /// # Errors
    ///
    /// If the runtime has shut down, and whatever the system says.
    ///
    /// # Panics
    ///
    /// Outside a runtime, if it has to wait for the first time.
    ///
    /// # Cancel safety
    ///
    /// It takes nothing from the stream, so nothing is lost if the future is dropped.
    pub async fn peek(&self, buffer: &mut [u8]) -> io::Result<usize> {
        // What was peeked at is still there, so the stream stays ready.
        self.io.io(Direction::Read, |stream| stream.peek(buffer).map(Attempt::more)).await
    }

    /// Ends one direction of the connection, or both, at once. Data already written is still
    /// sent.
    ///
    /// # Errors
    ///
    /// Whatever the system says, [`io::ErrorKind::NotConnected`] if the peer has ended it already.
    pub fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        self.io.source().shutdown(how)
    }
}

/// Addresses and options. All of them fail with whatever the system says.
impl TcpStream {
    /// The address of this end.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.io.source().local_addr()
    }

    /// The address of the other end.
    ///
    /// # Errors
    ///
    /// Whatever the system says, [`io::ErrorKind::NotConnected`] if there is none any more.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.io.source().peer_addr()
    }

    /// Whether small packets are sent at once instead of being collected (`TCP_NODELAY`).
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn nodelay(&self) -> io::Result<bool> {
        self.io.source().nodelay()
    }

    /// Sets [`nodelay`](Self::nodelay), which is off at first.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn set_nodelay(&self, enabled: bool) -> io::Result<()> {
        self.io.source().set_nodelay(enabled)
    }

    /// How many routers a packet may pass (`IP_TTL`).
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn ttl(&self) -> io::Result<u32> {
        self.io.source().ttl()
    }

    /// Sets [`ttl`](Self::ttl), from 1 to 255.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn set_ttl(&self, hops: u32) -> io::Result<()> {
        self.io.source().set_ttl(hops)
    }

    /// The error that the connection has met and no operation has reported yet, if any
    /// (`SO_ERROR`).
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn take_error(&self) -> io::Result<Option<io::Error>> {
        self.io.source().take_error()
    }
}

/// Reads once.
pub(super) fn read(
    mut stream: &mio::net::TcpStream,
    buffer: &mut [u8],
) -> io::Result<Attempt<usize>> {
    let wanted = buffer.len();
    Ok(Attempt::transfer(stream.read(buffer)?, wanted))
}

/// Writes once.
pub(super) fn write(mut stream: &mio::net::TcpStream, bytes: &[u8]) -> io::Result<Attempt<usize>> {
    Ok(Attempt::transfer(stream.write(bytes)?, bytes.len()))
}

impl TryFrom<std::net::TcpStream> for TcpStream {
    type Error = io::Error;

    fn try_from(stream: std::net::TcpStream) -> io::Result<Self> {
        Self::from_std(stream)
    }
}

impl AsFd for TcpStream {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.io.source().as_fd()
    }
}

impl AsRawFd for TcpStream {
    fn as_raw_fd(&self) -> RawFd {
        self.io.source().as_raw_fd()
    }
}
