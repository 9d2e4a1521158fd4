//! Telling tasks to stop, with tokio-util's names and semantics.
//!
//! Aborting a task drops it wherever it waits; a [`CancellationToken`] asks it to end, and leaves
//! it to the task how. Tokens form trees: cancelling one cancels all that are below it.
//!
//! ```text
//!   CancellationToken ──► Node: cancelled? whoever waits      one per token, shared by its clones
//!                           │
//!                           ▼ place
//!                         Tree: ┌ parent, children, Weak<Node> ┐ ...   one per tree, one lock
//! ```
//!
//! 1. The flag of a node is set under the lock of its tree, for a whole branch at once: whoever
//!    sees a token cancelled, sees all below it cancelled.
//! 2. Whoever is to be woken is woken after that lock is released.
//! 3. What is cancelled leaves the tree, and so does what nobody holds: a node without tokens stays
//!    only while it has two children or more, which would otherwise lose each other's ancestors. So
//!    there are never more such nodes than tokens.
//! 4. No operation looks at a token that it does not cancel, and none recurses.

mod guard;
mod node;
mod token;
mod tree;
mod waiting;

pub use guard::{DropGuard, DropGuardRef};
pub use token::CancellationToken;
pub use waiting::{WaitForCancellationFuture, WaitForCancellationFutureOwned};
