//! A guard that borrows its mutex.

use super::{Key, MappedMutexGuard, Mutex};
use crate::sync::access::{Exclusive, guard};

/// Holds the lock of a [`Mutex`]; dropping it unlocks.
#[must_use = "dropping the guard unlocks at once"]
#[clippy::has_significant_drop]
pub struct MutexGuard<'a, T: ?Sized>(Exclusive<Key<'a>, T>, &'a Mutex<T>);

guard!(exclusive MutexGuard<'a, T> lends T);

impl<'a, T: ?Sized> MutexGuard<'a, T> {
    #[inline]
    pub(super) fn new(access: Exclusive<Key<'a>, T>, mutex: &'a Mutex<T>) -> Self {
        Self(access, mutex)
    }

    /// A guard of a part of the value. (A function, not a method, as `T` may have one.)
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime::sync::{Mutex, MutexGuard};
    ///
    /// let pair = Mutex::new((1, "one"));
    /// let mut left = MutexGuard::map(pair.try_lock().unwrap(), |pair| &mut pair.0);
    /// *left = 2;
    /// drop(left);
    /// assert_eq!(*pair.try_lock().unwrap(), (2, "one"));
    /// ```
    pub fn map<U: ?Sized, F>(this: Self, f: F) -> MappedMutexGuard<'a, U>
    where
        F: FnOnce(&mut T) -> &mut U,
    {
        MappedMutexGuard::new(this.0.map(f))
    }

    /// A guard of a part of the value, if there is one.
    ///
    /// # Errors
    ///
    /// The guard itself, if `f` finds nothing.
    pub fn try_map<U: ?Sized, F>(this: Self, f: F) -> Result<MappedMutexGuard<'a, U>, Self>
    where
        F: FnOnce(&mut T) -> Option<&mut U>,
    {
        let Self(access, mutex) = this;
        match access.try_map(f) {
            Ok(access) => Ok(MappedMutexGuard::new(access)),
            Err(access) => Err(Self(access, mutex)),
        }
    }

    /// The mutex it holds.
    pub fn mutex(this: &Self) -> &'a Mutex<T> {
        this.1
    }
}
