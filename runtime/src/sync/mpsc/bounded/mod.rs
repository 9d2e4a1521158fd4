//! A channel with room for so many messages.

mod owned_permit;
mod permit;
mod receiver;
mod sender;
mod weak;

pub use owned_permit::OwnedPermit;
pub use permit::{Permit, PermitIterator};
pub use receiver::Receiver;
pub use sender::Sender;
pub use weak::WeakSender;

use super::rx;

/// A channel with room for `buffer` messages.
///
/// Memory is taken as messages come, in blocks of 31, and given back as they go; a large `buffer`
/// costs nothing in advance.
///
/// # Panics
///
/// If `buffer` is 0, or more than [`Semaphore::MAX_PERMITS`](crate::sync::Semaphore::MAX_PERMITS).
#[track_caller]
pub fn channel<T>(buffer: usize) -> (Sender<T>, Receiver<T>) {
    assert!(buffer > 0, "mpsc bounded channel requires buffer > 0");
    let (sender, receiver) = rx::channel(buffer);
    (Sender::new(sender), Receiver::new(receiver))
}
