//! A receiving end.

use super::Ref;
use super::error::RecvError;
use super::shared::{CHANGE, Shared};
use crate::task::coop;
use std::fmt;
use std::sync::Arc;

/// Sees the latest value; made by [`channel`](super::channel) and
/// [`Sender::subscribe`](super::Sender::subscribe). A clone has seen what its original has.
pub struct Receiver<T> {
    shared: Arc<Shared<T>>,
    /// The last version it has seen.
    version: u64,
}

impl<T> Receiver<T> {
    pub(super) fn new(shared: Arc<Shared<T>>, version: u64) -> Self {
        shared.add_receiver();
        Self { shared, version }
    }

    /// The latest value, on loan; see [Borrowing](super#borrowing). It does not count as seen.
    pub fn borrow(&self) -> Ref<'_, T> {
        let value = self.shared.value.read();
        let has_changed = self.shared.version() != self.version;
        Ref::new(value, has_changed)
    }

    /// The latest value, on loan; see [Borrowing](super#borrowing). It counts as seen.
    pub fn borrow_and_update(&mut self) -> Ref<'_, T> {
        let value = self.shared.value.read();
        let now = self.shared.version();
        let before = std::mem::replace(&mut self.version, now);
        Ref::new(value, now != before)
    }

    /// Whether there is a value that it has not seen.
    ///
    /// # Errors
    ///
    /// If all senders are gone.
    pub fn has_changed(&self) -> Result<bool, RecvError> {
        self.shared.has_changed(self.version)
    }

    /// Whether all senders are gone.
    pub fn is_closed(&self) -> bool {
        self.shared.is_closed()
    }

    /// Lets the latest value count as not seen.
    pub fn mark_changed(&mut self) {
        self.version = self.version.wrapping_sub(CHANGE);
    }

    /// Lets the latest value count as seen.
    pub fn mark_unchanged(&mut self) {
        self.version = self.shared.version();
    }

    /// Waits for a value that it has not seen, which counts as seen from then on.
    ///
    /// # Errors
    ///
    /// If all senders are gone, and it has seen the last value.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future before it is done leaves the value unseen.
    pub async fn changed(&mut self) -> Result<(), RecvError> {
        self.shared.wait_for_change(&mut self.version).await
    }

    /// Waits for a value for which `f` is true, which counts as seen, and lends it. It may be the
    /// latest one already.
    ///
    /// `f` runs under the lock of the value: it must not use the channel.
    ///
    /// # Errors
    ///
    /// If all senders are gone, and `f` is false for the last value.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses nothing, but values may count as seen for which `f` was false.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime::sync::watch;
    ///
    /// # #[graph_runtime::main]
    /// # async fn main() {
    /// let (sender, mut receiver) = watch::channel(0);
    /// let task = graph_runtime::spawn(async move {
    ///     for n in 1..=5 {
    ///         sender.send(n).unwrap();
    ///         graph_runtime::task::yield_now().await;
    ///     }
    ///     sender.closed().await;
    /// });
    /// assert!(*receiver.wait_for(|n| *n >= 3).await.unwrap() >= 3);
    /// drop(receiver);
    /// task.await.unwrap();
    /// # }
    /// ```
    pub async fn wait_for(
        &mut self,
        mut f: impl FnMut(&T) -> bool,
    ) -> Result<Ref<'_, T>, RecvError> {
        coop::turn().await;
        let Self { shared, version } = self;
        let mut result = Ok(());
        loop {
            {
                let value = shared.value.read();
                let now = shared.version();
                let before = std::mem::replace(version, now);
                if f(&value) {
                    coop::spend();
                    return Ok(Ref::new(value, now != before));
                }
            }
            result?;
            // If there is no sender any more, the last value is looked at once more.
            result = shared.wait_for_change(version).await;
        }
    }

    /// Whether both see the same value.
    pub fn same_channel(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }
}

impl<T> Clone for Receiver<T> {
    fn clone(&self) -> Self {
        Self::new(Arc::clone(&self.shared), self.version)
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        self.shared.remove_receiver();
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").field("is_closed", &self.is_closed()).finish_non_exhaustive()
    }
}
