//! What is left of the budget of the poll under way.

use super::Resource;
use crate::context;
use crate::task::waker::yield_through;
use std::cell::Cell;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

/// Operations that a poll may do, unless the runtime was told otherwise. Tokio's number.
pub(crate) const DEFAULT_BUDGET: u32 = 128;

/// No limit.
const UNLIMITED: u32 = u32::MAX;
/// Nothing is left, and nobody has been refused for it yet.
const USED_UP: u32 = 1;
/// The same, and somebody has.
const REFUSED: u32 = 0;

struct Budget {
    /// Operations left to the poll under way, and [`USED_UP`] on top.
    left: Cell<u32>,
    /// What a poll on this thread begins with, and [`USED_UP`] on top.
    full: Cell<u32>,
    /// What has had the poll under way wait last.
    waits_for: Cell<Resource>,
}

thread_local! {
    // Without a destructor: reading it is reading the thread's memory.
    static BUDGET: Budget = const {
        Budget {
            left: Cell::new(UNLIMITED),
            full: Cell::new(UNLIMITED),
            waits_for: Cell::new(Resource::Unknown),
        }
    };
}

/// A poll of a task begins.
#[inline]
pub(crate) fn begin_poll() {
    BUDGET.with(|budget| {
        budget.left.set(budget.full.get());
        budget.waits_for.set(Resource::Unknown);
    });
}

/// The poll under way will be Pending because of this, unless something else is ready.
#[inline]
pub(crate) fn wait_for(resource: Resource) {
    BUDGET.with(|budget| budget.waits_for.set(resource));
}

/// What has had the poll that has just ended wait last.
#[inline]
pub(crate) fn waited_for() -> Resource {
    BUDGET.with(|budget| budget.waits_for.get())
}

/// Accounts for what a resource has said: an operation is done, or the task waits.
#[inline]
pub(crate) fn account<T>(polled: Poll<T>, resource: Resource) -> Poll<T> {
    if polled.is_ready() {
        spend()
    } else {
        wait_for(resource)
    }
    polled
}

/// Whether the poll under way may do another operation.
#[inline]
pub(crate) fn is_left() -> bool {
    BUDGET.with(|budget| budget.left.get()) > USED_UP
}

/// The poll under way has done an operation, for which [`poll_turn`] was asked before.
#[inline]
pub(crate) fn spend() {
    BUDGET.with(|budget| {
        let left = budget.left.get();
        // An operation may go on for another that was let through before: that is no debt.
        let is_limited = left != UNLIMITED && left > USED_UP;
        budget.left.set(left - u32::from(is_limited));
    });
}

/// Ready if the poll under way may do another operation. If not, its task is queued again behind
/// all others, and the resource has to return Pending.
#[inline]
pub(crate) fn poll_turn(context: &Context<'_>) -> Poll<()> {
    if is_left() {
        return Poll::Ready(());
    }
    give_way(context.waker());
    Poll::Pending
}

#[cold]
fn give_way(waker: &Waker) {
    let first = BUDGET.with(|budget| budget.left.replace(REFUSED)) == USED_UP;
    if first {
        context::count_forced_yield();
    }
    if !yield_through(waker) {
        waker.wake_by_ref();
    }
}

/// Waits until a poll may do another operation: not at all, or until the next poll.
#[inline]
pub(crate) fn turn() -> Turn {
    Turn
}

/// The future of [`turn`].
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub(crate) struct Turn;

impl Future for Turn {
    type Output = ();

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        poll_turn(context)
    }
}

/// The budget as it is, to be put back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Left(u32);

impl Left {
    pub(super) fn now() -> Self {
        Self(BUDGET.with(|budget| budget.left.get()))
    }

    pub(super) fn is_unlimited(self) -> bool {
        self.0 == UNLIMITED
    }

    pub(super) fn put_back(self) {
        BUDGET.with(|budget| budget.left.set(self.0));
    }
}

/// While it lives, polls on this thread begin with a runtime's budget.
#[derive(Debug)]
pub(crate) struct BudgetScope {
    left: u32,
    full: u32,
}

impl BudgetScope {
    /// `None` is no limit.
    pub(crate) fn enter(operations: Option<u32>) -> Self {
        let full = operations.map_or(UNLIMITED, |it| it.saturating_add(USED_UP).min(UNLIMITED - 1));
        BUDGET.with(|budget| {
            let previous = Self { left: budget.left.get(), full: budget.full.replace(full) };
            budget.left.set(UNLIMITED);
            previous
        })
    }
}

impl Drop for BudgetScope {
    fn drop(&mut self) {
        BUDGET.with(|budget| {
            budget.left.set(self.left);
            budget.full.set(self.full);
        });
    }
}

/// Puts a budget back, also when a poll panics.
struct Restore(Left);

impl Drop for Restore {
    fn drop(&mut self) {
        self.0.put_back();
    }
}

/// Calls `poll` with a full budget, if the thread has any.
pub(crate) fn budgeted<R>(poll: impl FnOnce() -> R) -> R {
    let _restore = Restore(Left::now());
    begin_poll();
    poll()
}

/// Calls `f` without a limit.
#[inline]
pub(crate) fn without_budget<R>(f: impl FnOnce() -> R) -> R {
    let _restore = Restore(Left::now());
    Left(UNLIMITED).put_back();
    f()
}

#[cfg(test)]
mod tests {
    use super::{BudgetScope, Left, begin_poll, is_left, poll_turn, spend, without_budget};
    use std::task::{Context, Poll, Waker};

    #[test]
    fn a_poll_does_so_many_operations() {
        let _scope = BudgetScope::enter(Some(3));
        assert!(Left::now().is_unlimited(), "between polls");
        for _ in 0..2 {
            begin_poll();
            let done = std::iter::from_fn(|| is_left().then(spend)).take(10).count();
            assert_eq!(done, 3);
            spend();
            assert_eq!(poll_turn(&Context::from_waker(Waker::noop())), Poll::Pending);
            assert!(without_budget(is_left));
            assert!(!is_left());
        }
    }

    #[test]
    fn no_limit_is_none() {
        let _scope = BudgetScope::enter(None);
        begin_poll();
        (0..1000).for_each(|_| spend());
        assert!(is_left());
    }

    #[test]
    fn what_was_before_comes_back() {
        let before = Left::now();
        drop(BudgetScope::enter(Some(1)));
        assert_eq!(Left::now(), before);
    }
}
