//! A write guard that owns its lock.

use super::{OwnedKey, OwnedRwLockMappedWriteGuard, OwnedRwLockReadGuard, RwLock};
use crate::sync::access::{Exclusive, guard};
use std::sync::Arc;

/// Writes what a [`RwLock`] holds, and holds the lock itself by an `Arc`; dropping it unlocks.
#[must_use = "dropping the guard unlocks at once"]
#[clippy::has_significant_drop]
pub struct OwnedRwLockWriteGuard<T: ?Sized>(Exclusive<OwnedKey<T>, T>);

guard!(exclusive OwnedRwLockWriteGuard<T> lends T);

impl<T: ?Sized> OwnedRwLockWriteGuard<T> {
    pub(super) fn new(access: Exclusive<OwnedKey<T>, T>) -> Self {
        Self(access)
    }

    /// A guard of a part of the value. (A function, not a method, as `T` may have one.)
    pub fn map<F, U: ?Sized>(this: Self, f: F) -> OwnedRwLockMappedWriteGuard<T, U>
    where
        F: FnOnce(&mut T) -> &mut U,
    {
        OwnedRwLockMappedWriteGuard::new(this.0.map(f))
    }

    /// A guard of a part of the value, if there is one.
    ///
    /// # Errors
    ///
    /// The guard itself, if `f` finds nothing.
    pub fn try_map<F, U: ?Sized>(
        this: Self,
        f: F,
    ) -> Result<OwnedRwLockMappedWriteGuard<T, U>, Self>
    where
        F: FnOnce(&mut T) -> Option<&mut U>,
    {
        this.0.try_map(f).map(OwnedRwLockMappedWriteGuard::new).map_err(Self)
    }

    /// A read guard of a part of the value; nobody writes in between. Those who wait to read, and
    /// are next, read as well.
    pub fn downgrade_map<F, U: ?Sized>(this: Self, f: F) -> OwnedRwLockReadGuard<T, U>
    where
        F: FnOnce(&T) -> &U,
    {
        OwnedRwLockReadGuard::new(this.0.downgrade_map(f, OwnedKey::downgrade))
    }

    /// A read guard of a part of the value, if there is one; nobody writes in between.
    ///
    /// # Errors
    ///
    /// The guard itself, still for writing, if `f` finds nothing.
    pub fn try_downgrade_map<F, U: ?Sized>(
        this: Self,
        f: F,
    ) -> Result<OwnedRwLockReadGuard<T, U>, Self>
    where
        F: FnOnce(&T) -> Option<&U>,
    {
        let access = this.0.try_downgrade_map(f, OwnedKey::downgrade);
        access.map(OwnedRwLockReadGuard::new).map_err(Self)
    }

    /// The same guard, as one of a part of the value: the whole of it.
    pub fn into_mapped(this: Self) -> OwnedRwLockMappedWriteGuard<T> {
        OwnedRwLockMappedWriteGuard::new(this.0)
    }

    /// A read guard; nobody writes in between. Those who wait to read, and are next, read as well.
    pub fn downgrade(self) -> OwnedRwLockReadGuard<T> {
        OwnedRwLockReadGuard::new(self.0.downgrade(OwnedKey::downgrade))
    }

    /// The lock it holds.
    pub fn rwlock(this: &Self) -> &Arc<RwLock<T>> {
        &this.0.key().lock
    }
}
