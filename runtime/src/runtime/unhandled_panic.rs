//! What a panic of a task means to the others.

/// What a current-thread runtime does when a task panics.
///
/// # Examples
///
/// ```
/// use graph_runtime::runtime::{Builder, UnhandledPanic};
///
/// let runtime = Builder::new_current_thread()
///     .unhandled_panic(UnhandledPanic::ShutdownRuntime)
///     .build()?;
/// let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
///     runtime.block_on(async {
///         graph_runtime::spawn(async { panic!("a bug") });
///         std::future::pending::<()>().await
///     })
/// }));
/// assert!(outcome.is_err());
/// # Ok::<(), graph_runtime::runtime::BuildError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum UnhandledPanic {
    /// The panic is the task's result, and nobody else's affair.
    #[default]
    Ignore,
    /// The runtime shuts down: all tasks are cancelled, and
    /// [`block_on`](super::Runtime::block_on) panics, at present and from then on. That the task's
    /// handle is awaited makes no difference.
    ShutdownRuntime,
}
