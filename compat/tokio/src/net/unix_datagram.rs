use std::io;
use std::path::Path;
use std::task::{Context, Poll};

use bytes_crate::BufMut;
use graph_runtime::io::Interest;

use super::datagrams::wraps;
use super::unix::SocketAddr;
use crate::io::ReadBuf;
use crate::io::read_buf::lend;

wraps! {
    /// A Unix socket for datagrams: [graph_runtime's](graph_runtime::net::UnixDatagram), and more
    /// ways to receive.
    ///
    /// ```
    /// use tokio::net::UnixDatagram;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// let (here, there) = UnixDatagram::pair()?;
    /// here.send(b"ping").await?;
    /// let mut datagram = Vec::with_capacity(64);
    /// assert_eq!(there.recv_buf(&mut datagram).await?, 4);
    /// assert_eq!(datagram, b"ping");
    /// # Ok(())
    /// # }
    /// ```
    UnixDatagram, std::os::unix::net::UnixDatagram, SocketAddr
}

impl UnixDatagram {
    /// A socket at `path`, which must not exist.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn bind<P: AsRef<Path>>(path: P) -> io::Result<Self> {
        graph_runtime::net::UnixDatagram::bind(path).map(Self)
    }

    /// A socket without an address.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn unbound() -> io::Result<Self> {
        graph_runtime::net::UnixDatagram::unbound().map(Self)
    }

    /// Two that are connected to each other.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn pair() -> io::Result<(Self, Self)> {
        let (first, second) = graph_runtime::net::UnixDatagram::pair()?;
        Ok((Self(first), Self(second)))
    }
}
