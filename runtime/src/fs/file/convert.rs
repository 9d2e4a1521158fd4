//! Files of the standard library and ours.

use super::File;
use crate::blocking::{Background, DEFAULT_MAX_BUFFER};
use crate::sync::Mutex;
use std::fmt;
use std::future::poll_fn;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::sync::Arc;

impl File {
    /// Takes over a file of the standard library.
    #[must_use]
    pub fn from_std(std: std::fs::File) -> Self {
        let std = Arc::new(std);
        let background = Mutex::new(Background::new(Arc::clone(&std)));
        Self { std, background, max_buf_size: DEFAULT_MAX_BUFFER }
    }

    /// Gives it to the standard library, after waiting for what is under way.
    ///
    /// That a write failed is not told: flush first. Bytes that were read ahead for a read nobody
    /// waited for are lost.
    ///
    /// # Panics
    ///
    /// If a call such as [`metadata`](Self::metadata) still runs although its future was dropped,
    /// and the system has no descriptor left for a second handle.
    ///
    /// # Cancel safety
    ///
    /// The file is closed if the future is dropped.
    pub async fn into_std(mut self) -> std::fs::File {
        poll_fn(|context| self.background.get_mut().poll_idle(context)).await;
        drop(self.background);
        Arc::try_unwrap(self.std).unwrap_or_else(|std| {
            std.try_clone().expect("the system has a descriptor for a second handle")
        })
    }

    /// Gives it to the standard library at once, as [`into_std`](Self::into_std).
    ///
    /// # Errors
    ///
    /// The file comes back if an operation is still under way, also one that nobody waits for.
    #[expect(clippy::result_large_err, reason = "it is the file itself that comes back")]
    pub fn try_into_std(mut self) -> Result<std::fs::File, Self> {
        // References beyond the file's and the background's are those of what is under way.
        if !self.background.get_mut().is_idle() || Arc::strong_count(&self.std) > 2 {
            return Err(self);
        }
        let Self { std, background, .. } = self;
        drop(background);
        match Arc::try_unwrap(std) {
            Ok(std) => Ok(std),
            Err(_) => unreachable!("nobody else can have taken a reference since"),
        }
    }

    /// Another handle of the same open file: both read and write in one and the same place. Waits
    /// for what is under way.
    ///
    /// # Errors
    ///
    /// As [`std::fs::File::try_clone`], and see [the module](crate::fs#errors).
    pub async fn try_clone(&self) -> io::Result<Self> {
        let mut clone = Self::from_std(self.after_the_last(|file| file.try_clone()).await?);
        clone.set_max_buf_size(self.max_buf_size);
        Ok(clone)
    }
}

impl From<std::fs::File> for File {
    fn from(std: std::fs::File) -> Self {
        Self::from_std(std)
    }
}

impl From<OwnedFd> for File {
    fn from(descriptor: OwnedFd) -> Self {
        Self::from_std(descriptor.into())
    }
}

impl AsFd for File {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.std.as_fd()
    }
}

impl AsRawFd for File {
    fn as_raw_fd(&self) -> RawFd {
        self.std.as_raw_fd()
    }
}

impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("graph_runtime::fs::File").field("std", &self.std).finish_non_exhaustive()
    }
}
