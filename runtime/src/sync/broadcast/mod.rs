//! Channels whose every message goes to every receiver.
//!
//! A channel keeps a bounded number of messages. A receiver that is slower than that *lags*: the
//! oldest messages are overwritten, and the receiver learns how many it has missed, and goes on
//! with the oldest that is left. Senders never wait.
//!
//! # Examples
//!
//! ```
//! use graph_runtime::sync::broadcast::{self, error::RecvError};
//!
//! # #[graph_runtime::main]
//! # async fn main() {
//! let (sender, mut slow) = broadcast::channel(2);
//! let mut fast = sender.subscribe();
//! for n in 0..3 {
//!     sender.send(n).unwrap();
//!     if n == 0 {
//!         assert_eq!(fast.recv().await, Ok(0));
//!     }
//! }
//! assert_eq!(fast.recv().await, Ok(1));
//! assert_eq!(slow.recv().await, Err(RecvError::Lagged(1)));
//! assert_eq!(slow.recv().await, Ok(1));
//! # }
//! ```
//!
//! # Design
//!
//! One ring of messages behind the lock of the queue in which receivers wait. A message is in an
//! allocation of its own: receivers take a reference under the lock, and clone the value when they
//! have released it. As values need not be `Sync`, clones of *one message* take turns, by a lock
//! that belongs to that message: it is the one lock of this family under which somebody else's
//! code runs, the value's `clone`. The last receiver that has read a message drops it.

pub mod error;
mod message;
mod receiver;
mod sender;
mod shared;
mod weak;

pub use receiver::Receiver;
pub use sender::Sender;
pub use weak::WeakSender;

/// A channel that keeps `capacity` messages, rounded up to a power of two.
///
/// # Panics
///
/// If `capacity` is 0 or more than `usize::MAX / 2`.
#[track_caller]
pub fn channel<T: Clone>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    let sender = Sender::new(capacity);
    let receiver = sender.subscribe();
    (sender, receiver)
}
