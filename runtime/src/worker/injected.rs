//! What travels through the injector.

use crate::task::Runnable;
use std::vec::IntoIter;

/// One task, or those that a full queue had too many, oldest first.
///
/// A batch costs one push and one pop for all its tasks. It is a vector and not a chain through
/// the tasks, because a queue overflows once in so many pushes that the allocation does not show.
#[derive(Debug)]
pub(crate) enum Injected {
    One(Runnable),
    Many(IntoIter<Runnable>),
}
