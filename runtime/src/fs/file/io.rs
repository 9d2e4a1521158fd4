//! A file as the ecosystem's traits see it, and what other traits can be built on.

use super::File;
use futures_io::{AsyncRead, AsyncSeek, AsyncWrite};
use std::io::{IoSlice, Result, SeekFrom};
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll};

impl AsyncRead for File {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<Result<usize>> {
        self.background.get_mut().poll_read(context, buffer)
    }
}

impl AsyncWrite for File {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize>> {
        self.poll_write_vectored(context, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        self.background.get_mut().poll_write(context, slices)
    }

    /// Waits until what was written is with the system; not until it is on the disk, for which see
    /// [`File::sync_all`].
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        self.background.get_mut().poll_flush(context)
    }

    /// As `poll_flush`. Only dropping it closes a file.
    fn poll_close(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        self.poll_flush(context)
    }
}

impl AsyncSeek for File {
    /// # Cancel safety
    ///
    /// A move that was given up takes place. The same call again waits for it, instead of moving
    /// once more.
    fn poll_seek(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        to: SeekFrom,
    ) -> Poll<Result<u64>> {
        self.background.get_mut().poll_seek(context, to)
    }
}

/// For those who implement other traits for files.
impl File {
    /// [`poll_read`](AsyncRead::poll_read) into memory that need not be initialized: the first
    /// bytes of `buffer`, as many as it says, are afterwards.
    ///
    /// # Errors
    ///
    /// As reading.
    pub fn poll_read_uninit(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut [MaybeUninit<u8>],
    ) -> Poll<Result<usize>> {
        self.background.get_mut().poll_read_uninit(context, buffer)
    }

    /// Starts to move to another place. [`poll_complete`](Self::poll_complete) waits for it.
    ///
    /// # Errors
    ///
    /// If another operation is under way: `poll_complete` waits for that too.
    pub fn start_seek(&mut self, to: SeekFrom) -> Result<()> {
        self.background.get_mut().start_seek(to)
    }

    /// Waits for whatever is under way, and says where the last move led to.
    ///
    /// # Errors
    ///
    /// If the move fails.
    pub fn poll_complete(&mut self, context: &mut Context<'_>) -> Poll<Result<u64>> {
        self.background.get_mut().poll_moved(context)
    }
}
