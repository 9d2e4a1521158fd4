//! A readers-writer lock that does not poison.

#[cfg(loom)]
use loom::sync as imp;
use std::fmt;
use std::ops::{Deref, DerefMut};
#[cfg(not(loom))]
use std::sync as imp;
use std::sync::PoisonError;

/// Shared access to read, exclusive access to write, without poisoning. It blocks threads.
///
/// For values that are lent to the user, who may panic while it is locked; nothing of ours is in
/// there that could be left half done.
pub struct RwLock<T>(imp::RwLock<T>);

/// Shared access to the value behind a [`RwLock`].
#[must_use = "dropping the guard unlocks at once"]
pub struct RwLockReadGuard<'a, T>(imp::RwLockReadGuard<'a, T>);

/// Exclusive access to the value behind a [`RwLock`].
#[must_use = "dropping the guard unlocks at once"]
pub struct RwLockWriteGuard<'a, T>(imp::RwLockWriteGuard<'a, T>);

impl<T> RwLock<T> {
    /// An unlocked lock around `value`.
    pub fn new(value: T) -> Self {
        Self(imp::RwLock::new(value))
    }

    /// Blocks until it may read.
    pub fn read(&self) -> RwLockReadGuard<'_, T> {
        RwLockReadGuard(self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Blocks until it may write.
    pub fn write(&self) -> RwLockWriteGuard<'_, T> {
        RwLockWriteGuard(self.0.write().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<T> Deref for RwLockReadGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> Deref for RwLockWriteGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for RwLockWriteGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T> fmt::Debug for RwLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RwLock").finish_non_exhaustive()
    }
}
