//! A timer's place in some worker's wheel.

use crate::runtime::Handle;
use primitives::Timestamp;
use reactor::{Reactor, TimerKey};
use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

/// A timer of one runtime, registered when it is first polled and not yet due.
pub(super) struct Entry {
    handle: Handle,
    deadline: Timestamp,
    registered: Option<(Arc<Reactor>, TimerKey)>,
}

impl Entry {
    pub(super) fn new(handle: Handle, deadline: Timestamp) -> Self {
        Self { handle, deadline, registered: None }
    }

    pub(super) fn deadline(&self) -> Timestamp {
        self.deadline
    }

    pub(super) fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Whether the deadline has passed.
    pub(super) fn is_elapsed(&self) -> bool {
        self.handle.shared().now() >= self.deadline
    }

    /// Sets another deadline. The next poll registers anew.
    pub(super) fn reset(&mut self, deadline: Timestamp) {
        self.cancel();
        self.deadline = deadline;
    }

    /// Ready once the deadline has passed; until then the waker is woken when it does.
    #[track_caller]
    pub(super) fn poll_elapsed(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if self.is_elapsed() {
            self.cancel();
            return Poll::Ready(());
        }
        if let Some((reactor, key)) = &self.registered {
            if reactor.update_timer(*key, context.waker()) {
                return Poll::Pending;
            }
            // It has fired, between the look at the clock and now, or the runtime is gone.
            self.registered = None;
            if self.is_elapsed() {
                return Poll::Ready(());
            }
        }
        self.register(context)
    }

    #[track_caller]
    fn register(&mut self, context: &Context<'_>) -> Poll<()> {
        let reactor = self.handle.shared().reactor();
        let key = reactor.insert_timer(self.deadline, context.waker().clone());
        assert!(
            !key.is_dead(),
            "a timer was polled after its runtime was shut down; it would never fire"
        );
        self.registered = Some((Arc::clone(reactor), key));
        Poll::Pending
    }

    fn cancel(&mut self) {
        if let Some((reactor, key)) = self.registered.take() {
            reactor.cancel_timer(key);
        }
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.cancel();
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry").field("deadline", &self.deadline).finish_non_exhaustive()
    }
}
