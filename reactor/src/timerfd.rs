//! A kernel timer as a file descriptor.
//!
//! `epoll_wait` counts in milliseconds and mio rounds up, so a 50 µs sleep would take a whole
//! millisecond. A timerfd among the polled descriptors counts in nanoseconds.
//!
//! This is the crate's only module with unsafe code: two system calls that `libc` declares and no
//! package of this project wraps.

#![allow(unsafe_code)]

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::time::Duration;

/// A one-shot timer on the monotonic clock. Readable from its expiry until it is armed again.
#[derive(Debug)]
pub(crate) struct TimerFd(OwnedFd);

impl TimerFd {
    /// A timer that is not armed.
    pub(crate) fn new() -> io::Result<Self> {
        // SAFETY: no pointers are passed; the call creates a descriptor or fails.
        let fd = unsafe {
            libc::timerfd_create(libc::CLOCK_MONOTONIC, libc::TFD_CLOEXEC | libc::TFD_NONBLOCK)
        };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: `fd` was just created by us, is open, and nobody else owns it.
        Ok(Self(unsafe { OwnedFd::from_raw_fd(fd) }))
    }

    /// Lets it expire `after` from now, in place of whatever it was armed for. An expiry that was
    /// not yet noticed is taken back.
    pub(crate) fn arm(&self, after: Duration) -> io::Result<()> {
        // A zero would disarm it.
        let after = after.max(Duration::from_nanos(1));
        let spec = libc::itimerspec {
            it_interval: libc::timespec { tv_sec: 0, tv_nsec: 0 },
            it_value: libc::timespec {
                tv_sec: after.as_secs().try_into().unwrap_or(libc::time_t::MAX),
                // Always below 10^9, which every c_long holds.
                tv_nsec: after.subsec_nanos() as libc::c_long,
            },
        };
        // SAFETY: the descriptor is open as long as `self` lives, `spec` is a valid itimerspec
        // for the length of the call, and a null pointer says that the old value is not wanted.
        let result =
            unsafe { libc::timerfd_settime(self.0.as_raw_fd(), 0, &spec, std::ptr::null_mut()) };
        if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
    }

    /// The descriptor to poll.
    pub(crate) fn as_raw_fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}
