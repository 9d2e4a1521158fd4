//! Bytes in and out of everything that is a stream of them, written once.
//!
//! Errors, panics and cancel safety of the traits' methods are those of the types' own: an
//! operation that returned `Pending` has moved no bytes.

use super::attempt::{Attempt, wanted};
use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::AsFd;

/// Reads once.
pub(crate) fn read<S>(source: &S, buffer: &mut [u8]) -> io::Result<Attempt<usize>>
where
    for<'a> &'a S: Read,
{
    let mut source = source;
    Ok(Attempt::transfer(source.read(buffer)?, buffer.len()))
}

/// Reads once, into several buffers.
pub(crate) fn read_vectored<S>(
    source: &S,
    buffers: &mut [IoSliceMut<'_>],
) -> io::Result<Attempt<usize>>
where
    for<'a> &'a S: Read,
{
    let mut source = source;
    let wanted = wanted(buffers.iter().map(|buffer| buffer.len()));
    Ok(Attempt::transfer(source.read_vectored(buffers)?, wanted))
}

/// Reads once, into memory that need not be initialized.
pub(crate) fn read_uninit<S: AsFd>(
    source: &S,
    buffer: &mut [MaybeUninit<u8>],
) -> io::Result<Attempt<usize>> {
    let wanted = buffer.len();
    let (read, _) = rustix::io::read(source, buffer)?;
    Ok(Attempt::transfer(read.len(), wanted))
}

/// Writes once.
pub(crate) fn write<S>(source: &S, bytes: &[u8]) -> io::Result<Attempt<usize>>
where
    for<'a> &'a S: Write,
{
    let mut source = source;
    Ok(Attempt::transfer(source.write(bytes)?, bytes.len()))
}

/// Writes once, out of several buffers.
pub(crate) fn write_vectored<S>(source: &S, slices: &[IoSlice<'_>]) -> io::Result<Attempt<usize>>
where
    for<'a> &'a S: Write,
{
    let mut source = source;
    let wanted = wanted(slices.iter().map(|slice| slice.len()));
    Ok(Attempt::transfer(source.write_vectored(slices)?, wanted))
}

/// Reading of a type with a field `io: Registered<_>`.
macro_rules! reading {
    ($type:ident) => {
        /// Reading.
        impl $type {
            /// Reads what there is, without waiting. 0 is the end, or an empty buffer.
            ///
            /// # Errors
            ///
            /// [`WouldBlock`](std::io::ErrorKind::WouldBlock) if there is nothing to read, and
            /// whatever the system says.
            pub fn try_read(&self, buffer: &mut [u8]) -> std::io::Result<usize> {
                let read = |source: &_| $crate::net::stream::read(source, buffer);
                self.io.try_io(reactor::Direction::Read, read)
            }

            /// [`try_read`](Self::try_read) into several buffers, one after another.
            ///
            /// # Errors
            ///
            /// As `try_read`.
            pub fn try_read_vectored(
                &self,
                buffers: &mut [std::io::IoSliceMut<'_>],
            ) -> std::io::Result<usize> {
                let read = |source: &_| $crate::net::stream::read_vectored(source, buffers);
                self.io.try_io(reactor::Direction::Read, read)
            }

            /// [`try_read`](Self::try_read) into memory that need not be initialized: the first
            /// bytes of `buffer`, as many as it says, are afterwards.
            ///
            /// # Errors
            ///
            /// As `try_read`.
            pub fn try_read_uninit(
                &self,
                buffer: &mut [std::mem::MaybeUninit<u8>],
            ) -> std::io::Result<usize> {
                let read = |source: &_| $crate::net::stream::read_uninit(source, buffer);
                self.io.try_io(reactor::Direction::Read, read)
            }

            /// Waits for data and reads it into memory that need not be initialized, as
            /// [`try_read_uninit`](Self::try_read_uninit): what other traits for reading can be
            /// built on. The last task to call it is woken.
            ///
            /// # Errors
            ///
            /// If the runtime has shut down, and whatever the system says.
            ///
            /// # Panics
            ///
            /// Outside a runtime, if it has to wait for the first time.
            #[track_caller]
            pub fn poll_read_uninit(
                &self,
                context: &mut std::task::Context<'_>,
                buffer: &mut [std::mem::MaybeUninit<u8>],
            ) -> std::task::Poll<std::io::Result<usize>> {
                let read = |source: &_| $crate::net::stream::read_uninit(source, buffer);
                self.io.poll_io(context, reactor::Direction::Read, read)
            }
        }

        impl futures_io::AsyncRead for &$type {
            fn poll_read(
                self: std::pin::Pin<&mut Self>,
                context: &mut std::task::Context<'_>,
                buffer: &mut [u8],
            ) -> std::task::Poll<std::io::Result<usize>> {
                let read = |source: &_| $crate::net::stream::read(source, buffer);
                self.io.poll_io(context, reactor::Direction::Read, read)
            }

            fn poll_read_vectored(
                self: std::pin::Pin<&mut Self>,
                context: &mut std::task::Context<'_>,
                buffers: &mut [std::io::IoSliceMut<'_>],
            ) -> std::task::Poll<std::io::Result<usize>> {
                let read = |source: &_| $crate::net::stream::read_vectored(source, buffers);
                self.io.poll_io(context, reactor::Direction::Read, read)
            }
        }

        $crate::net::stream::read_through!($type, |this| &*this);
    };
}

/// Writing of a type with a field `io: Registered<_>`. The last argument is what closing does.
macro_rules! writing {
    ($type:ident, $close:expr) => {
        /// Writing.
        impl $type {
            /// Writes as much as there is room for, without waiting.
            ///
            /// # Errors
            ///
            /// [`WouldBlock`](std::io::ErrorKind::WouldBlock) if there is none, and whatever the
            /// system says.
            pub fn try_write(&self, bytes: &[u8]) -> std::io::Result<usize> {
                let write = |source: &_| $crate::net::stream::write(source, bytes);
                self.io.try_io(reactor::Direction::Write, write)
            }

            /// [`try_write`](Self::try_write) out of several buffers, one after another.
            ///
            /// # Errors
            ///
            /// As `try_write`.
            pub fn try_write_vectored(
                &self,
                slices: &[std::io::IoSlice<'_>],
            ) -> std::io::Result<usize> {
                let write = |source: &_| $crate::net::stream::write_vectored(source, slices);
                self.io.try_io(reactor::Direction::Write, write)
            }
        }

        impl futures_io::AsyncWrite for &$type {
            fn poll_write(
                self: std::pin::Pin<&mut Self>,
                context: &mut std::task::Context<'_>,
                bytes: &[u8],
            ) -> std::task::Poll<std::io::Result<usize>> {
                let write = |source: &_| $crate::net::stream::write(source, bytes);
                self.io.poll_io(context, reactor::Direction::Write, write)
            }

            fn poll_write_vectored(
                self: std::pin::Pin<&mut Self>,
                context: &mut std::task::Context<'_>,
                slices: &[std::io::IoSlice<'_>],
            ) -> std::task::Poll<std::io::Result<usize>> {
                let write = |source: &_| $crate::net::stream::write_vectored(source, slices);
                self.io.poll_io(context, reactor::Direction::Write, write)
            }

            /// Does nothing: what was written is with the system already.
            fn poll_flush(
                self: std::pin::Pin<&mut Self>,
                _: &mut std::task::Context<'_>,
            ) -> std::task::Poll<std::io::Result<()>> {
                std::task::Poll::Ready(Ok(()))
            }

            /// Ends what is written, if there is more to it than to drop it.
            fn poll_close(
                self: std::pin::Pin<&mut Self>,
                _: &mut std::task::Context<'_>,
            ) -> std::task::Poll<std::io::Result<()>> {
                let close: fn(&$type) -> std::io::Result<()> = $close;
                std::task::Poll::Ready(close(*self))
            }
        }

        $crate::net::stream::write_through!($type, |this| &*this);
    };
}

/// `AsyncRead` for a type, by way of a reference to something else or to itself.
macro_rules! read_through {
    ($type:ty, |$this:ident| $inner:expr) => {
        impl futures_io::AsyncRead for $type {
            fn poll_read(
                self: std::pin::Pin<&mut Self>,
                context: &mut std::task::Context<'_>,
                buffer: &mut [u8],
            ) -> std::task::Poll<std::io::Result<usize>> {
                let $this = self;
                std::pin::Pin::new(&mut $inner).poll_read(context, buffer)
            }

            fn poll_read_vectored(
                self: std::pin::Pin<&mut Self>,
                context: &mut std::task::Context<'_>,
                buffers: &mut [std::io::IoSliceMut<'_>],
            ) -> std::task::Poll<std::io::Result<usize>> {
                let $this = self;
                std::pin::Pin::new(&mut $inner).poll_read_vectored(context, buffers)
            }
        }
    };
}

/// `AsyncWrite` for a type, by way of a reference to something else or to itself.
macro_rules! write_through {
    ($type:ty, |$this:ident| $inner:expr) => {
        impl futures_io::AsyncWrite for $type {
            fn poll_write(
                self: std::pin::Pin<&mut Self>,
                context: &mut std::task::Context<'_>,
                bytes: &[u8],
            ) -> std::task::Poll<std::io::Result<usize>> {
                let $this = self;
                std::pin::Pin::new(&mut $inner).poll_write(context, bytes)
            }

            fn poll_write_vectored(
                self: std::pin::Pin<&mut Self>,
                context: &mut std::task::Context<'_>,
                slices: &[std::io::IoSlice<'_>],
            ) -> std::task::Poll<std::io::Result<usize>> {
                let $this = self;
                std::pin::Pin::new(&mut $inner).poll_write_vectored(context, slices)
            }

            fn poll_flush(
                self: std::pin::Pin<&mut Self>,
                context: &mut std::task::Context<'_>,
            ) -> std::task::Poll<std::io::Result<()>> {
                let $this = self;
                std::pin::Pin::new(&mut $inner).poll_flush(context)
            }

            fn poll_close(
                self: std::pin::Pin<&mut Self>,
                context: &mut std::task::Context<'_>,
            ) -> std::task::Poll<std::io::Result<()>> {
                let $this = self;
                std::pin::Pin::new(&mut $inner).poll_close(context)
            }
        }
    };
}

pub(crate) use {read_through, reading, write_through, writing};

/// That the peer was faster in closing is fine.
pub(crate) fn closed(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotConnected => Ok(()),
        result => result,
    }
}
