//! A connection.

use super::attempt::Attempt;
use super::methods::{descriptor, options, readiness};
use super::registered::Registered;
use super::stream::{closed, reading, writing};
use super::{ToSocketAddrs, addresses};
use reactor::Direction;
use socket2::SockRef;
use std::io;
use std::net::{Shutdown, SocketAddr};
use std::task::{Context, Poll};
use std::time::Duration;

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
    pub(crate) io: Registered<mio::net::TcpStream>,
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
        Self::connected(mio::net::TcpStream::connect(address)?).await
    }

    /// Waits until a connection under way is established.
    pub(super) async fn connected(stream: mio::net::TcpStream) -> io::Result<Self> {
        let stream = Self::new(stream);
        stream.io.io(Direction::Write, check_connected).await?;
        Ok(stream)
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

/// Waiting, and operations of the caller's own.
///
/// Readiness is a hint: the operation that follows may still find that it would block.
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
impl TcpStream {
    readiness!(poll_read_ready, poll_write_ready);
}

/// Operations.
impl TcpStream {
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

    /// [`peek`](Self::peek) for hand-written futures. The last task to call it is woken.
    ///
    /// # Errors
    ///
    /// As `peek`.
    ///
    /// # Panics
    ///
    /// As `peek`.
    #[track_caller]
    pub fn poll_peek(
        &self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        self.io.poll_io(context, Direction::Read, |stream| stream.peek(buffer).map(Attempt::more))
    }

    /// Ends one direction of the connection, or both, at once, as
    /// [`std::net::TcpStream::shutdown`] does. Data already written is still sent. The plain name
    /// is left to the traits for writing.
    ///
    /// # Errors
    ///
    /// Whatever the system says, [`io::ErrorKind::NotConnected`] if the peer has ended it already.
    pub fn shutdown_std(&self, how: Shutdown) -> io::Result<()> {
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

    options! {
        /// Whether small packets are sent at once instead of being collected (`TCP_NODELAY`). Not
        /// at first.
        nodelay, set_nodelay: bool = tcp_nodelay, set_tcp_nodelay;
        /// How many routers a packet may pass, from 1 to 255 (`IP_TTL`).
        ttl, set_ttl: u32 = ttl_v4, set_ttl_v4;
        /// Whether packets are acknowledged at once (`TCP_QUICKACK`). The system changes it by
        /// itself.
        quickack, set_quickack: bool = tcp_quickack, set_tcp_quickack;
        /// How long **dropping it blocks its thread** at most for data not yet sent to arrive
        /// (`SO_LINGER`), not at all at first. Zero drops the data and resets the connection,
        /// without blocking; that is what this is good for here.
        linger, set_linger: Option<Duration> = linger, set_linger;
    }

    /// Lets dropping it reset the connection at once, data not yet sent included.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn set_zero_linger(&self) -> io::Result<()> {
        self.set_linger(Some(Duration::ZERO))
    }

    fn options(&self) -> SockRef<'_> {
        SockRef::from(self)
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

reading!(TcpStream);
writing!(TcpStream, |stream| closed(stream.shutdown_std(Shutdown::Write)));
descriptor!(TcpStream, mio::net::TcpStream, std::net::TcpStream);
