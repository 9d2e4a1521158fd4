//! Accepting connections.

use super::attempt::Attempt;
use super::methods::{descriptor, options};
use super::registered::Registered;
use super::{TcpStream, ToSocketAddrs, addresses};
use reactor::Direction;
use socket2::SockRef;
use std::future::ready;
use std::io;
use std::net::SocketAddr;
use std::task::{Context, Poll};

/// A socket that accepts TCP connections. Dropping it closes it.
///
/// Any number of tasks may [`accept`](Self::accept) from the same listener at once.
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
/// let address = listener.local_addr()?;
/// let greeter = graph_runtime::spawn(async move {
///     let (mut stream, _) = listener.accept().await?;
///     stream.write_all(b"hello").await
/// });
/// let mut greeting = String::new();
/// TcpStream::connect(address).await?.read_to_string(&mut greeting).await?;
/// assert_eq!(greeting, "hello");
/// greeter.await.expect("the task is not aborted")?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct TcpListener {
    io: Registered<mio::net::TcpListener>,
}

impl TcpListener {
    /// A listener bound to the first of the addresses that can be bound to. Port 0 lets the system
    /// choose one; see [`local_addr`](Self::local_addr).
    ///
    /// The address may be used again at once after the listener was closed (`SO_REUSEADDR`).
    ///
    /// # Errors
    ///
    /// If a host name cannot be looked up, or no address can be bound to: then that of the last.
    ///
    /// # Panics
    ///
    /// Outside a runtime, if a host name has to be looked up.
    ///
    /// # Cancel safety
    ///
    /// Nothing is bound if the future is dropped.
    pub async fn bind<A: ToSocketAddrs>(address: A) -> io::Result<Self> {
        let bind = |address| ready(mio::net::TcpListener::bind(address).map(Self::new));
        addresses::first_of(address, bind).await
    }

    /// Waits for a connection. It is registered with no reactor yet: that is up to the worker that
    /// first has to wait for it.
    ///
    /// # Errors
    ///
    /// Whatever the system says, each time: with no file descriptor left, for instance, the
    /// connection stays in the queue and every call fails until some descriptor has been closed,
    /// so a loop should pause before it tries again. If the runtime has shut down.
    ///
    /// # Panics
    ///
    /// Outside a runtime, if it has to wait for the first time.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped before it is done, no connection was accepted; it goes to the next
    /// call.
    pub async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        self.io.io(Direction::Read, accept).await
    }

    /// [`accept`](Self::accept) for hand-written futures. The last task to call it is woken.
    ///
    /// # Errors
    ///
    /// As `accept`.
    ///
    /// # Panics
    ///
    /// As `accept`.
    #[track_caller]
    pub fn poll_accept(
        &self,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<(TcpStream, SocketAddr)>> {
        self.io.poll_io(context, Direction::Read, accept)
    }

    /// The address it is bound to.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.io.source().local_addr()
    }

    options! {
        /// How many routers the packets of its connections may pass, from 1 to 255 (`IP_TTL`).
        ttl, set_ttl: u32 = ttl_v4, set_ttl_v4;
    }

    fn options(&self) -> SockRef<'_> {
        SockRef::from(self)
    }
}

fn accept(listener: &mio::net::TcpListener) -> io::Result<Attempt<(TcpStream, SocketAddr)>> {
    let (stream, peer) = listener.accept()?;
    Ok(Attempt::more((TcpStream::new(stream), peer)))
}

descriptor!(TcpListener, mio::net::TcpListener, std::net::TcpListener);
