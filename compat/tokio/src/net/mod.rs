//! Sockets: graph_runtime's own, and around those of datagrams what takes a
//! [`ReadBuf`](crate::io::ReadBuf) or a `BufMut`.

mod datagrams;
mod udp_socket;
mod unix_datagram;
mod unix_socket;

pub use graph_runtime::net::*;
pub use udp_socket::UdpSocket;
pub use unix_datagram::UnixDatagram;
pub use unix_socket::UnixSocket;
