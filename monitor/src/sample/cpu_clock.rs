//! The process's CPU clock: the one figure that `/proc` only has in ticks of 10 ms.
//!
//! This is the crate's only `unsafe` code.
#![allow(unsafe_code)]

use std::time::Duration;

/// CPU time of all threads of this process since it began, or `None` if the clock cannot be read.
pub(crate) fn process_cpu() -> Option<Duration> {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is a live, writable timespec for the length of the call, which is all that
    // clock_gettime asks for; it keeps no pointer to it.
    let result = unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time) };
    if result != 0 {
        return None;
    }
    let seconds = Duration::from_secs(u64::try_from(time.tv_sec).ok()?);
    seconds.checked_add(Duration::from_nanos(u64::try_from(time.tv_nsec).ok()?))
}
