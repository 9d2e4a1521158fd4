//! Addresses of Unix sockets.

use std::fmt;
use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net;
use std::path::Path;

/// The address of a Unix socket: a path, an abstract name, or nothing.
///
/// Where a path is asked for, one that begins with a zero byte stands for the abstract name behind
/// it.
///
/// # Examples
///
/// ```
/// use graph_runtime::net::UnixStream;
///
/// let (here, _there) = UnixStream::pair().unwrap();
/// assert!(here.local_addr().unwrap().is_unnamed());
/// ```
#[derive(Clone)]
pub struct SocketAddr(net::SocketAddr);

impl SocketAddr {
    /// Whether it is nothing.
    pub fn is_unnamed(&self) -> bool {
        self.0.is_unnamed()
    }

    /// The path, if it is one.
    pub fn as_pathname(&self) -> Option<&Path> {
        self.0.as_pathname()
    }

    /// The abstract name, if it is one.
    pub fn as_abstract_name(&self) -> Option<&[u8]> {
        self.0.as_abstract_name()
    }

    pub(super) fn as_std(&self) -> &net::SocketAddr {
        &self.0
    }

    /// Nothing.
    pub(super) fn unnamed() -> io::Result<net::SocketAddr> {
        net::SocketAddr::from_pathname("")
    }

    /// What `path` stands for.
    pub(super) fn of(path: &Path) -> io::Result<net::SocketAddr> {
        match path.as_os_str().as_bytes() {
            [0, name @ ..] => net::SocketAddr::from_abstract_name(name),
            _ => net::SocketAddr::from_pathname(path),
        }
    }
}

impl From<net::SocketAddr> for SocketAddr {
    fn from(address: net::SocketAddr) -> Self {
        Self(address)
    }
}

impl From<SocketAddr> for net::SocketAddr {
    fn from(address: SocketAddr) -> Self {
        address.0
    }
}

impl fmt::Debug for SocketAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
