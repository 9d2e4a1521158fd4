//! A TCP socket before it is a stream or a listener.

use super::methods::options;
use super::{TcpListener, TcpStream};
use socket2::{Domain, Protocol, SockRef, Socket, Type};
use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::time::Duration;

/// A TCP socket whose options are set before it [connects](Self::connect) or
/// [listens](Self::listen).
///
/// # Examples
///
/// ```
/// use graph_runtime::net::TcpSocket;
///
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let socket = TcpSocket::new_v4()?;
/// socket.set_reuseaddr(true)?;
/// socket.bind("127.0.0.1:0".parse().expect("a literal"))?;
/// let listener = socket.listen(128)?;
/// let socket = TcpSocket::new_v4()?;
/// socket.set_keepalive(true)?;
/// socket.connect(listener.local_addr()?).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct TcpSocket(Socket);

impl TcpSocket {
    /// A socket for IPv4.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn new_v4() -> io::Result<Self> {
        Self::new(Domain::IPV4)
    }

    /// A socket for IPv6.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn new_v6() -> io::Result<Self> {
        Self::new(Domain::IPV6)
    }

    fn new(domain: Domain) -> io::Result<Self> {
        Socket::new(domain, Type::STREAM.nonblocking(), Some(Protocol::TCP)).map(Self)
    }

    /// Takes over a socket of the standard library that is neither connected nor listening, and
    /// makes it non-blocking.
    ///
    /// # Panics
    ///
    /// If the system refuses that.
    #[must_use]
    #[track_caller]
    pub fn from_std_stream(stream: std::net::TcpStream) -> Self {
        stream.set_nonblocking(true).expect("a socket can be made non-blocking");
        Self(stream.into())
    }

    /// Binds it to an address. Port 0 lets the system choose one.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn bind(&self, address: SocketAddr) -> io::Result<()> {
        self.0.bind(&address.into())
    }

    /// Connects it.
    ///
    /// # Errors
    ///
    /// Whatever the system says. If the runtime has shut down.
    ///
    /// # Panics
    ///
    /// Outside a runtime, if it has to wait.
    ///
    /// # Cancel safety
    ///
    /// The connection is given up if the future is dropped.
    pub async fn connect(self, address: SocketAddr) -> io::Result<TcpStream> {
        match self.0.connect(&address.into()) {
            Err(error) if error.raw_os_error() != Some(libc::EINPROGRESS) => return Err(error),
            _ => {}
        }
        TcpStream::connected(OwnedFd::from(self.0).into()).await
    }

    /// Lets it accept connections, of which `backlog` may wait to be accepted.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn listen(self, backlog: u32) -> io::Result<TcpListener> {
        self.0.listen(i32::try_from(backlog).unwrap_or(i32::MAX))?;
        Ok(TcpListener::new(OwnedFd::from(self.0).into()))
    }

    /// The address it is bound to.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        let other_family = || io::Error::other("the socket has no internet address");
        self.0.local_addr()?.as_socket().ok_or_else(other_family)
    }

    /// The error that it has met and no operation has reported yet, if any (`SO_ERROR`).
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn take_error(&self) -> io::Result<Option<io::Error>> {
        self.0.take_error()
    }
}

/// Options. All of them fail with whatever the system says.
impl TcpSocket {
    options! {
        /// Whether an idle connection is checked from time to time (`SO_KEEPALIVE`).
        keepalive, set_keepalive: bool = keepalive, set_keepalive;
        /// Whether an address may be bound to again soon after it was used (`SO_REUSEADDR`).
        reuseaddr, set_reuseaddr: bool = reuse_address, set_reuse_address;
        /// Whether several sockets may be bound to one address and share what arrives
        /// (`SO_REUSEPORT`).
        reuseport, set_reuseport: bool = reuse_port, set_reuse_port;
        /// Whether small packets are sent at once instead of being collected (`TCP_NODELAY`).
        nodelay, set_nodelay: bool = tcp_nodelay, set_tcp_nodelay;
        /// How long dropping the stream blocks its thread at most for data not yet sent to arrive
        /// (`SO_LINGER`); see [`TcpStream::linger`].
        linger, set_linger: Option<Duration> = linger, set_linger;
        /// What kind of service its packets ask for (`IP_TOS`).
        tos_v4, set_tos_v4: u32 = tos_v4, set_tos_v4;
        /// What class its packets are in (`IPV6_TCLASS`).
        tclass_v6, set_tclass_v6: u32 = tclass_v6, set_tclass_v6;
    }

    /// Lets dropping the stream reset the connection at once, data not yet sent included.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn set_zero_linger(&self) -> io::Result<()> {
        self.set_linger(Some(Duration::ZERO))
    }

    /// The size in bytes of the system's buffer for what is to be sent (`SO_SNDBUF`). Linux doubles
    /// what was asked for.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn send_buffer_size(&self) -> io::Result<u32> {
        self.0.send_buffer_size().map(saturating)
    }

    /// Sets [`send_buffer_size`](Self::send_buffer_size).
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn set_send_buffer_size(&self, bytes: u32) -> io::Result<()> {
        self.0.set_send_buffer_size(bytes as usize)
    }

    /// The size in bytes of the system's buffer for what was received (`SO_RCVBUF`). Linux doubles
    /// what was asked for.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn recv_buffer_size(&self) -> io::Result<u32> {
        self.0.recv_buffer_size().map(saturating)
    }

    /// Sets [`recv_buffer_size`](Self::recv_buffer_size).
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn set_recv_buffer_size(&self, bytes: u32) -> io::Result<()> {
        self.0.set_recv_buffer_size(bytes as usize)
    }

    /// The name of the interface it is bound to, if it is (`SO_BINDTODEVICE`).
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn device(&self) -> io::Result<Option<Vec<u8>>> {
        self.0.device()
    }

    /// Binds it to the interface with this name, or to none.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn bind_device(&self, interface: Option<&[u8]>) -> io::Result<()> {
        self.0.bind_device(interface)
    }

    fn options(&self) -> SockRef<'_> {
        SockRef::from(&self.0)
    }
}

fn saturating(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// Of a TCP socket that is neither connected nor listening, in non-blocking mode.
impl From<OwnedFd> for TcpSocket {
    fn from(descriptor: OwnedFd) -> Self {
        Self(descriptor.into())
    }
}

impl From<TcpSocket> for OwnedFd {
    fn from(socket: TcpSocket) -> Self {
        socket.0.into()
    }
}

impl AsFd for TcpSocket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl AsRawFd for TcpSocket {
    fn as_raw_fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}
