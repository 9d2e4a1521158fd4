//! A read guard that owns its lock.

use super::{OwnedKey, RwLock};
use crate::sync::access::{Shared, guard};
use std::sync::Arc;

/// Reads what a [`RwLock`] holds, and holds the lock itself by an `Arc`; dropping it unlocks.
#[must_use = "dropping the guard unlocks at once"]
#[clippy::has_significant_drop]
pub struct OwnedRwLockReadGuard<T: ?Sized, U: ?Sized = T>(Shared<OwnedKey<T>, U>);

guard!(shared OwnedRwLockReadGuard<T, U> lends U);

impl<T: ?Sized, U: ?Sized> OwnedRwLockReadGuard<T, U> {
    pub(super) fn new(access: Shared<OwnedKey<T>, U>) -> Self {
        Self(access)
    }

    /// A guard of a part of the value. (A function, not a method, as `U` may have one.)
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime::sync::{OwnedRwLockReadGuard, RwLock};
    /// use std::sync::Arc;
    ///
    /// let lock = Arc::new(RwLock::new((1, "one")));
    /// let pair = lock.try_read_owned().unwrap();
    /// let name = OwnedRwLockReadGuard::map(pair, |pair| &pair.1);
    /// assert_eq!(*name, "one");
    /// ```
    pub fn map<F, V: ?Sized>(this: Self, f: F) -> OwnedRwLockReadGuard<T, V>
    where
        F: FnOnce(&U) -> &V,
    {
        OwnedRwLockReadGuard(this.0.map(f))
    }

    /// A guard of a part of the value, if there is one.
    ///
    /// # Errors
    ///
    /// The guard itself, if `f` finds nothing.
    pub fn try_map<F, V: ?Sized>(this: Self, f: F) -> Result<OwnedRwLockReadGuard<T, V>, Self>
    where
        F: FnOnce(&U) -> Option<&V>,
    {
        this.0.try_map(f).map(OwnedRwLockReadGuard).map_err(Self)
    }

    /// The lock it holds.
    pub fn rwlock(this: &Self) -> &Arc<RwLock<T>> {
        &this.0.key().lock
    }
}
