//! A Unix socket before it is a stream, a listener or a datagram socket.

use super::{UnixDatagram, UnixListener, UnixStream};
use socket2::{Domain, SockAddr, Socket, Type};
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::path::Path;

/// A Unix socket that can be bound before it connects or listens.
///
/// # Examples
///
/// ```
/// use graph_runtime::net::{UnixSocket, UnixStream};
///
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// # let directory = tempfile::tempdir()?;
/// let path = directory.path().join("socket");
/// let socket = UnixSocket::new_stream()?;
/// socket.bind(&path)?;
/// let listener = socket.listen(16)?;
/// let _client = UnixStream::connect(&path).await?;
/// listener.accept().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct UnixSocket {
    socket: Socket,
    kind: Type,
}

impl UnixSocket {
    /// A socket for connections.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn new_stream() -> io::Result<Self> {
        Self::new(Type::STREAM)
    }

    /// A socket for datagrams.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn new_datagram() -> io::Result<Self> {
        Self::new(Type::DGRAM)
    }

    fn new(kind: Type) -> io::Result<Self> {
        Ok(Self { socket: Socket::new(Domain::UNIX, kind.nonblocking(), None)?, kind })
    }

    /// Binds it to `path`, which must not exist.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn bind(&self, path: impl AsRef<Path>) -> io::Result<()> {
        self.socket.bind(&SockAddr::unix(path)?)
    }

    /// Lets it accept connections, of which `backlog` may wait to be accepted.
    ///
    /// # Errors
    ///
    /// If it is for datagrams, and whatever the system says.
    pub fn listen(self, backlog: u32) -> io::Result<UnixListener> {
        let socket = self.of_kind(Type::STREAM, "listen")?;
        socket.listen(i32::try_from(backlog).unwrap_or(i32::MAX))?;
        Ok(UnixListener::new(OwnedFd::from(socket).into()))
    }

    /// Connects it to the listener at `path`.
    ///
    /// # Errors
    ///
    /// If it is for datagrams, and as [`UnixStream::connect`].
    pub async fn connect(self, path: impl AsRef<Path>) -> io::Result<UnixStream> {
        let socket = self.of_kind(Type::STREAM, "connect")?;
        socket.connect(&SockAddr::unix(path)?)?;
        Ok(UnixStream::new(OwnedFd::from(socket).into()))
    }

    /// Lets it send and receive datagrams.
    ///
    /// # Errors
    ///
    /// If it is for connections.
    pub fn datagram(self) -> io::Result<UnixDatagram> {
        Ok(UnixDatagram::new(OwnedFd::from(self.of_kind(Type::DGRAM, "datagram")?).into()))
    }

    fn of_kind(self, kind: Type, call: &str) -> io::Result<Socket> {
        if self.kind == kind {
            return Ok(self.socket);
        }
        let own = if kind == Type::DGRAM { "stream" } else { "datagram" };
        Err(io::Error::other(format!("{call} cannot be called on a {own} socket")))
    }
}

/// Of a Unix socket that is neither connected nor listening, in non-blocking mode. One whose kind
/// the system does not tell is taken to be for connections.
impl From<OwnedFd> for UnixSocket {
    fn from(descriptor: OwnedFd) -> Self {
        let socket = Socket::from(descriptor);
        let kind = socket.r#type().unwrap_or(Type::STREAM);
        Self { socket, kind }
    }
}

impl From<UnixSocket> for OwnedFd {
    fn from(socket: UnixSocket) -> Self {
        socket.socket.into()
    }
}

impl AsFd for UnixSocket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

impl AsRawFd for UnixSocket {
    fn as_raw_fd(&self) -> RawFd {
        self.socket.as_raw_fd()
    }
}
