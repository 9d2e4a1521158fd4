//! What ends a test that hangs.

use std::panic::resume_unwind;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// How long a test may hang before it fails. The runtime itself has no timeout that could hide a
/// lost wake-up; this one only ends the test.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// Runs `body` on a thread of its own and fails if it does not return.
pub(crate) fn watched<R: Send + 'static>(body: impl FnOnce() -> R + Send + 'static) -> R {
    let (done, waiting) = mpsc::channel();
    let thread = thread::spawn(move || {
        let _ = done.send(body());
    });
    match waiting.recv_timeout(PATIENCE) {
        Ok(result) => {
            thread.join().expect("the body has returned");
            result
        }
        Err(RecvTimeoutError::Timeout) => panic!("it hangs"),
        Err(RecvTimeoutError::Disconnected) => {
            resume_unwind(thread.join().expect_err("nothing was sent, so it panicked"))
        }
    }
}
