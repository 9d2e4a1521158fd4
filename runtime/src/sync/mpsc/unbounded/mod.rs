//! A channel that takes whatever is sent.

mod receiver;
mod sender;
mod weak;

pub use receiver::UnboundedReceiver;
pub use sender::UnboundedSender;
pub use weak::WeakUnboundedSender;

use super::rx;
use crate::sync::permits::Permits;

/// A channel that takes whatever is sent. Its bound is the memory: whoever sends faster than is
/// received has to bound that elsewhere.
///
/// Memory is taken as messages come, in blocks of 31, and given back as they go.
///
/// # Examples
///
/// ```
/// use graph_runtime::sync::mpsc;
///
/// # #[graph_runtime::main]
/// # async fn main() {
/// let (sender, mut receiver) = mpsc::unbounded_channel();
/// for n in 0..100 {
///     sender.send(n).unwrap();
/// }
/// drop(sender);
/// let mut sum = 0;
/// while let Some(n) = receiver.recv().await {
///     sum += n;
/// }
/// assert_eq!(sum, 4950);
/// # }
/// ```
pub fn unbounded_channel<T>() -> (UnboundedSender<T>, UnboundedReceiver<T>) {
    let (sender, receiver) = rx::channel(Permits::MAX);
    (UnboundedSender::new(sender), UnboundedReceiver::new(receiver))
}
