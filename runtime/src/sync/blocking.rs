//! Waiting without `await`, on threads that may block.

use crate::context::assert_may_block;
use crate::task::coop::without_budget;

/// Blocks this thread until `future` is done.
///
/// # Panics
///
/// If the thread drives tasks.
#[track_caller]
pub(super) fn block_on<F: Future>(what: &str, future: F) -> F::Output {
    assert_may_block(what);
    // Nobody else runs on this thread, and no poll ends while it blocks.
    without_budget(|| primitives::park_on(future))
}
