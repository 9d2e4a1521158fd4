//! Datagrams between machines.

use super::methods::{descriptor, options, readiness};
use super::operations::{operations, without_async};
use super::registered::Registered;
use super::{ToSocketAddrs, addresses};
use socket2::{SockAddr, SockRef};
use std::future::ready;
use std::io;
use std::mem::MaybeUninit;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

/// A UDP socket. Dropping it closes it.
///
/// Any number of tasks may wait in the `async` methods. Of those in `poll_*` methods the last one
/// in each direction is woken.
///
/// A datagram that is longer than the buffer it is received into is cut off.
///
/// # Examples
///
/// ```
/// use graph_runtime::net::UdpSocket;
///
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let server = UdpSocket::bind("127.0.0.1:0").await?;
/// let client = UdpSocket::bind("127.0.0.1:0").await?;
/// client.connect(server.local_addr()?).await?;
/// client.send(b"ping").await?;
/// let mut buffer = [0; 64];
/// let (length, from) = server.recv_from(&mut buffer).await?;
/// assert_eq!((&buffer[..length], from), (&b"ping"[..], client.local_addr()?));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct UdpSocket {
    io: Registered<mio::net::UdpSocket>,
}

/// Making one, and whom it talks to.
impl UdpSocket {
    /// A socket bound to the first of the addresses that can be bound to. Port 0 lets the system
    /// choose one.
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
        let bind = |address| ready(mio::net::UdpSocket::bind(address).map(Self::new));
        addresses::first_of(address, bind).await
    }

    /// Lets it talk to the first of the addresses that is possible, and to nobody else, with
    /// [`send`](Self::send) and [`recv`](Self::recv).
    ///
    /// # Errors
    ///
    /// If a host name cannot be looked up, or no address will do: then that of the last.
    ///
    /// # Panics
    ///
    /// Outside a runtime, if a host name has to be looked up.
    ///
    /// # Cancel safety
    ///
    /// It talks to whom it did before if the future is dropped.
    pub async fn connect<A: ToSocketAddrs>(&self, address: A) -> io::Result<()> {
        let connect = |address| ready(self.io.source().connect(address));
        addresses::first_of(address, connect).await
    }

    /// The address it is bound to.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.io.source().local_addr()
    }

    /// The address it is [connected](Self::connect) to.
    ///
    /// # Errors
    ///
    /// Whatever the system says, [`io::ErrorKind::NotConnected`] if it is to none.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.io.source().peer_addr()
    }
}

/// Waiting, and operations of the caller's own.
impl UdpSocket {
    readiness!(poll_recv_ready, poll_send_ready);
}

/// With the one it is connected to.
impl UdpSocket {
    operations! {
        on mio::net::UdpSocket;

        /// Sends a datagram to whom it is connected to. Gives back its length.
        send, poll_send, try_send: Write,
        (bytes: &[u8]) -> usize = |socket| socket.send(bytes);

        /// Receives a datagram from whom it is connected to. Gives back its length.
        recv, poll_recv, try_recv: Read,
        (buffer: &mut [u8]) -> usize = |socket| socket.recv(buffer);

        /// [`recv`](Self::recv) into memory that need not be initialized: the first bytes of
        /// `buffer`, as many as it says, are afterwards.
        recv_uninit, poll_recv_uninit, try_recv_uninit: Read,
        (buffer: &mut [MaybeUninit<u8>]) -> usize = |socket| SockRef::from(socket).recv(buffer);

        /// Looks at the next datagram, which stays to be received.
        peek, poll_peek, try_peek: Read,
        (buffer: &mut [u8]) -> usize = |socket| socket.peek(buffer);

        /// [`peek`](Self::peek) into memory that need not be initialized.
        peek_uninit, poll_peek_uninit, try_peek_uninit: Read,
        (buffer: &mut [MaybeUninit<u8>]) -> usize = |socket| SockRef::from(socket).peek(buffer);
    }
}

/// With anybody.
impl UdpSocket {
    /// Sends a datagram to the first of the addresses. Gives back its length.
    ///
    /// # Errors
    ///
    /// If a host name cannot be looked up, if the runtime has shut down, and whatever the system
    /// says.
    ///
    /// # Panics
    ///
    /// Outside a runtime, if it has to wait for the first time or to look a name up.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped before it is done, nothing was sent.
    pub async fn send_to<A: ToSocketAddrs>(&self, bytes: &[u8], to: A) -> io::Result<usize> {
        let to = addresses::resolve(to).await?[0];
        let send =
            |socket: &mio::net::UdpSocket| socket.send_to(bytes, to).map(super::Attempt::more);
        self.io.io(reactor::Direction::Write, send).await
    }

    without_async! {
        on mio::net::UdpSocket;

        send_to, poll_send_to, try_send_to: Write,
        (bytes: &[u8], to: SocketAddr) -> usize = |socket| socket.send_to(bytes, to);
    }

