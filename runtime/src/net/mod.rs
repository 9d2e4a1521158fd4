//! Sockets: [TCP](TcpStream), [UDP](UdpSocket) and [Unix](unix), and pipes.
//!
//! Streams implement [`futures_io::AsyncRead`] and [`futures_io::AsyncWrite`]; copying, buffering,
//! reading to the end and the like come from any crate that extends those traits.
//!
//! # How a task waits for a socket
//!
//! An operation is tried first. Only if it would block is the socket registered, with the reactor
//! of the worker that is polling, and it stays there. So a connection belongs to the worker that
//! serves it and not to the one that accepted it, and a socket that never has to wait never costs
//! a registration.
//!
//! ```text
//!   operation ──► try it ──► done
//!                   │ would block
//!                   ▼
//!               register with this worker's reactor
//!                   │
//!                   ▼
//!         ┌──► ready? ── no ──► leave the waker, return Pending ── edge: wake everybody ──┐
//!         │         │ yes                                                                 │
//!         │         ▼                                                                     │
//!         │     try it ──► all that was asked for: readiness stays                        │
//!         │         │  └─► less: the socket is drained, readiness is taken back           │
//!         │         │ would block                                                         │
//!         │         ▼                                                                     │
//!         ├── take readiness back                                                         │
//!         └───────────────────────────────────────────────────────────────────────────────┘
//! ```
//!
//! Nothing is lost between trying and registering: the kernel reports a socket that is ready
//! already when it is registered.
//!
//! # Outside a runtime
//!
//! A socket belongs to the runtime in which it was made, if it was made in one: when that has shut
//! down, operations that would have to wait fail, everywhere (see
//! [`is_rt_shutdown_err`](crate::runtime::is_rt_shutdown_err)). As long as it lives a socket may be
//! used from any thread and any runtime. It is registered with the runtime in which it first has to
//! wait, or else, on a thread without one, with that which it belongs to; if there is neither, that
//! panics like [`Handle::current`](crate::runtime::Handle::current). The end of the runtime that it
//! is registered with has the same consequence.

mod addresses;
mod attempt;
pub(crate) mod methods;
mod operations;
mod registered;
mod registration;
mod roaming;
mod split;
pub(crate) mod stream;
pub mod tcp;
mod tcp_listener;
mod tcp_socket;
mod tcp_stream;
mod udp;
pub mod unix;

pub(crate) use attempt::Attempt;
pub(crate) use registered::{Registered, is_shut_down};
pub(crate) use roaming::Roaming;

pub use addresses::{ToSocketAddrs, lookup_host};
pub use tcp_listener::TcpListener;
pub use tcp_socket::TcpSocket;
pub use tcp_stream::TcpStream;
pub use udp::UdpSocket;
#[doc(inline)]
pub use unix::{UnixDatagram, UnixListener, UnixSocket, UnixStream};
