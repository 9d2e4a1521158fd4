//! A read guard that borrows its lock.

use super::Key;
use crate::sync::access::{Shared, guard};

/// Reads what a [`RwLock`](super::RwLock) holds; dropping it unlocks.
#[must_use = "dropping the guard unlocks at once"]
#[clippy::has_significant_drop]
pub struct RwLockReadGuard<'a, T: ?Sized>(Shared<Key<'a>, T>);

guard!(shared RwLockReadGuard<'a, T> lends T);

impl<'a, T: ?Sized> RwLockReadGuard<'a, T> {
    pub(super) fn new(access: Shared<Key<'a>, T>) -> Self {
        Self(access)
    }

    /// A guard of a part of the value. (A function, not a method, as `T` may have one.)
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime::sync::{RwLock, RwLockReadGuard};
    ///
    /// let lock = RwLock::new((1, "one"));
    /// let name = RwLockReadGuard::map(lock.try_read().unwrap(), |pair| &pair.1);
    /// assert_eq!(*name, "one");
    /// ```
    pub fn map<F, U: ?Sized>(this: Self, f: F) -> RwLockReadGuard<'a, U>
    where
        F: FnOnce(&T) -> &U,
    {
        RwLockReadGuard(this.0.map(f))
    }

    /// A guard of a part of the value, if there is one.
    ///
    /// # Errors
    ///
    /// The guard itself, if `f` finds nothing.
    pub fn try_map<F, U: ?Sized>(this: Self, f: F) -> Result<RwLockReadGuard<'a, U>, Self>
    where
        F: FnOnce(&T) -> Option<&U>,
    {
        this.0.try_map(f).map(RwLockReadGuard).map_err(Self)
    }
}
