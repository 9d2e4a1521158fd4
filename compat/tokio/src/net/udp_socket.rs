use std::io;
use std::net::SocketAddr;
use std::task::{Context, Poll};

use bytes_crate::BufMut;
use graph_runtime::io::Interest;

use super::ToSocketAddrs;
use super::datagrams::wraps;
use crate::io::ReadBuf;
use crate::io::read_buf::lend;

wraps! {
    /// A UDP socket: [graph_runtime's](graph_runtime::net::UdpSocket), and more ways to receive.
    ///
    /// ```
    /// use tokio::net::UdpSocket;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// let server = UdpSocket::bind("127.0.0.1:0").await?;
    /// let client = UdpSocket::bind("127.0.0.1:0").await?;
    /// client.send_to(b"ping", server.local_addr()?).await?;
    /// let mut datagram = Vec::with_capacity(64);
    /// let (length, from) = server.recv_buf_from(&mut datagram).await?;
    /// assert_eq!((length, &datagram[..]), (4, &b"ping"[..]));
    /// assert_eq!(from, client.local_addr()?);
    /// # Ok(())
    /// # }
    /// ```
    UdpSocket, std::net::UdpSocket, SocketAddr
}

impl UdpSocket {
    /// A socket bound to the first of the addresses that can be bound to.
    ///
    /// # Errors
    ///
    /// If a host name cannot be looked up, or no address can be bound to.
    ///
    /// # Panics
    ///
    /// Outside a runtime, if a host name has to be looked up.
    pub async fn bind<A: ToSocketAddrs>(addr: A) -> io::Result<Self> {
        graph_runtime::net::UdpSocket::bind(addr).await.map(Self)
    }

    /// Looks at the next datagram of whom it is connected to, which stays to be received. The last
    /// task to call it in this direction is woken.
    ///
    /// # Errors
    ///
    /// If the runtime has shut down, and whatever the system says.
    pub fn poll_peek(&self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        buf.fill(|bytes| self.0.poll_peek_uninit(cx, bytes)).map_ok(drop)
    }

    /// Looks at the next datagram, which stays to be received; who sent it. The last task to call
    /// it in this direction is woken.
    ///
    /// # Errors
    ///
    /// If the runtime has shut down, and whatever the system says.
    pub fn poll_peek_from(
        &self,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<SocketAddr>> {
        buf.fill(|bytes| self.0.poll_peek_from_uninit(cx, bytes)).map_ok(|(_, from)| from)
    }
}
