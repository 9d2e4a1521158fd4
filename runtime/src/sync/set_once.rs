//! A value that is given once, and can be waited for.

use super::Notify;
use super::once_slot::OnceSlot;
use crate::task::coop;
use primitives::shim::const_fn;
use std::fmt;
use thiserror::Error;

/// A value that somebody gives once, while others wait for it.
///
/// Reading it when it is there is one atomic load.
///
/// # Examples
///
/// ```
/// use graph_runtime::sync::SetOnce;
///
/// static ADDRESS: SetOnce<u16> = SetOnce::const_new();
///
/// # #[graph_runtime::main]
/// # async fn main() {
/// let server = graph_runtime::spawn(async { ADDRESS.set(7000) });
/// assert_eq!(*ADDRESS.wait().await, 7000);
/// server.await.unwrap().unwrap();
/// assert_eq!(ADDRESS.set(7001).unwrap_err().0, 7001);
/// # }
/// ```
pub struct SetOnce<T> {
    slot: OnceSlot<T>,
    filled: Notify,
}

impl<T> SetOnce<T> {
    const_fn! {
        /// Without a value.
        pub const fn new() -> Self {
            Self { slot: OnceSlot::empty(), filled: Notify::const_new() }
        }
    }

    const_fn! {
        /// As [`new`](Self::new), for statics.
        pub const fn const_new() -> Self {
            Self::new()
        }
    }

    /// Perhaps with a value.
    pub fn new_with(value: Option<T>) -> Self {
        value.map_or_else(Self::new, Self::from)
    }

    const_fn! {
        /// With a value, for statics.
        pub const fn const_new_with(value: T) -> Self {
            Self { slot: OnceSlot::full(value), filled: Notify::const_new() }
        }
    }

    /// Whether it has a value.
    pub fn initialized(&self) -> bool {
        self.slot.is_full()
    }

    /// The value, if there is one.
    pub fn get(&self) -> Option<&T> {
        self.slot.get()
    }

    /// Gives it a value, and wakes everybody who waits.
    ///
    /// # Errors
    ///
    /// The value back, if there is one already, or another thread is just giving one.
    pub fn set(&self, value: T) -> Result<(), SetOnceError<T>> {
        self.slot.fill(value).map_err(SetOnceError)?;
        self.filled.notify_waiters();
        Ok(())
    }

    /// Waits for the value.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future gives up the place in line, and nothing else.
    pub async fn wait(&self) -> &T {
        coop::turn().await;
        loop {
            if let Some(value) = self.get() {
                coop::spend();
                return value;
            }
            let filled = self.filled.notified();
            // Now that a later `set` would be seen, look again for an earlier one.
            if let Some(value) = self.get() {
                return value;
            }
            filled.await;
        }
    }

    /// Unwraps the value.
    pub fn into_inner(self) -> Option<T> {
        self.slot.into_inner()
    }
}

impl<T> Default for SetOnce<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> From<T> for SetOnce<T> {
    fn from(value: T) -> Self {
        Self::const_new_with(value)
    }
}

impl<T: Clone> Clone for SetOnce<T> {
    fn clone(&self) -> Self {
        Self::new_with(self.get().cloned())
    }
}

impl<T: PartialEq> PartialEq for SetOnce<T> {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl<T: Eq> Eq for SetOnce<T> {}

impl<T: fmt::Debug> fmt::Debug for SetOnce<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SetOnce").field("value", &self.get()).finish()
    }
}

/// A [`SetOnce`] had a value already; this is the one it did not take.
#[derive(Debug, PartialEq, Eq, Error)]
#[error("the value has been set already")]
pub struct SetOnceError<T>(pub T);
