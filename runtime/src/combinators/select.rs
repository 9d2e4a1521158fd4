//! Waiting for the first of several futures.

/// Waits for several futures within one task, and runs the handler of the first one that ends as
/// its branch wants it.
///
/// ```text
/// select! {
///     pattern = future => handler,
///     pattern = future, if condition => handler,
///     else => expression,
/// }
/// ```
///
/// 1. Every condition is evaluated; a branch whose condition is false is disabled.
/// 2. Every future is made, also those of disabled branches: a condition does not guard the
///    expression beside it. Only one that introduces names, as `if let Some(x) = y` does, guards
///    it, because the expression may use them.
/// 3. The futures of all branches that are not disabled are polled.
/// 4. When one returns and its output matches its pattern, all futures are dropped, and the value
///    of the `select!` is that of the handler. If it does not match, the branch is disabled and the
///    others are waited for.
/// 5. When all branches are disabled the value is that of `else`.
///
/// Up to 64 branches are possible. A future is given as an expression of anything that implements
/// [`IntoFuture`]; one that has to outlive the `select!`, because that is in a loop, is
/// [pinned](crate::pin) before and given as `&mut future`. Handlers may use what the futures have
/// borrowed, await, and leave the loop or function around them.
///
/// # Fairness
///
/// Each poll begins with a branch chosen at random, so that none can starve the others; which one
/// it is follows from the runtime's seed. With `biased;` in front, the branches are polled in the
/// order in which they are written: then it is up to their order that a branch which is always
/// ready leaves the later ones a chance.
///
/// # Panics
///
/// If all branches are disabled and there is no `else`.
///
/// # Cancel safety
///
/// The futures of the branches that lose are dropped. In a loop, use those whose documentation says
/// that nothing is lost then, or keep them over the rounds.
///
/// # Examples
///
/// ```
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() {
/// use graph_runtime::sync::mpsc;
/// use graph_runtime::time::{Duration, sleep};
///
/// let (sender, mut receiver) = mpsc::channel(4);
/// graph_runtime::spawn(async move {
///     for n in 1..=3 {
///         sender.send(n).await.unwrap();
///     }
/// });
/// let timeout = sleep(Duration::from_secs(10));
/// graph_runtime::pin!(timeout);
/// let mut sum = 0;
/// loop {
///     graph_runtime::select! {
///         Some(n) = receiver.recv() => sum += n,
///         () = &mut timeout, if sum == 0 => panic!("nothing has come in time"),
///         else => break,
///     }
/// }
/// assert_eq!(sum, 6);
/// # }
/// ```
#[macro_export]
macro_rules! select {
    ($($branches:tt)*) => {
        { $crate::macro_support::select_in_place!($crate $($branches)*) }
    };
}
