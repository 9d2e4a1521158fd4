//! A write guard of a part of what a lock holds.

use super::Key;
use crate::sync::access::{Exclusive, guard};

/// Writes a part of what a [`RwLock`](super::RwLock) holds; made by
/// [`RwLockWriteGuard::map`](super::RwLockWriteGuard::map).
#[must_use = "dropping the guard unlocks at once"]
#[clippy::has_significant_drop]
pub struct RwLockMappedWriteGuard<'a, T: ?Sized>(Exclusive<Key<'a>, T>);

guard!(exclusive RwLockMappedWriteGuard<'a, T> lends T);

impl<'a, T: ?Sized> RwLockMappedWriteGuard<'a, T> {
    pub(super) fn new(access: Exclusive<Key<'a>, T>) -> Self {
        Self(access)
    }

    /// A guard of a smaller part of the value.
    pub fn map<F, U: ?Sized>(this: Self, f: F) -> RwLockMappedWriteGuard<'a, U>
    where
        F: FnOnce(&mut T) -> &mut U,
    {
        RwLockMappedWriteGuard(this.0.map(f))
    }

    /// A guard of a smaller part of the value, if there is one.
    ///
    /// # Errors
    ///
    /// The guard itself, if `f` finds nothing.
    pub fn try_map<F, U: ?Sized>(this: Self, f: F) -> Result<RwLockMappedWriteGuard<'a, U>, Self>
    where
        F: FnOnce(&mut T) -> Option<&mut U>,
    {
        this.0.try_map(f).map(RwLockMappedWriteGuard).map_err(Self)
    }
}
