//! What the watch reads of a thread that polls tasks.

use primitives::shim::atomic::{AtomicU32, AtomicU64, Ordering};
use rustix::thread::gettid;
use scheduler::steal::Progress;

/// How far a thread has come, what it polls, and which of the process's threads it is.
#[derive(Debug, Default)]
pub(crate) struct Pulse {
    pub(crate) progress: Progress,
    polled: AtomicU64,
    thread: AtomicU32,
}

// ORDERING (this whole file): hints for the watch and for reports; every access is Relaxed.
impl Pulse {
    /// The calling thread is the one from now on.
    pub(super) fn enter_thread(&self) {
        self.thread.store(gettid().as_raw_pid().cast_unsigned(), Ordering::Relaxed);
    }

    /// The thread begins to poll the task of this id.
    #[inline]
    pub(super) fn begin_poll(&self, task: u64) {
        self.polled.store(task, Ordering::Relaxed);
    }

    /// The id of the task that was polled last.
    pub(crate) fn polled(&self) -> u64 {
        self.polled.load(Ordering::Relaxed)
    }

    /// The kernel's number of the thread; `None` before there is one.
    pub(super) fn thread(&self) -> Option<i32> {
        let number = self.thread.load(Ordering::Relaxed).cast_signed();
        (number != 0).then_some(number)
    }
}
