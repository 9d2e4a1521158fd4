//! The future that `block_on` was given, as seen by its wakers.

use crate::task::coop::{BudgetScope, budgeted};
use crate::worker::Shared;
use primitives::parker::Parker;
use primitives::shim::atomic::{AtomicBool, Ordering};
use reactor::Reactor;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Wake;

/// Wakes a root future, whether its thread drives the runtime or waits for its turn to.
pub(super) struct RootWaker {
    woken: AtomicBool,
    /// Where the thread sleeps if it drives the runtime.
    reactor: Arc<Reactor>,
    /// Where the thread sleeps if another one does.
    pub(super) parker: Parker,
}

impl RootWaker {
    /// Woken already: a future is polled once before anything wakes it.
    pub(super) fn new(reactor: Arc<Reactor>) -> Self {
        Self { woken: AtomicBool::new(true), reactor, parker: Parker::new() }
    }

    /// Whether the future will have to be polled.
    pub(super) fn is_woken(&self) -> bool {
        // ORDERING: Relaxed, a look; `take_woken` pairs with the wake. A wake that is missed here
        // has left a permit that brings the thread back before it sleeps.
        self.woken.load(Ordering::Relaxed)
    }

    /// Whether the future has to be polled. The next call says no, unless it was woken again.
    pub(super) fn take_woken(&self) -> bool {
        // ORDERING: Acquire pairs with the Release in `wake_by_ref`.
        self.woken.swap(false, Ordering::Acquire)
    }
}

/// Polls a root future on this thread, which sleeps in between, while others drive the runtime.
pub(super) fn park_on_root<F: Future>(shared: &Shared, future: F) -> F::Output {
    let _budget = BudgetScope::enter(shared.config.coop_budget);
    let mut future = pin!(future);
    primitives::park_on(poll_fn(|context| budgeted(|| future.as_mut().poll(context))))
}

impl Wake for RootWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        // ORDERING: Release pairs with the Acquire in `take_woken`; that the thread looks again
        // is up to the permits of the two places it may sleep in.
        self.woken.store(true, Ordering::Release);
        self.reactor.unpark();
        self.parker.unpark();
    }
}
