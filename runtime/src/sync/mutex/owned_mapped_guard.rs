//! A guard that owns its mutex and lends a part of the value.

use super::OwnedKey;
use crate::sync::access::{Exclusive, guard};

/// Holds the lock of a [`Mutex`](super::Mutex) and the mutex itself, and lends a part of the
/// value; made by [`OwnedMutexGuard::map`](super::OwnedMutexGuard::map).
#[must_use = "dropping the guard unlocks at once"]
#[clippy::has_significant_drop]
pub struct OwnedMappedMutexGuard<T: ?Sized, U: ?Sized = T>(Exclusive<OwnedKey<T>, U>);

guard!(exclusive OwnedMappedMutexGuard<T, U> lends U);

impl<T: ?Sized, U: ?Sized> OwnedMappedMutexGuard<T, U> {
    pub(super) fn new(access: Exclusive<OwnedKey<T>, U>) -> Self {
        Self(access)
    }

    /// A guard of a smaller part of the value.
    pub fn map<S: ?Sized, F>(this: Self, f: F) -> OwnedMappedMutexGuard<T, S>
    where
        F: FnOnce(&mut U) -> &mut S,
    {
        OwnedMappedMutexGuard(this.0.map(f))
    }

    /// A guard of a smaller part of the value, if there is one.
    ///
    /// # Errors
    ///
    /// The guard itself, if `f` finds nothing.
    pub fn try_map<S: ?Sized, F>(this: Self, f: F) -> Result<OwnedMappedMutexGuard<T, S>, Self>
    where
        F: FnOnce(&mut U) -> Option<&mut S>,
    {
        this.0.try_map(f).map(OwnedMappedMutexGuard).map_err(Self)
    }
}
