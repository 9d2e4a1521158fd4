//! A write guard that borrows its lock.

use super::{Key, RwLock, RwLockMappedWriteGuard, RwLockReadGuard};
use crate::sync::access::{Exclusive, guard};
use std::marker::PhantomData;

/// Writes what a [`RwLock`] holds; dropping it unlocks.
#[must_use = "dropping the guard unlocks at once"]
#[clippy::has_significant_drop]
pub struct RwLockWriteGuard<'a, T: ?Sized>(
    Exclusive<Key<'a>, T>,
    /// Downgraded on another thread it would share the value with this one, so it may go there only
    /// if the lock itself may.
    PhantomData<&'a RwLock<T>>,
);

guard!(exclusive RwLockWriteGuard<'a, T> lends T);

impl<'a, T: ?Sized> RwLockWriteGuard<'a, T> {
    pub(super) fn new(access: Exclusive<Key<'a>, T>) -> Self {
        Self(access, PhantomData)
    }

    /// A guard of a part of the value. (A function, not a method, as `T` may have one.)
    pub fn map<F, U: ?Sized>(this: Self, f: F) -> RwLockMappedWriteGuard<'a, U>
    where
        F: FnOnce(&mut T) -> &mut U,
    {
        RwLockMappedWriteGuard::new(this.0.map(f))
    }

    /// A guard of a part of the value, if there is one.
    ///
    /// # Errors
    ///
    /// The guard itself, if `f` finds nothing.
    pub fn try_map<F, U: ?Sized>(this: Self, f: F) -> Result<RwLockMappedWriteGuard<'a, U>, Self>
    where
        F: FnOnce(&mut T) -> Option<&mut U>,
    {
        this.0.try_map(f).map(RwLockMappedWriteGuard::new).map_err(Self::new)
    }

    /// A read guard of a part of the value; nobody writes in between. Those who wait to read, and
    /// are next, read as well.
    pub fn downgrade_map<F, U: ?Sized>(this: Self, f: F) -> RwLockReadGuard<'a, U>
    where
        F: FnOnce(&T) -> &U,
    {
        RwLockReadGuard::new(this.0.downgrade_map(f, Key::downgrade))
    }

    /// A read guard of a part of the value, if there is one; nobody writes in between.
    ///
    /// # Errors
    ///
    /// The guard itself, still for writing, if `f` finds nothing.
    pub fn try_downgrade_map<F, U: ?Sized>(this: Self, f: F) -> Result<RwLockReadGuard<'a, U>, Self>
    where
        F: FnOnce(&T) -> Option<&U>,
    {
        let access = this.0.try_downgrade_map(f, Key::downgrade);
        access.map(RwLockReadGuard::new).map_err(Self::new)
    }

    /// The same guard, as one of a part of the value: the whole of it.
    pub fn into_mapped(this: Self) -> RwLockMappedWriteGuard<'a, T> {
        RwLockMappedWriteGuard::new(this.0)
    }

    /// A read guard; nobody writes in between. Those who wait to read, and are next, read as well.
    pub fn downgrade(self) -> RwLockReadGuard<'a, T> {
        RwLockReadGuard::new(self.0.downgrade(Key::downgrade))
    }
}
