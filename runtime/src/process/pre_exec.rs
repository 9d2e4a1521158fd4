//! Code between fork and exec.

#![allow(unsafe_code)] // Fenced: the caller's promise is passed on to the standard library.

use super::Command;
use std::io;
use std::os::unix::process::CommandExt;

impl Command {
    /// Calls `before` in the child just before it becomes the program.
    ///
    /// An error of it is the error of [`spawn`](Self::spawn).
    ///
    /// # Safety
    ///
    /// The child is a copy of this process with one thread only: locks that others held stay
    /// locked, so `before` may do no more than a signal handler. See
    /// [`std::os::unix::process::CommandExt::pre_exec`].
    pub unsafe fn pre_exec(
        &mut self,
        before: impl FnMut() -> io::Result<()> + Send + Sync + 'static,
    ) -> &mut Self {
        // SAFETY: what the caller has to promise is what the standard library asks for.
        unsafe { self.as_std_mut().pre_exec(before) };
        self
    }
}
