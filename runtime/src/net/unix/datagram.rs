//! Datagrams between processes.

use super::SocketAddr;
use crate::net::methods::{descriptor, readiness};
use crate::net::operations::{operations, without_async};
use crate::net::{Attempt, Registered};
use reactor::Direction;
use socket2::{SockAddr, SockRef};
use std::io;
use std::mem::MaybeUninit;
use std::net::Shutdown;
use std::path::Path;

/// A Unix socket for datagrams. Dropping it closes it, but leaves the path it is bound to.
///
/// None is lost between processes: who sends waits until there is room. A datagram that is longer
/// than the buffer it is received into is cut off.
///
/// # Examples
///
/// ```
/// use graph_runtime::net::UnixDatagram;
///
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let (here, there) = UnixDatagram::pair()?;
/// here.send(b"ping").await?;
/// let mut buffer = [0; 64];
/// let length = there.recv(&mut buffer).await?;
/// assert_eq!(&buffer[..length], b"ping");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct UnixDatagram {
    io: Registered<mio::net::UnixDatagram>,
}

/// Making one, and whom it talks to.
impl UnixDatagram {
    /// A socket at `path`, which must not exist.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn bind(path: impl AsRef<Path>) -> io::Result<Self> {
        mio::net::UnixDatagram::bind_addr(&SocketAddr::of(path.as_ref())?).map(Self::new)
    }

    /// A socket without an address.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn unbound() -> io::Result<Self> {
        mio::net::UnixDatagram::unbound().map(Self::new)
    }

    /// Two that are connected to each other.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn pair() -> io::Result<(Self, Self)> {
        let (first, second) = mio::net::UnixDatagram::pair()?;
        Ok((Self::new(first), Self::new(second)))
    }

    /// Lets it talk to the socket at `path`, and to nobody else, with [`send`](Self::send) and
    /// [`recv`](Self::recv).
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn connect(&self, path: impl AsRef<Path>) -> io::Result<()> {
        SockRef::from(self).connect(&sock_addr(path.as_ref())?)
    }

    /// The address it is bound to.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.io.source().local_addr().map(SocketAddr::from)
    }

    /// The address it is [connected](Self::connect) to.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.io.source().peer_addr().map(SocketAddr::from)
    }

    /// The error that it has met and no operation has reported yet, if any (`SO_ERROR`).
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn take_error(&self) -> io::Result<Option<io::Error>> {
        self.io.source().take_error()
    }

    /// Ends receiving, sending or both, at once.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        self.io.source().shutdown(how)
    }
}

/// Waiting, and operations of the caller's own.
impl UnixDatagram {
    readiness!(poll_recv_ready, poll_send_ready);
}

/// With the one it is connected to.
impl UnixDatagram {
    operations! {
        on mio::net::UnixDatagram;

        /// Sends a datagram to whom it is connected to. Gives back its length.
        send, poll_send, try_send: Write,
        (bytes: &[u8]) -> usize = |socket| socket.send(bytes);

        /// Receives a datagram. Gives back its length.
        recv, poll_recv, try_recv: Read,
        (buffer: &mut [u8]) -> usize = |socket| socket.recv(buffer);

        /// [`recv`](Self::recv) into memory that need not be initialized: the first bytes of
        /// `buffer`, as many as it says, are afterwards.
        recv_uninit, poll_recv_uninit, try_recv_uninit: Read,
        (buffer: &mut [MaybeUninit<u8>]) -> usize = |socket| SockRef::from(socket).recv(buffer);
    }
}

/// With anybody.
impl UnixDatagram {
    /// Sends a datagram to the socket at `path`. Gives back its length.
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
    /// If the future is dropped before it is done, nothing was sent.
    pub async fn send_to(&self, bytes: &[u8], path: impl AsRef<Path>) -> io::Result<usize> {
        let to = sock_addr(path.as_ref())?;
        let send = |socket: &mio::net::UnixDatagram| {
            SockRef::from(socket).send_to(bytes, &to).map(Attempt::more)
        };
        self.io.io(Direction::Write, send).await
    }

    without_async! {
        on mio::net::UnixDatagram;

        send_to, poll_send_to, try_send_to: Write,
        (bytes: &[u8], path: impl AsRef<Path>) -> usize = |socket| sock_addr(path.as_ref())
            .and_then(|to| SockRef::from(socket).send_to(bytes, &to));
    }

    operations! {
        on mio::net::UnixDatagram;

        /// Receives a datagram. Gives back its length, and who sent it.
        recv_from, poll_recv_from, try_recv_from: Read,
        (buffer: &mut [u8]) -> (usize, SocketAddr) =
            |socket| socket.recv_from(buffer).map(|(length, from)| (length, from.into()));

        /// [`recv_from`](Self::recv_from) into memory that need not be initialized: the first
        /// bytes of `buffer`, as many as it says, are afterwards.
        recv_from_uninit, poll_recv_from_uninit, try_recv_from_uninit: Read,
        (buffer: &mut [MaybeUninit<u8>]) -> (usize, SocketAddr) =
            |socket| SockRef::from(socket).recv_from(buffer).and_then(with_address);
    }
}

fn sock_addr(path: &Path) -> io::Result<SockAddr> {
    // The same bytes, a zero byte in front for an abstract name included.
    SockAddr::unix(path)
}

fn with_address((length, address): (usize, SockAddr)) -> io::Result<(usize, SocketAddr)> {
    let address = match address.as_unix() {
        Some(address) => address,
        // A sender without an address is not even said to be of this family.
        None => SocketAddr::unnamed()?,
    };
    Ok((length, address.into()))
}

descriptor!(UnixDatagram, mio::net::UnixDatagram, std::os::unix::net::UnixDatagram);
