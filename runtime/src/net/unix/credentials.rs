//! Who is at the other end.

use std::io;
use std::os::fd::AsFd;

/// The number of a user.
#[expect(non_camel_case_types, reason = "the system's name")]
pub type uid_t = u32;

/// The number of a group.
#[expect(non_camel_case_types, reason = "the system's name")]
pub type gid_t = u32;

/// The number of a process.
#[expect(non_camel_case_types, reason = "the system's name")]
pub type pid_t = i32;

/// The process that made the other end of a Unix stream, as it was then.
///
/// # Examples
///
/// ```
/// use graph_runtime::net::UnixStream;
///
/// let (here, _there) = UnixStream::pair().unwrap();
/// assert_eq!(here.peer_cred().unwrap().pid(), Some(std::process::id() as i32));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct UCred {
    uid: uid_t,
    gid: gid_t,
    pid: Option<pid_t>,
}

impl UCred {
    /// Its user.
    pub fn uid(&self) -> uid_t {
        self.uid
    }

    /// Its group.
    pub fn gid(&self) -> gid_t {
        self.gid
    }

    /// Its number, if it has one here: it may be outside this process's namespace.
    pub fn pid(&self) -> Option<pid_t> {
        self.pid
    }

    pub(super) fn of_peer(socket: impl AsFd) -> io::Result<Self> {
        let peer = rustix::net::sockopt::socket_peercred(socket)?;
        let pid = peer.pid.as_raw_nonzero().get();
        Ok(Self { uid: peer.uid.as_raw(), gid: peer.gid.as_raw(), pid: Some(pid) })
    }
}
