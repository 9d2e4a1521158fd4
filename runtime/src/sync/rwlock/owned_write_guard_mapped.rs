//! A write guard that owns its lock and lends a part of the value.

use super::{OwnedKey, RwLock};
use crate::sync::access::{Exclusive, guard};
use std::sync::Arc;

/// Writes a part of what a [`RwLock`] holds, and holds the lock itself; made by
/// [`OwnedRwLockWriteGuard::map`](super::OwnedRwLockWriteGuard::map).
#[must_use = "dropping the guard unlocks at once"]
#[clippy::has_significant_drop]
pub struct OwnedRwLockMappedWriteGuard<T: ?Sized, U: ?Sized = T>(Exclusive<OwnedKey<T>, U>);

guard!(exclusive OwnedRwLockMappedWriteGuard<T, U> lends U);

impl<T: ?Sized, U: ?Sized> OwnedRwLockMappedWriteGuard<T, U> {
    pub(super) fn new(access: Exclusive<OwnedKey<T>, U>) -> Self {
        Self(access)
    }

    /// A guard of a smaller part of the value.
    pub fn map<F, V: ?Sized>(this: Self, f: F) -> OwnedRwLockMappedWriteGuard<T, V>
    where
        F: FnOnce(&mut U) -> &mut V,
    {
        OwnedRwLockMappedWriteGuard(this.0.map(f))
    }

    /// A guard of a smaller part of the value, if there is one.
    ///
    /// # Errors
    ///
    /// The guard itself, if `f` finds nothing.
    pub fn try_map<F, V: ?Sized>(
        this: Self,
        f: F,
    ) -> Result<OwnedRwLockMappedWriteGuard<T, V>, Self>
    where
        F: FnOnce(&mut U) -> Option<&mut V>,
    {
        this.0.try_map(f).map(OwnedRwLockMappedWriteGuard).map_err(Self)
    }

    /// The lock it holds.
    pub fn rwlock(this: &Self) -> &Arc<RwLock<T>> {
        &this.0.key().lock
    }
}
