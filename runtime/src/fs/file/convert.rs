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
    /// # Cancel safety
    ///
    /// The file is closed if the future is dropped.
    pub async fn into_std(mut self) -> std::fs::File {
        poll_fn(|context| self.background.get_mut().poll_idle(context)).await;
        drop(self.background);
        match Arc::try_unwrap(self.std) {
            Ok(std) => std,
            Err(_) => unreachable!("operations let go of the file before they are seen to end"),
        }
    }

    /// Gives it to the standard library at once, as [`into_std`](Self::into_std).
    ///
    /// # Errors
    ///
    /// The file comes back if an operation is under way, also one that nobody waits for any more.
    #[expect(clippy::result_large_err, reason = "it is the file itself that comes back")]
    pub fn try_into_std(mut self) -> Result<std::fs::File, Self> {
        if !self.background.get_mut().is_idle() {
            return Err(self);
        }
        let Self { std, background, max_buf_size } = self;
        drop(background);
        Arc::try_unwrap(std).map_err(|std| {
            // A call such as `metadata` whose future was dropped still runs.
            let mut file = Self {
                background: Mutex::new(Background::new(Arc::clone(&std))),
                std,
                max_buf_size,
            };
            file.set_max_buf_size(max_buf_size);
            file
        })
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
