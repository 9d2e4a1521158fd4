//! Waiting for all of several futures.

/// Waits for all of several futures within one task, and returns a tuple of their outputs.
///
/// ```text
/// join!(future, ...)
/// join!(biased; future, ...)
/// ```
///
/// All futures are polled on the task that the macro is in: they run concurrently, but never in
/// parallel. To run them in parallel, [`spawn`](crate::spawn) them and join the handles. Anything
/// that implements [`IntoFuture`] will do.
///
/// # Fairness
///
/// Each time the task is polled, another future comes first, in turn. With `biased;` in front they
/// are always polled in the order in which they are written.
///
/// # Cancel safety
///
/// Dropping it drops all futures, and the outputs of those that were done.
///
/// # Examples
///
/// ```
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() {
/// let (number, word) = graph_runtime::join!(async { 6 * 7 }, async { "forty-two" });
/// assert_eq!((number, word), (42, "forty-two"));
/// # }
/// ```
#[macro_export]
macro_rules! join {
    ($($futures:tt)*) => {
        { $crate::macro_support::join_in_place!($crate $($futures)*) }
    };
}

/// Waits for all of several futures within one task, or for the first error.
///
/// It is [`join!`](crate::join) for futures whose output is a `Result`: `Ok` with a tuple of all
/// values, or the first `Err`, in which case the other futures are dropped unfinished. All of them
/// must have the same error type.
///
/// ```text
/// try_join!(future, ...)
/// try_join!(biased; future, ...)
/// ```
///
/// # Cancel safety
///
/// As [`join!`](crate::join).
///
/// # Examples
///
/// ```
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() {
/// use std::future::{pending, ready};
///
/// let both = graph_runtime::try_join!(ready(Ok::<_, String>(1)), ready(Ok(2)));
/// assert_eq!(both, Ok((1, 2)));
///
/// let failed = ready(Err::<i32, _>("no"));
/// assert_eq!(graph_runtime::try_join!(pending::<Result<i32, _>>(), failed), Err("no"));
/// # }
/// ```
#[macro_export]
macro_rules! try_join {
    ($($futures:tt)*) => {
        { $crate::macro_support::try_join_in_place!($crate $($futures)*) }
    };
}
