//! What the macros expand to. Not part of the interface: it changes with them.

pub use super::chain::Chain;
pub use super::maybe_done::MaybeDone;
pub use super::optional::OptionalFuture;
pub use super::random::random_below;
pub use macros::{join_in_place, select_in_place, try_join_in_place};
// For the face that has tokio's name.
pub use macros::{tokio_main, tokio_test};
pub use std::future::{Future, IntoFuture, poll_fn};
pub use std::pin::pin;
pub use std::task::Poll;

use crate::task::coop;
use std::task::Context;

/// Pending if the task has used up its budget: without operations of ours in its branches, a
/// `select!` in a loop would not notice.
#[inline]
pub fn poll_turn(context: &mut Context<'_>) -> Poll<()> {
    coop::poll_turn(context)
}

/// The number after `number` of `0..count`, and after the last the first.
#[inline]
pub fn following(number: u32, count: u32) -> u32 {
    if number + 1 < count { number + 1 } else { 0 }
}

/// All numbers of `0..count`, from `first` on and round.
#[inline]
pub fn round(first: u32, count: u32) -> impl Iterator<Item = u32> {
    (first..count).chain(0..first)
}

/// Nothing can become of a `select!` any more, and it says nothing about that case.
#[cold]
#[track_caller]
pub fn all_branches_disabled() -> ! {
    panic!(
        "all branches are disabled and there is no else branch: every condition of this `select!` \
         was false or every output failed to match its pattern; add `else => ...`"
    )
}