    operations! {
        on mio::net::UdpSocket;

        /// Receives a datagram. Gives back its length, and who sent it.
        recv_from, poll_recv_from, try_recv_from: Read,
        (buffer: &mut [u8]) -> (usize, SocketAddr) = |socket| socket.recv_from(buffer);

        /// [`recv_from`](Self::recv_from) into memory that need not be initialized: the first
        /// bytes of `buffer`, as many as it says, are afterwards.
        recv_from_uninit, poll_recv_from_uninit, try_recv_from_uninit: Read,
        (buffer: &mut [MaybeUninit<u8>]) -> (usize, SocketAddr) =
            |socket| SockRef::from(socket).recv_from(buffer).and_then(with_address);

        /// Looks at the next datagram, which stays to be received.
        peek_from, poll_peek_from, try_peek_from: Read,
        (buffer: &mut [u8]) -> (usize, SocketAddr) = |socket| socket.peek_from(buffer);

        /// [`peek_from`](Self::peek_from) into memory that need not be initialized.
        peek_from_uninit, poll_peek_from_uninit, try_peek_from_uninit: Read,
        (buffer: &mut [MaybeUninit<u8>]) -> (usize, SocketAddr) =
            |socket| SockRef::from(socket).peek_from(buffer).and_then(with_address);

        /// Who sent the next datagram, which stays to be received.
        peek_sender, poll_peek_sender, try_peek_sender: Read,
        () -> SocketAddr = |socket| SockRef::from(socket)
            .peek_sender()
            .and_then(|sender| with_address(((), sender)).map(|(_, sender)| sender));
    }
}

/// The address, which is one of the internet's.
fn with_address<T>((value, address): (T, SockAddr)) -> io::Result<(T, SocketAddr)> {
    let other_family = || io::Error::other("the sender has no internet address");
    Ok((value, address.as_socket().ok_or_else(other_family)?))
}

/// Options. All of them fail with whatever the system says.
impl UdpSocket {
    options! {
        /// Whether it may send to everybody in its network at once (`SO_BROADCAST`).
        broadcast, set_broadcast: bool = broadcast, set_broadcast;
        /// How many routers a datagram may pass, from 1 to 255 (`IP_TTL`).
        ttl, set_ttl: u32 = ttl_v4, set_ttl_v4;
        /// What kind of service its datagrams ask for (`IP_TOS`).
        tos_v4, set_tos_v4: u32 = tos_v4, set_tos_v4;
        /// What class its datagrams are in (`IPV6_TCLASS`).
        tclass_v6, set_tclass_v6: u32 = tclass_v6, set_tclass_v6;
        /// Whether what is sent to a group comes back to this machine (`IP_MULTICAST_LOOP`).
        multicast_loop_v4, set_multicast_loop_v4: bool = multicast_loop_v4, set_multicast_loop_v4;
        /// How many routers a datagram to a group may pass (`IP_MULTICAST_TTL`).
        multicast_ttl_v4, set_multicast_ttl_v4: u32 = multicast_ttl_v4, set_multicast_ttl_v4;
        /// Whether what is sent to a group comes back to this machine (`IPV6_MULTICAST_LOOP`).
        multicast_loop_v6, set_multicast_loop_v6: bool = multicast_loop_v6, set_multicast_loop_v6;
    }

    /// Lets it receive what is sent to `group`, over the interface with this address; over any if
    /// that is unspecified.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn join_multicast_v4(&self, group: Ipv4Addr, interface: Ipv4Addr) -> io::Result<()> {
        self.options().join_multicast_v4(&group, &interface)
    }

    /// Ends what [`join_multicast_v4`](Self::join_multicast_v4) began.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn leave_multicast_v4(&self, group: Ipv4Addr, interface: Ipv4Addr) -> io::Result<()> {
        self.options().leave_multicast_v4(&group, &interface)
    }

    /// Lets it receive what is sent to `group`, over the interface with this number; over any if it
    /// is 0.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn join_multicast_v6(&self, group: &Ipv6Addr, interface: u32) -> io::Result<()> {
        self.options().join_multicast_v6(group, interface)
    }

    /// Ends what [`join_multicast_v6`](Self::join_multicast_v6) began.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn leave_multicast_v6(&self, group: &Ipv6Addr, interface: u32) -> io::Result<()> {
        self.options().leave_multicast_v6(group, interface)
    }

    /// The name of the interface it is bound to, if it is (`SO_BINDTODEVICE`).
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn device(&self) -> io::Result<Option<Vec<u8>>> {
        self.options().device()
    }

    /// Binds it to the interface with this name, or to none.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn bind_device(&self, interface: Option<&[u8]>) -> io::Result<()> {
        self.options().bind_device(interface)
    }

    /// The error that it has met and no operation has reported yet, if any (`SO_ERROR`).
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn take_error(&self) -> io::Result<Option<io::Error>> {
        self.io.source().take_error()
    }

    fn options(&self) -> SockRef<'_> {
        SockRef::from(self)
    }
}

descriptor!(UdpSocket, mio::net::UdpSocket, std::net::UdpSocket);
