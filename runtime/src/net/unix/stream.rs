//! Connections.

use super::{SocketAddr, UCred};
use crate::net::Registered;
use crate::net::methods::{descriptor, readiness};
use crate::net::stream::{closed, reading, writing};
use std::io;
use std::net::Shutdown;
use std::path::Path;

/// A connection through a Unix socket. Dropping it closes it.
///
/// Both `UnixStream` and `&UnixStream` are [`AsyncRead`](futures_io::AsyncRead) and
/// [`AsyncWrite`](futures_io::AsyncWrite). Any number of tasks may wait in the `async` methods; of
/// those in `poll_*` methods, which the two traits are made of, the last one in each direction is
/// woken.
///
/// # Examples
///
/// ```
/// use futures_lite::{AsyncReadExt, AsyncWriteExt};
/// use graph_runtime::net::UnixStream;
///
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let (mut here, mut there) = UnixStream::pair()?;
/// here.write_all(b"ping").await?;
/// let mut request = [0; 4];
/// there.read_exact(&mut request).await?;
/// assert_eq!(&request, b"ping");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct UnixStream {
    io: Registered<mio::net::UnixStream>,
}

impl UnixStream {
    /// Connects to the listener at `path`.
    ///
    /// # Errors
    ///
    /// Whatever the system says; [`io::ErrorKind::WouldBlock`] if as many connections as it allows
    /// wait to be accepted there, which the system offers no way to wait for.
    ///
    /// # Cancel safety
    ///
    /// It does not wait.
    pub async fn connect(path: impl AsRef<Path>) -> io::Result<Self> {
        let address = SocketAddr::of(path.as_ref())?;
        mio::net::UnixStream::connect_addr(&address).map(Self::new)
    }

    /// Connects to the listener at `address`, which may be one without a path.
    ///
    /// # Errors
    ///
    /// As [`connect`](Self::connect).
    ///
    /// # Cancel safety
    ///
    /// It does not wait.
    pub async fn connect_addr(address: &SocketAddr) -> io::Result<Self> {
        mio::net::UnixStream::connect_addr(address.as_std()).map(Self::new)
    }

    /// Two that are connected to each other.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn pair() -> io::Result<(Self, Self)> {
        let (first, second) = mio::net::UnixStream::pair()?;
        Ok((Self::new(first), Self::new(second)))
    }

    /// Ends one direction of the connection, or both, at once, as
    /// [`std::os::unix::net::UnixStream::shutdown`] does. The plain name is left to the traits for
    /// writing.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn shutdown_std(&self, how: Shutdown) -> io::Result<()> {
        self.io.source().shutdown(how)
    }

    /// The address of this end.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.io.source().local_addr().map(SocketAddr::from)
    }

    /// The address of the other end.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.io.source().peer_addr().map(SocketAddr::from)
    }

    /// Who made the other end.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn peer_cred(&self) -> io::Result<UCred> {
        UCred::of_peer(self)
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

/// Waiting, and operations of the caller's own.
impl UnixStream {
    readiness!(poll_read_ready, poll_write_ready);
}

reading!(UnixStream);
writing!(UnixStream, |stream| closed(stream.shutdown_std(Shutdown::Write)));
descriptor!(UnixStream, mio::net::UnixStream, std::os::unix::net::UnixStream);
