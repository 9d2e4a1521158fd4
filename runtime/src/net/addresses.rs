//! What can be bound or connected to.

use crate::runtime::Handle;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

/// Something that names one or more socket addresses.
///
/// Literal addresses (`"127.0.0.1:80"`, `("::1", 80)`, a [`SocketAddr`]) are taken as they are. A
/// host name is looked up by the system on a thread that may block. The trait is sealed.
///
/// # Examples
///
/// ```
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// use graph_runtime::net::TcpListener;
///
/// let literal = TcpListener::bind("127.0.0.1:0").await?;
/// let named = TcpListener::bind(("localhost", 0)).await?;
/// assert_ne!(literal.local_addr()?.port(), named.local_addr()?.port());
/// # Ok(())
/// # }
/// ```
pub trait ToSocketAddrs: sealed::Addresses {}

impl<T: sealed::Addresses + ?Sized> ToSocketAddrs for T {}

/// Looks up a host name, or whatever else names addresses.
///
/// # Errors
///
/// Whatever the system says of a host name. If there is no address.
///
/// # Panics
///
/// Outside a runtime, if a host name has to be looked up.
///
/// # Cancel safety
///
/// The system goes on looking up if the future is dropped, and nobody learns what it finds.
///
/// # Examples
///
/// ```
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let mut addresses = graph_runtime::net::lookup_host(("localhost", 80)).await?;
/// assert!(addresses.all(|address| address.ip().is_loopback()));
/// # Ok(())
/// # }
/// ```
pub async fn lookup_host<T: ToSocketAddrs>(
    target: T,
) -> io::Result<impl Iterator<Item = SocketAddr>> {
    resolve(target).await.map(Vec::into_iter)
}

/// The addresses that `target` names, in order, at least one.
///
/// # Errors
///
/// If it names none, and whatever the system says of a host name.
///
/// # Panics
///
/// Outside a runtime, if a host name has to be looked up.
pub(super) async fn resolve(target: impl ToSocketAddrs) -> io::Result<Vec<SocketAddr>> {
    let addresses = match target.addresses() {
        sealed::Target::Known(addresses) => addresses,
        sealed::Target::Named(name) => {
            let lookup = Handle::current().spawn_blocking(move || name.look_up());
            lookup.await.map_err(io::Error::other)??
        }
    };
    if addresses.is_empty() {
        let message = "the address names no host: give at least one IP address";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    Ok(addresses)
}

/// Calls `operation` with the addresses that `target` names, one after another, until it succeeds.
///
/// # Errors
///
/// That of [`resolve`], or that of the last address.
pub(super) async fn first_of<T, F>(
    target: impl ToSocketAddrs,
    mut operation: impl FnMut(SocketAddr) -> F,
) -> io::Result<T>
where
    F: Future<Output = io::Result<T>>,
{
    let mut last = None;
    for address in resolve(target).await? {
        match operation(address).await {
            Ok(done) => return Ok(done),
            Err(error) => last = Some(error),
        }
    }
    Err(last.expect("`resolve` gives at least one address"))
}

mod sealed {
    use std::io;
    use std::net::{SocketAddr, ToSocketAddrs};

    /// What [`ToSocketAddrs`](super::ToSocketAddrs) does, hidden.
    pub trait Addresses {
        /// The addresses, or the name to look up.
        fn addresses(&self) -> Target;
    }

    /// Addresses, or what has to become addresses.
    #[derive(Debug)]
    pub enum Target {
        /// Nothing to look up.
        Known(Vec<SocketAddr>),
        /// To be looked up.
        Named(Name),
    }

    /// A host name.
    #[derive(Debug)]
    pub enum Name {
        /// `host:port`.
        HostAndPort(String),
        /// The host, and the port apart.
        Host(String, u16),
    }

    impl Name {
        /// Asks the system, which may block for a long time.
        pub(super) fn look_up(&self) -> io::Result<Vec<SocketAddr>> {
            match self {
                Self::HostAndPort(both) => both.to_socket_addrs(),
                Self::Host(host, port) => (host.as_str(), *port).to_socket_addrs(),
            }
            .map(Iterator::collect)
        }
    }
}

use sealed::{Addresses, Name, Target};

impl<T: Addresses + ?Sized> Addresses for &T {
    fn addresses(&self) -> Target {
        (**self).addresses()
    }
}

impl Addresses for [SocketAddr] {
    fn addresses(&self) -> Target {
        Target::Known(self.to_vec())
    }
}

impl Addresses for str {
    fn addresses(&self) -> Target {
        match self.parse() {
            Ok(address) => Target::Known(vec![address]),
            Err(_) => Target::Named(Name::HostAndPort(self.to_owned())),
        }
    }
}

impl Addresses for String {
    fn addresses(&self) -> Target {
        self.as_str().addresses()
    }
}

impl Addresses for (&str, u16) {
    fn addresses(&self) -> Target {
        let (host, port) = *self;
        match host.parse::<IpAddr>() {
            Ok(ip) => Target::Known(vec![SocketAddr::new(ip, port)]),
            Err(_) => Target::Named(Name::Host(host.to_owned(), port)),
        }
    }
}

impl Addresses for (String, u16) {
    fn addresses(&self) -> Target {
        (self.0.as_str(), self.1).addresses()
    }
}

/// Implements [`Addresses`] for types that convert to one socket address.
macro_rules! one_address {
    ($($type:ty),* $(,)?) => {$(
        impl Addresses for $type {
            fn addresses(&self) -> Target {
                Target::Known(vec![SocketAddr::from(*self)])
            }
        }
    )*};
}

one_address!(
    SocketAddr,
    SocketAddrV4,
    SocketAddrV6,
    (IpAddr, u16),
    (Ipv4Addr, u16),
    (Ipv6Addr, u16)
);

#[cfg(test)]
mod tests {
    use super::resolve;
    use std::net::{Ipv6Addr, SocketAddr};
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    /// Resolves without a runtime and in one poll.
    fn at_once(target: impl super::ToSocketAddrs) -> std::io::Result<Vec<SocketAddr>> {
        let future = pin!(resolve(target));
        match future.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(result) => result,
            Poll::Pending => panic!("a literal address was looked up"),
        }
    }

    #[test]
    fn a_literal_needs_neither_a_runtime_nor_a_second_poll() {
        let v4: SocketAddr = "127.0.0.1:80".parse().expect("a literal");
        let v6: SocketAddr = "[::1]:80".parse().expect("a literal");
        assert_eq!(at_once("127.0.0.1:80").expect("known"), [v4]);
        assert_eq!(at_once("[::1]:80".to_owned()).expect("known"), [v6]);
        assert_eq!(at_once(("::1", 80)).expect("known"), [v6]);
        assert_eq!(at_once(("127.0.0.1".to_owned(), 80)).expect("known"), [v4]);
        assert_eq!(at_once((Ipv6Addr::LOCALHOST, 80)).expect("known"), [v6]);
        assert_eq!(at_once(&[v4, v6][..]).expect("known"), [v4, v6]);
    }

    #[test]
    fn no_address_is_refused() {
        let error = at_once(&[][..]).expect_err("there is none");
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
    }

    #[test]
    #[should_panic(expected = "no current graph_runtime runtime")]
    fn a_name_needs_a_runtime() {
        let _ = at_once("localhost:80");
    }

    #[crate::test]
    async fn a_name_is_looked_up() {
        let addresses = resolve("localhost:80").await.expect("every system knows it");
        assert!(addresses.iter().all(|address| address.ip().is_loopback()));
        let error = resolve("no port").await.expect_err("it cannot be looked up");
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
    }
}
