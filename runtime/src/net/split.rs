//! The two directions of a stream, apart, written once for all kinds of streams.

/// Expanded in a module of its own for each kind.
macro_rules! halves {
    ($stream:ident, $address:ty, $example:literal) => {
        use crate::io::{Interest, Ready};
        use crate::net::stream::{read_through, write_through};
        use std::error::Error;
        use std::fmt;
        use std::io::{self, IoSlice, IoSliceMut};
        use std::mem::MaybeUninit;
        use std::net::Shutdown;
        use std::sync::Arc;
        use std::task::{Context, Poll};

        #[doc = concat!("The reading half of a [`", stringify!($stream), "`], lent.")]
        ///
        #[doc = concat!("See [`", stringify!($stream), "::split`].")]
        #[derive(Debug)]
        pub struct ReadHalf<'a>(pub(super) &'a $stream);

        #[doc = concat!("The writing half of a [`", stringify!($stream), "`], lent.")]
        ///
        #[doc = concat!("See [`", stringify!($stream), "::split`]. Dropping it ends nothing.")]
        #[derive(Debug)]
        pub struct WriteHalf<'a>(pub(super) &'a $stream);

        #[doc = concat!("The reading half of a [`", stringify!($stream), "`], for a task to own.")]
        ///
        #[doc = concat!("See [`", stringify!($stream), "::into_split`].")]
        #[derive(Debug)]
        pub struct OwnedReadHalf(Arc<$stream>);

        #[doc = concat!("The writing half of a [`", stringify!($stream), "`], for a task to own.")]
        ///
        #[doc = concat!("See [`", stringify!($stream), "::into_split`]. Dropping it ends what the")]
        /// other side can read; see [`forget`](Self::forget).
        #[derive(Debug)]
        pub struct OwnedWriteHalf {
            stream: Arc<$stream>,
            ends_when_dropped: bool,
        }

        /// These were not the halves of one stream. Here they are again.
        #[derive(Debug)]
        pub struct ReuniteError(pub OwnedReadHalf, pub OwnedWriteHalf);

        impl fmt::Display for ReuniteError {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the halves are not those of one stream: keep each with its own")
            }
        }

        impl Error for ReuniteError {}

        impl $stream {
            /// Both directions, lent, for two futures in one task.
            ///
            /// # Examples
            ///
            /// See [`into_split`](Self::into_split).
            pub fn split(&mut self) -> (ReadHalf<'_>, WriteHalf<'_>) {
                (ReadHalf(self), WriteHalf(self))
            }

            /// Both directions, for two tasks. They share one allocation.
            ///
            /// # Examples
            ///
            #[doc = $example]
            pub fn into_split(self) -> (OwnedReadHalf, OwnedWriteHalf) {
                let stream = Arc::new(self);
                let reading = OwnedReadHalf(Arc::clone(&stream));
                (reading, OwnedWriteHalf { stream, ends_when_dropped: true })
            }
        }

        impl OwnedReadHalf {
            /// Puts the stream together again.
            ///
            /// # Errors
            ///
            /// Both come back if they are not halves of one stream.
            pub fn reunite(self, other: OwnedWriteHalf) -> Result<$stream, ReuniteError> {
                if !Arc::ptr_eq(&self.0, &other.stream) {
                    return Err(ReuniteError(self, other));
                }
                other.forget();
                match Arc::try_unwrap(self.0) {
                    Ok(stream) => Ok(stream),
                    Err(_) => unreachable!("a stream has two halves, and both are here"),
                }
            }

            fn stream(&self) -> &$stream {
                &self.0
            }
        }

        impl OwnedWriteHalf {
            /// Puts the stream together again.
            ///
            /// # Errors
            ///
            /// Both come back if they are not halves of one stream.
            pub fn reunite(self, other: OwnedReadHalf) -> Result<$stream, ReuniteError> {
                other.reunite(self)
            }

            /// Drops it and lets the other side go on reading: the direction stays open for as long
            /// as the reading half is there.
            pub fn forget(mut self) {
                self.ends_when_dropped = false;
            }

            fn stream(&self) -> &$stream {
                &self.stream
            }
        }

        impl Drop for OwnedWriteHalf {
            fn drop(&mut self) {
                if self.ends_when_dropped {
                    // The other side may have ended it.
                    let _ = self.stream.shutdown_std(Shutdown::Write);
                }
            }
        }

        impl ReadHalf<'_> {
            fn stream(&self) -> &$stream {
                self.0
            }
        }

        impl WriteHalf<'_> {
            fn stream(&self) -> &$stream {
                self.0
            }
        }

        crate::net::split::reading_half!(ReadHalf<'_>, $stream, $address);
        crate::net::split::reading_half!(OwnedReadHalf, $stream, $address);
        crate::net::split::writing_half!(WriteHalf<'_>, $stream, $address);
        crate::net::split::writing_half!(OwnedWriteHalf, $stream, $address);
        read_through!(ReadHalf<'_>, |this| this.stream());
        read_through!(OwnedReadHalf, |this| this.stream());
        write_through!(WriteHalf<'_>, |this| this.stream());
        write_through!(OwnedWriteHalf, |this| this.stream());

        impl AsRef<$stream> for ReadHalf<'_> {
            fn as_ref(&self) -> &$stream {
                self.stream()
            }
        }

        impl AsRef<$stream> for WriteHalf<'_> {
            fn as_ref(&self) -> &$stream {
                self.stream()
            }
        }

        impl AsRef<$stream> for OwnedReadHalf {
            fn as_ref(&self) -> &$stream {
                self.stream()
            }
        }

        impl AsRef<$stream> for OwnedWriteHalf {
            fn as_ref(&self) -> &$stream {
                self.stream()
            }
        }
    };
}

