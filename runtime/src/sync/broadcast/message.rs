//! One message, on its way to several receivers.

use primitives::shim::Mutex;
use primitives::shim::atomic::{AtomicUsize, Ordering};

/// A value, and how many receivers have not read it yet.
pub(super) struct Message<T> {
    unread: AtomicUsize,
    /// Its own lock: see the module's documentation. Gone when everybody has read it.
    value: Mutex<Option<T>>,
}

impl<T> Message<T> {
    pub(super) fn new(value: T) -> Self {
        Self { unread: AtomicUsize::new(0), value: Mutex::new(Some(value)) }
    }

    /// Says how many receivers there are, before anybody has seen the message.
    pub(super) fn set_unread(&self, receivers: usize) {
        // ORDERING: Relaxed; it is published by the lock of the ring.
        self.unread.store(receivers, Ordering::Relaxed);
    }

    /// Whether some receiver has not read it.
    pub(super) fn is_unread(&self) -> bool {
        // ORDERING: Relaxed; a statistic.
        self.unread.load(Ordering::Relaxed) > 0
    }

    /// Unwraps the value, if it has not been read by everybody.
    pub(super) fn into_inner(self) -> Option<T> {
        self.value.into_inner()
    }

    /// Reads it on behalf of one receiver, which does so once.
    pub(super) fn read(&self) -> T
    where
        T: Clone,
    {
        // Counts also if the clone panics.
        let _read = Read(self);
        let value = self.value.lock();
        value.as_ref().expect("there is one until the last receiver has read it").clone()
    }

    /// A receiver goes without having read it.
    pub(super) fn skip(&self) {
        // ORDERING: Relaxed; the last one has the value's lock to see what the others did to it.
        if self.unread.fetch_sub(1, Ordering::Relaxed) == 1 {
            let value = self.value.lock().take();
            drop(value);
        }
    }
}

struct Read<'a, T>(&'a Message<T>);

impl<T> Drop for Read<'_, T> {
    fn drop(&mut self) {
        // The others may have read it meanwhile: then the value goes now.
        self.0.skip();
    }
}
