//! Who is at the other end.

#![allow(unsafe_code)] // Fenced: asking the system for a structure that it fills in.

use std::io;
use std::mem::size_of;
use std::os::fd::{AsFd, AsRawFd};

/// The number of a user.
#[expect(non_camel_case_types, reason = "the system's name")]
pub type uid_t = libc::uid_t;

/// The number of a group.
#[expect(non_camel_case_types, reason = "the system's name")]
pub type gid_t = libc::gid_t;

/// The number of a process.
#[expect(non_camel_case_types, reason = "the system's name")]
pub type pid_t = libc::pid_t;

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
        let mut peer = libc::ucred { pid: 0, uid: 0, gid: 0 };
        let mut length = size_of::<libc::ucred>() as libc::socklen_t;
        let descriptor = socket.as_fd().as_raw_fd();
        // SAFETY: the descriptor is open for as long as it is borrowed. The system writes at most
        // `length` bytes to `peer`, which is that long and for which any bytes will do.
        let result = unsafe {
            libc::getsockopt(
                descriptor,
                libc::SOL_SOCKET,
                libc::SO_PEERCRED,
                (&raw mut peer).cast(),
                &raw mut length,
            )
        };
        if result < 0 {
            return Err(io::Error::last_os_error());
        }
        // A process without a number here is said to have number 0.
        Ok(Self { uid: peer.uid, gid: peer.gid, pid: Some(peer.pid).filter(|pid| *pid != 0) })
    }
}
