use std::io;
use std::ops::Deref;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::path::Path;

use super::{UnixDatagram, UnixListener, UnixStream};

/// A Unix socket that can be bound before it connects or listens.
///
/// ```
/// use tokio::net::{UnixDatagram, UnixSocket};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let datagrams: UnixDatagram = UnixSocket::new_datagram()?.datagram()?;
/// assert!(datagrams.local_addr()?.is_unnamed());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct UnixSocket(graph_runtime::net::UnixSocket);

impl UnixSocket {
    /// A socket for connections.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn new_stream() -> io::Result<Self> {
        graph_runtime::net::UnixSocket::new_stream().map(Self)
    }

    /// A socket for datagrams.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn new_datagram() -> io::Result<Self> {
        graph_runtime::net::UnixSocket::new_datagram().map(Self)
    }

    /// Lets it accept connections, of which `backlog` may wait to be accepted.
    ///
    /// # Errors
    ///
    /// If it is for datagrams, and whatever the system says.
    pub fn listen(self, backlog: u32) -> io::Result<UnixListener> {
        self.0.listen(backlog)
    }

    /// Connects it to the listener at `path`.
    ///
    /// # Errors
    ///
    /// If it is for datagrams, and whatever the system says.
    pub async fn connect<P: AsRef<Path>>(self, path: P) -> io::Result<UnixStream> {
        self.0.connect(path).await
    }

    /// Lets it send and receive datagrams.
    ///
    /// # Errors
    ///
    /// If it is for connections.
    pub fn datagram(self) -> io::Result<UnixDatagram> {
        self.0.datagram().map(UnixDatagram::from)
    }
}

impl Deref for UnixSocket {
    type Target = graph_runtime::net::UnixSocket;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// Of a Unix socket that is neither connected nor listening, in non-blocking mode.
impl From<OwnedFd> for UnixSocket {
    fn from(descriptor: OwnedFd) -> Self {
        Self(descriptor.into())
    }
}

impl From<UnixSocket> for OwnedFd {
    fn from(socket: UnixSocket) -> Self {
        socket.0.into()
    }
}

impl AsFd for UnixSocket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl AsRawFd for UnixSocket {
    fn as_raw_fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}
