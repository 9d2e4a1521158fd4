//! A guard of a part of what a mutex holds.

use super::Key;
use crate::sync::access::{Exclusive, guard};

/// Holds the lock of a [`Mutex`](super::Mutex) and lends a part of the value; made by
/// [`MutexGuard::map`](super::MutexGuard::map).
#[must_use = "dropping the guard unlocks at once"]
#[clippy::has_significant_drop]
pub struct MappedMutexGuard<'a, T: ?Sized>(Exclusive<Key<'a>, T>);

guard!(exclusive MappedMutexGuard<'a, T> lends T);

impl<'a, T: ?Sized> MappedMutexGuard<'a, T> {
    pub(super) fn new(access: Exclusive<Key<'a>, T>) -> Self {
        Self(access)
    }

    /// A guard of a smaller part of the value.
    pub fn map<U: ?Sized, F>(this: Self, f: F) -> MappedMutexGuard<'a, U>
    where
        F: FnOnce(&mut T) -> &mut U,
    {
        MappedMutexGuard(this.0.map(f))
    }

    /// A guard of a smaller part of the value, if there is one.
    ///
    /// # Errors
    ///
    /// The guard itself, if `f` finds nothing.
    pub fn try_map<U: ?Sized, F>(this: Self, f: F) -> Result<MappedMutexGuard<'a, U>, Self>
    where
        F: FnOnce(&mut T) -> Option<&mut U>,
    {
        this.0.try_map(f).map(MappedMutexGuard).map_err(Self)
    }
}
