//! Operations on datagram sockets: each in the three forms of an `async` method, one for
//! hand-written futures, and one that does not wait.

/// All three forms. In an `impl` block of a type with a field `io: Registered<_>`.
macro_rules! operations {
    (on $source:ty; $(
        $(#[$doc:meta])*
        $name:ident, $poll:ident, $try:ident: $direction:ident,
        ($($argument:ident: $type:ty),*) -> $output:ty = |$socket:ident| $operation:expr;
    )*) => {$(
        $(#[$doc])*
        ///
        /// # Errors
        ///
        /// If the runtime has shut down, and whatever the system says.
        ///
        /// # Panics
        ///
        /// Outside a runtime, if it has to wait for the first time.
        ///
        /// # Cancel safety
        ///
        /// If the future is dropped before it is done, nothing was sent or taken.
        pub async fn $name(&self, $($argument: $type),*) -> std::io::Result<$output> {
            let operation = |$socket: &$source| $operation.map($crate::net::Attempt::more);
            self.io.io(reactor::Direction::$direction, operation).await
        }

        $crate::net::operations::without_async! {
            on $source;
            $name, $poll, $try: $direction,
            ($($argument: $type),*) -> $output = |$socket| $operation;
        }
    )*};
}

/// The two forms that need no future.
macro_rules! without_async {
    (on $source:ty; $(
        $name:ident, $poll:ident, $try:ident: $direction:ident,
        ($($argument:ident: $type:ty),*) -> $output:ty = |$socket:ident| $operation:expr;
    )*) => {$(
        #[doc = concat!("[`", stringify!($name), "`](Self::", stringify!($name), ")")]
        /// for hand-written futures. The last task to call it in this direction is woken.
        ///
        /// # Errors
        ///
        /// As there.
        ///
        /// # Panics
        ///
        /// As there.
        #[track_caller]
        pub fn $poll(
            &self,
            context: &mut std::task::Context<'_>,
            $($argument: $type),*
        ) -> std::task::Poll<std::io::Result<$output>> {
            let operation = |$socket: &$source| $operation.map($crate::net::Attempt::more);
            self.io.poll_io(context, reactor::Direction::$direction, operation)
        }

        #[doc = concat!("[`", stringify!($name), "`](Self::", stringify!($name), ")")]
        /// without waiting.
        ///
        /// # Errors
        ///
        /// [`WouldBlock`](std::io::ErrorKind::WouldBlock) if it would have to wait, and whatever
        /// the system says.
        pub fn $try(&self, $($argument: $type),*) -> std::io::Result<$output> {
            let operation = |$socket: &$source| $operation.map($crate::net::Attempt::more);
            self.io.try_io(reactor::Direction::$direction, operation)
        }
    )*};
}

pub(crate) use {operations, without_async};
