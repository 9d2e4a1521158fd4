//! Accepting connections.

use super::{SocketAddr, UnixStream};
use crate::net::methods::descriptor;
use crate::net::{Attempt, Registered};
use reactor::Direction;
use std::io;
use std::path::Path;
use std::task::{Context, Poll};

/// A socket that accepts connections at a path or an abstract name. Dropping it closes it, but
/// leaves the path, which has to be removed before it can be bound to again.
///
/// # Examples
///
/// ```
/// use futures_lite::AsyncWriteExt;
/// use graph_runtime::net::{UnixListener, UnixStream};
///
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// # let directory = tempfile::tempdir()?;
/// let path = directory.path().join("socket");
/// let listener = UnixListener::bind(&path)?;
/// let mut client = UnixStream::connect(&path).await?;
/// let (_server, _address) = listener.accept().await?;
/// client.write_all(b"ping").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct UnixListener {
    io: Registered<mio::net::UnixListener>,
}

impl UnixListener {
    /// A listener at `path`, which must not exist.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn bind(path: impl AsRef<Path>) -> io::Result<Self> {
        mio::net::UnixListener::bind_addr(&SocketAddr::of(path.as_ref())?).map(Self::new)
    }

    /// A listener at `address`, which may be one without a path.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    #[track_caller]
    pub fn bind_addr(address: &SocketAddr) -> io::Result<Self> {
        mio::net::UnixListener::bind_addr(address.as_std()).map(Self::new)
    }

    /// Waits for a connection.
    ///
    /// # Errors
    ///
    /// Whatever the system says, each time; see [`TcpListener::accept`]. If the runtime has shut
    /// down.
    ///
    /// # Panics
    ///
    /// Outside a runtime, if it has to wait for the first time.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped before it is done, no connection was accepted.
    ///
    /// [`TcpListener::accept`]: crate::net::TcpListener::accept
    pub async fn accept(&self) -> io::Result<(UnixStream, SocketAddr)> {
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
    ) -> Poll<io::Result<(UnixStream, SocketAddr)>> {
        self.io.poll_io(context, Direction::Read, accept)
    }

    /// The address it is bound to.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.io.source().local_addr().map(SocketAddr::from)
    }

    /// The error that it has met and no operation has reported yet, if any (`SO_ERROR`).
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn take_error(&self) -> io::Result<Option<io::Error>> {
        self.io.source().take_error()
    }
}

fn accept(listener: &mio::net::UnixListener) -> io::Result<Attempt<(UnixStream, SocketAddr)>> {
    let (stream, peer) = listener.accept()?;
    Ok(Attempt::more((UnixStream::new(stream), peer.into())))
}

descriptor!(UnixListener, mio::net::UnixListener, std::os::unix::net::UnixListener);
