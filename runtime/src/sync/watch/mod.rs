//! Channels that keep only the latest value.
//!
//! Receivers see the value there is, and can wait for it to change; what was there in between they
//! do not see.
//!
//! # Examples
//!
//! ```
//! use graph_runtime::sync::watch;
//!
//! # #[graph_runtime::main]
//! # async fn main() {
//! let (sender, mut receiver) = watch::channel("starting");
//! assert_eq!(*receiver.borrow(), "starting");
//! let task = graph_runtime::spawn(async move {
//!     receiver.changed().await.unwrap();
//!     *receiver.borrow_and_update()
//! });
//! sender.send("running").unwrap();
//! assert_eq!(task.await.unwrap(), "running");
//! # }
//! ```
//!
//! # Borrowing
//!
//! [`Receiver::borrow`] and [`Sender::borrow`] lend the value itself, under a lock that blocks
//! threads: no value can be sent while it is borrowed, and borrowing twice can deadlock if somebody
//! sends in between. Keep it short and without an `await`; clone the value to keep it longer.

pub mod error;
mod receiver;
mod sender;
mod shared;
mod value_ref;

pub use receiver::Receiver;
pub use sender::Sender;
pub use value_ref::Ref;

use shared::Shared;
use std::sync::Arc;

/// A channel with a first value, which the receiver counts as seen.
pub fn channel<T>(init: T) -> (Sender<T>, Receiver<T>) {
    let sender = Sender::from_shared(Arc::new(Shared::new(init)));
    let receiver = sender.subscribe();
    (sender, receiver)
}
