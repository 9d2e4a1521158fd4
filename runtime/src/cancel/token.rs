//! The token itself.

use super::node::Node;
use super::{DropGuard, DropGuardRef, WaitForCancellationFuture, WaitForCancellationFutureOwned};
use std::fmt;
use std::future::poll_fn;
use std::hash::{Hash, Hasher};
use std::pin::pin;
use std::ptr;
use std::sync::Arc;
use std::task::Poll;

/// Asks tasks to end. Clones are the same token: cancelling one cancels all.
///
/// [`child_token`](Self::child_token) makes a token that is cancelled with this one, but not the
/// other way round. Dropping tokens cancels nothing.
///
/// Looking at a token is one atomic load. Making a child and dropping the last clone of one take
/// the small lock of the whole tree, for a moment that does not depend on the number of tokens.
///
/// # Examples
///
/// ```
/// use graph_runtime::cancel::CancellationToken;
///
/// #[graph_runtime::main]
/// async fn main() {
///     let shutdown = CancellationToken::new();
///     let token = shutdown.child_token();
///     let server = graph_runtime::spawn(async move {
///         token.run_until_cancelled(std::future::pending::<()>()).await
///     });
///     shutdown.cancel();
///     assert_eq!(server.await.unwrap(), None);
/// }
/// ```
#[derive(Clone)]
pub struct CancellationToken {
    node: Arc<Node>,
}

impl std::panic::UnwindSafe for CancellationToken {}
impl std::panic::RefUnwindSafe for CancellationToken {}

impl CancellationToken {
    /// A token that is not cancelled, below no other.
    pub fn new() -> Self {
        Self { node: Node::root() }
    }

    /// A token that is cancelled when this one is, and at once if this one has been.
    pub fn child_token(&self) -> Self {
        Self { node: self.node.child() }
    }

    /// Cancels this token and all below it, and wakes whoever waits for them. Doing it again does
    /// nothing.
    pub fn cancel(&self) {
        self.node.cancel();
    }

    /// Whether it, or a token above it, has been cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.node.is_cancelled()
    }

    /// Waits until it is cancelled. Is ready at once if it has been.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses nothing.
    pub fn cancelled(&self) -> WaitForCancellationFuture<'_> {
        WaitForCancellationFuture::new(&self.node)
    }

    /// The same; the future holds on to the token by itself.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses nothing.
    pub fn cancelled_owned(self) -> WaitForCancellationFutureOwned {
        WaitForCancellationFutureOwned::new(self)
    }

    /// Cancels the token when the guard is dropped, also by a panic.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime::cancel::CancellationToken;
    ///
    /// let token = CancellationToken::new();
    /// drop(token.clone().drop_guard());
    /// assert!(token.is_cancelled());
    /// ```
    pub fn drop_guard(self) -> DropGuard {
        DropGuard::new(self)
    }

    /// The same by reference.
    pub fn drop_guard_ref(&self) -> DropGuardRef<'_> {
        DropGuardRef::new(self)
    }

    /// Runs a future until it is done or the token is cancelled; then the future is dropped, and
    /// there is `None`.
    ///
    /// If the token was cancelled before the future is not polled at all. If both happen between
    /// two polls, the future's output counts.
    ///
    /// # Cancel safety
    ///
    /// That of the future.
    pub async fn run_until_cancelled<F: Future>(&self, future: F) -> Option<F::Output> {
        if self.is_cancelled() {
            return None;
        }
        let (mut future, mut cancelled) = (pin!(future), pin!(self.cancelled()));
        poll_fn(|context| match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending => cancelled.as_mut().poll(context).map(|()| None),
        })
        .await
    }

    /// The same; what it gives holds on to the token by itself.
    ///
    /// # Cancel safety
    ///
    /// That of the future.
    pub async fn run_until_cancelled_owned<F: Future>(self, future: F) -> Option<F::Output> {
        self.run_until_cancelled(future).await
    }

    pub(super) fn into_node(self) -> Arc<Node> {
        self.node
    }
}

impl Default for CancellationToken {
    fn default() -> Self {
        Self::new()
    }
}

/// Two are equal if they are clones of each other.
impl PartialEq for CancellationToken {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.node, &other.node)
    }
}

impl Eq for CancellationToken {}

impl Hash for CancellationToken {
    fn hash<H: Hasher>(&self, state: &mut H) {
        ptr::hash(Arc::as_ptr(&self.node), state);
    }
}

impl fmt::Debug for CancellationToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CancellationToken").field("is_cancelled", &self.is_cancelled()).finish()
    }
}
