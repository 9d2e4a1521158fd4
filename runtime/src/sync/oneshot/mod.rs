//! Channels for one value.
//!
//! # Examples
//!
//! ```
//! use graph_runtime::sync::oneshot;
//!
//! # #[graph_runtime::main]
//! # async fn main() {
//! let (sender, receiver) = oneshot::channel();
//! graph_runtime::spawn(async move { sender.send(6 * 7).unwrap() });
//! assert_eq!(receiver.await, Ok(42));
//! # }
//! ```

#![allow(unsafe_code)] // Fenced: a value and two wakers that change hands; rules in `inner.rs`.

pub mod error;
mod inner;
mod receiver;
mod sender;

pub use receiver::Receiver;
pub use sender::Sender;

use inner::Inner;
use primitives::shim::sync::Arc;

/// A channel for one value: one allocation, and one exchange of an atomic word at each end if the
/// value comes before it is waited for.
pub fn channel<T>() -> (Sender<T>, Receiver<T>) {
    let inner = Arc::new(Inner::new());
    (Sender::new(Arc::clone(&inner)), Receiver::new(inner))
}
