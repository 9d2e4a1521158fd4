//! What both kinds of sockets for datagrams have in common, written once.

/// A socket around one of graph_runtime's: all that this has it has too, and what is written here,
/// with buffers of tokio's kinds in place of plain ones.
macro_rules! wraps {
    ($(#[$doc:meta])* $socket:ident, $std:ty, $address:ty) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $socket(graph_runtime::net::$socket);

        impl From<graph_runtime::net::$socket> for $socket {
            fn from(socket: graph_runtime::net::$socket) -> Self {
                Self(socket)
            }
        }

        impl From<$socket> for graph_runtime::net::$socket {
            fn from(socket: $socket) -> Self {
                socket.0
            }
        }

        impl std::ops::Deref for $socket {
            type Target = graph_runtime::net::$socket;

            fn deref(&self) -> &Self::Target {
                &self.0
            }
        }

        impl $socket {
            /// Takes over a socket of the standard library and makes it non-blocking.
            ///
            /// # Errors
            ///
            /// If the system refuses that.
            pub fn from_std(socket: $std) -> io::Result<Self> {
                graph_runtime::net::$socket::from_std(socket).map(Self)
            }

            /// Gives it to the standard library. It stays non-blocking.
            ///
            /// # Errors
            ///
            /// None at present.
            pub fn into_std(self) -> io::Result<$std> {
                self.0.into_std()
            }
        }

        impl TryFrom<$std> for $socket {
            type Error = io::Error;

            fn try_from(socket: $std) -> io::Result<Self> {
                Self::from_std(socket)
            }
        }

        impl std::os::fd::AsFd for $socket {
            fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
                self.0.as_fd()
            }
        }

        impl std::os::fd::AsRawFd for $socket {
            fn as_raw_fd(&self) -> std::os::fd::RawFd {
                self.0.as_raw_fd()
            }
        }

        crate::net::datagrams::receives!($socket, $address);
    };
}

/// Receiving into buffers of tokio's kinds.
macro_rules! receives {
    ($socket:ident, $address:ty) => {
        /// Receiving into buffers that need not be initialized.
        impl $socket {
            /// Receives a datagram from whom it is connected to, to the end of `buf`; its length.
            ///
            /// # Errors
            ///
            /// If the runtime has shut down, and whatever the system says.
            ///
            /// # Cancel safety
            ///
            /// If the future is dropped before it is done, nothing was taken.
            pub async fn recv_buf<B: BufMut>(&self, buf: &mut B) -> io::Result<usize> {
                self.0.async_io(Interest::READABLE, || self.try_recv_buf(buf)).await
            }

            /// [`recv_buf`](Self::recv_buf) without waiting.
            ///
            /// # Errors
            ///
            /// [`WouldBlock`](std::io::ErrorKind::WouldBlock) if it would have to wait, and
            /// whatever the system says.
            pub fn try_recv_buf<B: BufMut>(&self, buf: &mut B) -> io::Result<usize> {
                lend(buf, |lent| lent.fill(|bytes| self.0.try_recv_uninit(bytes)))
            }

            /// Receives a datagram from whom it is connected to. The last task to call it in this
            /// direction is woken.
            ///
            /// # Errors
            ///
            /// If the runtime has shut down, and whatever the system says.
            pub fn poll_recv(
                &self,
                cx: &mut Context<'_>,
                buf: &mut ReadBuf<'_>,
            ) -> Poll<io::Result<()>> {
                buf.fill(|bytes| self.0.poll_recv_uninit(cx, bytes)).map_ok(drop)
            }

            /// Receives a datagram to the end of `buf`; its length, and who sent it.
            ///
            /// # Errors
            ///
            /// If the runtime has shut down, and whatever the system says.
            ///
            /// # Cancel safety
            ///
            /// If the future is dropped before it is done, nothing was taken.
            pub async fn recv_buf_from<B: BufMut>(
                &self,
                buf: &mut B,
            ) -> io::Result<(usize, $address)> {
                self.0.async_io(Interest::READABLE, || self.try_recv_buf_from(buf)).await
            }

            /// [`recv_buf_from`](Self::recv_buf_from) without waiting.
            ///
            /// # Errors
            ///
            /// [`WouldBlock`](std::io::ErrorKind::WouldBlock) if it would have to wait, and
            /// whatever the system says.
            pub fn try_recv_buf_from<B: BufMut>(
                &self,
                buf: &mut B,
            ) -> io::Result<(usize, $address)> {
                lend(buf, |lent| lent.fill(|bytes| self.0.try_recv_from_uninit(bytes)))
            }

            /// Receives a datagram; who sent it. The last task to call it in this direction is
            /// woken.
            ///
            /// # Errors
            ///
            /// If the runtime has shut down, and whatever the system says.
            pub fn poll_recv_from(
                &self,
                cx: &mut Context<'_>,
                buf: &mut ReadBuf<'_>,
            ) -> Poll<io::Result<$address>> {
                let read = buf.fill(|bytes| self.0.poll_recv_from_uninit(cx, bytes));
                read.map_ok(|(_, from)| from)
            }
        }
    };
}

pub(crate) use {receives, wraps};
