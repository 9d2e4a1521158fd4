//! What all kinds of sockets have in common, written once.
//!
//! Each macro is expanded in a module of a type with a field `io: Registered<_>`.

/// Waiting, and operations that the caller brings. In an `impl` block. The arguments are the names
/// of the methods for hand-written futures.
macro_rules! readiness {
    ($poll_readable:ident, $poll_writable:ident) => {
        /// Waits until something of `interest` is worth trying, and says what.
        ///
        /// It stays so until an operation would block.
        ///
        /// # Errors
        ///
        /// If the runtime has shut down.
        ///
        /// # Panics
        ///
        /// Outside a runtime, if nobody has waited for it before.
        ///
        /// # Cancel safety
        ///
        /// Giving up loses nothing.
        pub async fn ready(
            &self,
            interest: $crate::io::Interest,
        ) -> std::io::Result<$crate::io::Ready> {
            self.io.ready(interest).await.map(|event| event.ready().into())
        }

        /// Calls `operation` if it is worth trying, and takes back that it is if that says
        /// [`WouldBlock`](std::io::ErrorKind::WouldBlock).
        ///
        /// # Errors
        ///
        /// `WouldBlock` without calling it, if somebody has waited before and nothing of `interest`
        /// has come since. Those of `operation`.
        pub fn try_io<R>(
            &self,
            interest: $crate::io::Interest,
            operation: impl FnOnce() -> std::io::Result<R>,
        ) -> std::io::Result<R> {
            self.io.try_once(interest, |_| operation())
        }

        /// Calls `operation`, again each time that something of `interest` is worth trying, until
        /// it no longer says [`WouldBlock`](std::io::ErrorKind::WouldBlock).
        ///
        /// # Errors
        ///
        /// Those of `operation`, and if the runtime has shut down.
        ///
        /// # Panics
        ///
        /// Outside a runtime, if it has to wait for the first time.
        ///
        /// # Cancel safety
        ///
        /// If the future is dropped, `operation` has not succeeded.
        pub async fn async_io<R>(
            &self,
            interest: $crate::io::Interest,
            mut operation: impl FnMut() -> std::io::Result<R>,
        ) -> std::io::Result<R> {
            self.io.io(interest, |_| operation().map($crate::net::Attempt::more)).await
        }

        $crate::net::methods::readable!($poll_readable);
        $crate::net::methods::writable!($poll_writable);
    };
}

/// Waiting until a read is worth trying. In an `impl` block.
macro_rules! readable {
    ($poll:ident) => {
        /// Waits until a read is worth trying: there is something, or the end, or an error.
        ///
        /// # Errors
        ///
        /// If the runtime has shut down.
        ///
        /// # Panics
        ///
        /// Outside a runtime, if nobody has waited for it before.
        ///
        /// # Cancel safety
        ///
        /// Giving up loses nothing.
        pub async fn readable(&self) -> std::io::Result<()> {
            self.io.ready(reactor::Direction::Read).await.map(drop)
        }

        /// [`readable`](Self::readable) for hand-written futures. The last task to call it is
        /// woken.
        ///
        /// # Errors
        ///
        /// As `readable`.
        ///
        /// # Panics
        ///
        /// As `readable`.
        #[track_caller]
        pub fn $poll(
            &self,
            context: &mut std::task::Context<'_>,
        ) -> std::task::Poll<std::io::Result<()>> {
            self.io.poll_ready(context, reactor::Direction::Read).map_ok(drop)
        }
    };
}

/// Waiting until a write is worth trying. In an `impl` block.
macro_rules! writable {
    ($poll:ident) => {
        /// Waits until a write is worth trying: there is room, or an error.
        ///
        /// # Errors
        ///
        /// If the runtime has shut down.
        ///
        /// # Panics
        ///
        /// Outside a runtime, if nobody has waited for it before.
        ///
        /// # Cancel safety
        ///
        /// Giving up loses nothing.
        pub async fn writable(&self) -> std::io::Result<()> {
            self.io.ready(reactor::Direction::Write).await.map(drop)
        }

        /// [`writable`](Self::writable) for hand-written futures. The last task to call it is
        /// woken.
        ///
        /// # Errors
        ///
        /// As `writable`.
        ///
        /// # Panics
        ///
        /// As `writable`.
        #[track_caller]
        pub fn $poll(
            &self,
            context: &mut std::task::Context<'_>,
        ) -> std::task::Poll<std::io::Result<()>> {
            self.io.poll_ready(context, reactor::Direction::Write).map_ok(drop)
        }
    };
}

/// Options: pairs of methods of the type and of [`socket2::Socket`]. In an `impl` block.
macro_rules! options {
    ($(
        $(#[$doc:meta])*
        $get:ident, $set:ident: $type:ty = $their_get:ident, $their_set:ident;
    )*) => {$(
        $(#[$doc])*
        ///
        /// # Errors
        ///
        /// Whatever the system says.
        pub fn $get(&self) -> std::io::Result<$type> {
            self.options().$their_get()
        }

        #[doc = concat!("Sets [`", stringify!($get), "`](Self::", stringify!($get), ").")]
        ///
        /// # Errors
        ///
        /// Whatever the system says.
        pub fn $set(&self, value: $type) -> std::io::Result<()> {
            self.options().$their_set(value)
        }
    )*};
}

/// The descriptor, and the way from the standard library and back.
macro_rules! descriptor {
    ($type:ident, $mio:ty, $std:ty) => {
        impl $type {
            /// Takes over a socket of the standard library and makes it non-blocking. It is
            /// registered with no reactor yet.
            ///
            /// # Errors
            ///
            /// If the system refuses that.
            pub fn from_std(socket: $std) -> std::io::Result<Self> {
                socket.set_nonblocking(true)?;
                Ok(Self::new(<$mio>::from_std(socket)))
            }

            /// Gives it to the standard library. It stays non-blocking.
            ///
            /// # Errors
            ///
            /// None at present.
            pub fn into_std(self) -> std::io::Result<$std> {
                Ok(std::os::fd::OwnedFd::from(self.io.into_source()).into())
            }

            pub(crate) fn new(socket: $mio) -> Self {
                Self { io: $crate::net::Registered::new(socket) }
            }
        }

        impl TryFrom<$std> for $type {
            type Error = std::io::Error;

            fn try_from(socket: $std) -> std::io::Result<Self> {
                Self::from_std(socket)
            }
        }

        impl std::os::fd::AsFd for $type {
            fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
                self.io.source().as_fd()
            }
        }

        impl std::os::fd::AsRawFd for $type {
            fn as_raw_fd(&self) -> std::os::fd::RawFd {
                std::os::fd::AsRawFd::as_raw_fd(self.io.source())
            }
        }
    };
}

pub(crate) use {descriptor, options, readable, readiness, writable};
