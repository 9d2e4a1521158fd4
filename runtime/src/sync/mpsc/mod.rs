//! Channels with many senders and one receiver.
//!
//! [`channel`] holds up senders while it is full; [`unbounded_channel`] does not, and so grows as
//! fast as it is filled.
//!
//! Messages of one sender arrive in the order in which they were sent. When all senders are gone
//! the receiver gets what is left, and then `None`. When the receiver is gone, or has
//! [closed](Receiver::close) the channel, sending fails and gives the message back.
//!
//! # Examples
//!
//! ```
//! use graph_runtime::sync::mpsc;
//!
//! # #[graph_runtime::main]
//! # async fn main() {
//! let (sender, mut receiver) = mpsc::channel(16);
//! for worker in 0..4 {
//!     let sender = sender.clone();
//!     graph_runtime::spawn(async move {
//!         for step in 0..10 {
//!             sender.send((worker, step)).await.unwrap();
//!         }
//!     });
//! }
//! drop(sender);
//! let mut steps = 0;
//! while let Some((_, step)) = receiver.recv().await {
//!     steps += step;
//! }
//! assert_eq!(steps, 4 * 45);
//! # }
//! ```

mod bounded;
mod capacity;
mod chan;
pub mod error;
mod list;
mod rx;
mod tx;
mod unbounded;

pub use bounded::{OwnedPermit, Permit, PermitIterator, Receiver, Sender, WeakSender, channel};
pub use unbounded::{UnboundedReceiver, UnboundedSender, WeakUnboundedSender, unbounded_channel};
