//! What the kernel knows of another thread of this process.

#![allow(unsafe_code)] // Fenced: one system call that fills in a structure.

use std::fs;
use std::time::Duration;

/// The CPU time that a thread has used; `None` if it has ended.
///
/// One system call that does not disturb the thread, exact to the nanosecond also while it runs,
/// when the figures in `/proc` are up to a timer tick old.
pub(super) fn cpu_time(thread: i32) -> Option<Duration> {
    // How Linux names the CPU clock of a thread: its number, inverted, above three bits that say
    // "per thread" (4) and "as the scheduler counts" (2).
    let clock = (!thread << 3) | 0b110;
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is a live, writable timespec for the length of the call, which keeps no
    // pointer to it; a number that names no clock is refused.
    let result = unsafe { libc::clock_gettime(clock, &mut time) };
    let seconds = Duration::from_secs(u64::try_from(time.tv_sec).ok()?);
    let nanos = Duration::from_nanos(u64::try_from(time.tv_nsec).ok()?);
    (result == 0).then_some(seconds + nanos)
}

/// Whether a thread runs, or would if the system let it; `None` if that cannot be read.
///
/// `schedstat` does not tell: it counts a wait for the processor only when the wait is over.
pub(super) fn is_runnable(thread: i32) -> Option<bool> {
    let stat = fs::read_to_string(format!("/proc/self/task/{thread}/stat")).ok()?;
    // The name stands in brackets, and may contain some itself.
    let (_, fields) = stat.rsplit_once(')')?;
    Some(fields.trim_start().starts_with('R'))
}

#[cfg(test)]
mod tests {
    use super::{cpu_time, is_runnable};
    use rustix::thread::gettid;
    use std::sync::mpsc;
    use std::thread;
    use std::time::Duration;

    #[test]
    fn a_thread_that_waits_uses_no_time_and_one_that_counts_does() {
        let (tell, told) = mpsc::channel();
        let (release, released) = mpsc::channel::<()>();
        let waiting = thread::spawn(move || {
            tell.send(gettid().as_raw_pid()).unwrap();
            released.recv().unwrap_err();
        });
        let other = told.recv().unwrap();
        let own = gettid().as_raw_pid();
        while is_runnable(other) != Some(false) {
            thread::yield_now();
        }
        let before = [own, other].map(|it| cpu_time(it).unwrap());
        while cpu_time(own).unwrap() < before[0] + Duration::from_millis(5) {}
        assert!(cpu_time(other).unwrap() - before[1] < Duration::from_millis(5));
        assert_eq!(is_runnable(own), Some(true), "it asks");
        drop(release);
        waiting.join().unwrap();
        assert_eq!(is_runnable(0), None, "no thread has that number");
    }
}
