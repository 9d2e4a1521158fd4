//! Waiting without `await`, on threads that may block.

use crate::context::assert_may_block;

/// Blocks this thread until `future` is done.
///
/// # Panics
///
/// If the thread drives tasks.
#[track_caller]
pub(super) fn block_on<F: Future>(what: &str, future: F) -> F::Output {
    assert_may_block(what);
    primitives::park_on(future)
}
