//! What senders and receivers share.

use super::error::RecvError;
use crate::sync::Notify;
use crate::task::coop;
use primitives::shim::RwLock;
use primitives::shim::atomic::{AtomicU64, AtomicUsize, Ordering};

/// Set when all senders are gone.
const CLOSED: u64 = 1;
/// One change of the value.
pub(super) const CHANGE: u64 = 2;

pub(super) struct Shared<T> {
    pub(super) value: RwLock<T>,
    /// How often the value changed, and CLOSED. The count changes under the value's lock.
    state: AtomicU64,
    senders: AtomicUsize,
    receivers: AtomicUsize,
    /// Given when the value changes, and when all senders are gone.
    pub(super) changed: Notify,
    /// Given when the last receiver goes.
    pub(super) unseen: Notify,
}

impl<T> Shared<T> {
    /// A channel with one sender.
    pub(super) fn new(value: T) -> Self {
        Self {
            value: RwLock::new(value),
            state: AtomicU64::new(0),
            senders: AtomicUsize::new(1),
            receivers: AtomicUsize::new(0),
            changed: Notify::new(),
            unseen: Notify::new(),
        }
    }

    fn load(&self) -> u64 {
        // ORDERING: Acquire pairs with the Release of `modify` and `remove_sender`.
        self.state.load(Ordering::Acquire)
    }

    /// How often the value changed. Under the value's lock that belongs to the value.
    pub(super) fn version(&self) -> u64 {
        self.load() & !CLOSED
    }

    /// Whether all senders are gone.
    pub(super) fn is_closed(&self) -> bool {
        self.load() & CLOSED != 0
    }

    /// Whether the value has changed since `version`.
    ///
    /// # Errors
    ///
    /// If all senders are gone.
    pub(super) fn has_changed(&self, version: u64) -> Result<bool, RecvError> {
        let state = self.load();
        if state & CLOSED != 0 { Err(RecvError(())) } else { Ok(state & !CLOSED != version) }
    }

    /// Whether the value has changed since `version`, which is brought up to date. `None` if that
    /// may still come.
    fn take_change(&self, version: &mut u64) -> Option<Result<(), RecvError>> {
        let state = self.load();
        let now = state & !CLOSED;
        if now != *version {
            *version = now;
            return Some(Ok(()));
        }
        (state & CLOSED != 0).then_some(Err(RecvError(())))
    }

    /// Waits until the value has changed since `version`, which is brought up to date.
    pub(super) async fn wait_for_change(&self, version: &mut u64) -> Result<(), RecvError> {
        coop::turn().await;
        loop {
            // From here on, a change that is not seen below gives the signal.
            let changed = self.changed.notified();
            if let Some(result) = self.take_change(version) {
                coop::spend();
                return result;
            }
            changed.await;
        }
    }

    /// Lets `f` change the value. If it says that it did, receivers are told.
    pub(super) fn modify(&self, f: impl FnOnce(&mut T) -> bool) -> bool {
        let mut value = self.value.write();
        if !f(&mut value) {
            return false;
        }
        // ORDERING: Release publishes the value to who sees the change; that one takes the lock
        // to look at it, but may have read other things first.
        self.state.fetch_add(CHANGE, Ordering::Release);
        drop(value);
        self.changed.notify_waiters();
        true
    }

    pub(super) fn add_sender(&self) {
        // ORDERING: Relaxed; whoever adds one has one, so the count does not become 0.
        self.senders.fetch_add(1, Ordering::Relaxed);
    }

    /// The last sender to go closes the channel.
    pub(super) fn remove_sender(&self) {
        // ORDERING: AcqRel puts what all senders did before what the last one does.
        if self.senders.fetch_sub(1, Ordering::AcqRel) == 1 {
            // ORDERING: Release as above.
            self.state.fetch_or(CLOSED, Ordering::Release);
            self.changed.notify_waiters();
        }
    }

    pub(super) fn senders(&self) -> usize {
        // ORDERING: a statistic.
        self.senders.load(Ordering::Relaxed)
    }

    pub(super) fn add_receiver(&self) {
        // ORDERING: Relaxed; it publishes nothing.
        self.receivers.fetch_add(1, Ordering::Relaxed);
    }

    /// The last receiver to go tells the senders.
    pub(super) fn remove_receiver(&self) {
        // ORDERING: AcqRel puts what all receivers did before what the senders do when told.
        if self.receivers.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.unseen.notify_waiters();
        }
    }

    pub(super) fn receivers(&self) -> usize {
        // ORDERING: Acquire pairs with the Release in `remove_receiver`.
        self.receivers.load(Ordering::Acquire)
    }
}