/// Methods that do what those of the stream do, by the same names.
macro_rules! as_the_stream {
    (
        $stream:ident:
        $($(#[$meta:meta])* fn $name:ident($($argument:ident: $type:ty),*) -> $output:ty;)*
    ) => {$(
        #[doc = concat!("As [`", stringify!($stream), "::", stringify!($name), "`].")]
        ///
        /// # Errors
        ///
        /// As there.
        $(#[$meta])*
        pub fn $name(&self, $($argument: $type),*) -> $output {
            self.stream().$name($($argument),*)
        }
    )*};
}

/// [`as_the_stream`] for methods that wait.
macro_rules! as_the_stream_async {
    ($stream:ident: $(async fn $name:ident($($argument:ident: $type:ty),*) -> $output:ty;)*) => {$(
        #[doc = concat!("As [`", stringify!($stream), "::", stringify!($name), "`].")]
        ///
        /// # Errors
        ///
        /// As there.
        ///
        /// # Cancel safety
        ///
        /// As there.
        pub async fn $name(&self, $($argument: $type),*) -> $output {
            self.stream().$name($($argument),*).await
        }
    )*};
}

/// What both kinds of reading halves can do.
macro_rules! reading_half {
    ($half:ty, $stream:ident, $address:ty) => {
        impl $half {
            crate::net::split::as_the_stream_async! { $stream:
                async fn readable() -> io::Result<()>;
                async fn ready(interest: Interest) -> io::Result<Ready>;
            }
            crate::net::split::as_the_stream! { $stream:
                fn try_read(buffer: &mut [u8]) -> io::Result<usize>;
                fn try_read_vectored(buffers: &mut [IoSliceMut<'_>]) -> io::Result<usize>;
                fn try_read_uninit(buffer: &mut [MaybeUninit<u8>]) -> io::Result<usize>;
                #[track_caller]
                fn poll_read_uninit(
                    context: &mut Context<'_>,
                    buffer: &mut [MaybeUninit<u8>]
                ) -> Poll<io::Result<usize>>;
                fn local_addr() -> io::Result<$address>;
                fn peer_addr() -> io::Result<$address>;
            }
        }
    };
}

/// What both kinds of writing halves can do.
macro_rules! writing_half {
    ($half:ty, $stream:ident, $address:ty) => {
        impl $half {
            crate::net::split::as_the_stream_async! { $stream:
                async fn writable() -> io::Result<()>;
                async fn ready(interest: Interest) -> io::Result<Ready>;
            }
            crate::net::split::as_the_stream! { $stream:
                fn try_write(bytes: &[u8]) -> io::Result<usize>;
                fn try_write_vectored(slices: &[IoSlice<'_>]) -> io::Result<usize>;
                fn local_addr() -> io::Result<$address>;
                fn peer_addr() -> io::Result<$address>;
            }
        }
    };
}

pub(crate) use {as_the_stream, as_the_stream_async, halves, reading_half, writing_half};
