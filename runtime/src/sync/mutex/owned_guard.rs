//! A guard that owns its mutex.

use super::{Mutex, OwnedKey, OwnedMappedMutexGuard};
use crate::sync::access::{Exclusive, guard};
use std::sync::Arc;

/// Holds the lock of a [`Mutex`], and the mutex itself by an `Arc`; dropping it unlocks.
///
/// # Examples
///
/// ```
/// use graph_runtime::sync::Mutex;
/// use std::sync::Arc;
///
/// # #[graph_runtime::main]
/// # async fn main() {
/// let mutex = Arc::new(Mutex::new(1));
/// let mut guard = Arc::clone(&mutex).lock_owned().await;
/// // The guard can go where a borrow could not.
/// graph_runtime::spawn(async move { *guard += 1 }).await.unwrap();
/// assert_eq!(*mutex.lock().await, 2);
/// # }
/// ```
#[must_use = "dropping the guard unlocks at once"]
#[clippy::has_significant_drop]
pub struct OwnedMutexGuard<T: ?Sized>(Exclusive<OwnedKey<T>, T>);

guard!(exclusive OwnedMutexGuard<T> lends T);

impl<T: ?Sized> OwnedMutexGuard<T> {
    pub(super) fn new(access: Exclusive<OwnedKey<T>, T>) -> Self {
        Self(access)
    }

    /// A guard of a part of the value.
    pub fn map<U: ?Sized, F>(this: Self, f: F) -> OwnedMappedMutexGuard<T, U>
    where
        F: FnOnce(&mut T) -> &mut U,
    {
        OwnedMappedMutexGuard::new(this.0.map(f))
    }

    /// A guard of a part of the value, if there is one.
    ///
    /// # Errors
    ///
    /// The guard itself, if `f` finds nothing.
    pub fn try_map<U: ?Sized, F>(this: Self, f: F) -> Result<OwnedMappedMutexGuard<T, U>, Self>
    where
        F: FnOnce(&mut T) -> Option<&mut U>,
    {
        this.0.try_map(f).map(OwnedMappedMutexGuard::new).map_err(Self)
    }

    /// The mutex it holds.
    pub fn mutex(this: &Self) -> &Arc<Mutex<T>> {
        &this.0.key().0
    }
}
