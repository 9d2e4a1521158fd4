//! A lock that many may hold to read, or one to write.

#![allow(unsafe_code)] // Fenced: who may share the value, and turning a held lock into a guard.

mod owned_read_guard;
mod owned_write_guard;
mod owned_write_guard_mapped;
mod read_guard;
mod write_guard;
mod write_guard_mapped;

pub use owned_read_guard::OwnedRwLockReadGuard;
pub use owned_write_guard::OwnedRwLockWriteGuard;
pub use owned_write_guard_mapped::OwnedRwLockMappedWriteGuard;
pub use read_guard::RwLockReadGuard;
pub use write_guard::RwLockWriteGuard;
pub use write_guard_mapped::RwLockMappedWriteGuard;

use super::access::Guarded;
use super::blocking::block_on;
use super::error::TryLockError;
use super::permits::Permits;
use primitives::shim::const_fn;
use std::fmt;
use std::sync::Arc;

/// Shared access to read, exclusive access to write, for tasks. The lock may be held across an
/// `await`.
///
/// # Order
///
/// Strictly first come, first served: a reader that comes after a writer waits for it, even while
/// others read. So writers do not starve, and *reading twice in one task can deadlock* if a writer
/// comes in between.
///
/// Underneath is a counter of permits: a reader takes one, a writer all of them. Without anybody
/// waiting, locking and unlocking are one exchange of an atomic word each.
///
/// There is no poisoning: a panic under the lock frees it.
///
/// # Examples
///
/// ```
/// use graph_runtime::sync::RwLock;
///
/// # #[graph_runtime::main]
/// # async fn main() {
/// let config = RwLock::new(5);
/// {
///     let (one, two) = (config.read().await, config.read().await);
///     assert_eq!(*one + *two, 10);
/// }
/// *config.write().await += 1;
/// assert_eq!(*config.read().await, 6);
/// # }
/// ```
pub struct RwLock<T: ?Sized> {
    permits: Permits,
    max_readers: u32,
    value: Guarded<T>,
}

// SAFETY: several threads at a time read the value, so it needs to be Sync; writers use it one at a
// time from different threads, so it needs to be Send as well.
unsafe impl<T: ?Sized + Send + Sync> Sync for RwLock<T> {}

/// What a guard by reference gives back: one permit, or all.
struct Key<'a> {
    permits: &'a Permits,
    count: usize,
}

impl Key<'_> {
    /// What was taken to write is enough to read; the rest is for others.
    fn downgrade(mut self) -> Self {
        let rest = std::mem::replace(&mut self.count, 1) - 1;
        self.permits.release(rest);
        self
    }
}

impl Drop for Key<'_> {
    #[inline]
    fn drop(&mut self) {
        self.permits.release(self.count);
    }
}

/// What an owned guard gives back.
struct OwnedKey<T: ?Sized> {
    lock: Arc<RwLock<T>>,
    count: usize,
}

impl<T: ?Sized> OwnedKey<T> {
    fn downgrade(mut self) -> Self {
        let rest = std::mem::replace(&mut self.count, 1) - 1;
        self.lock.permits.release(rest);
        self
    }
}

impl<T: ?Sized> Drop for OwnedKey<T> {
    fn drop(&mut self) {
        self.lock.permits.release(self.count);
    }
}

/// As many readers as tokio allows.
const MAX_READERS: u32 = u32::MAX >> 3;

impl<T> RwLock<T> {
    const_fn! {
        /// An unlocked lock around `value`, for up to 2<sup>29</sup> - 1 readers at a time.
        pub const fn new(value: T) -> Self {
            Self::with_max_readers(value, MAX_READERS)
        }
    }

    const_fn! {
        /// An unlocked lock around `value`, for up to `max_readers` readers at a time. More of
        /// them wait.
        ///
        /// # Panics
        ///
        /// If it is 0, or more than 2<sup>29</sup> - 1.
        #[track_caller]
        pub const fn with_max_readers(value: T, max_readers: u32) -> Self {
            assert!(max_readers > 0, "a RwLock may not be created with 0 readers");
            assert!(max_readers <= MAX_READERS, "a RwLock has at most u32::MAX >> 3 readers");
            Self {
                permits: Permits::new(max_readers as usize),
                max_readers,
                value: Guarded::new(value),
            }
        }
    }

    const_fn! {
        /// As [`new`](Self::new), for statics.
        pub const fn const_new(value: T) -> Self {
            Self::new(value)
        }
    }

    const_fn! {
        /// As [`with_max_readers`](Self::with_max_readers), for statics.
        ///
        /// # Panics
        ///
        /// If it is 0, or more than 2<sup>29</sup> - 1.
        pub const fn const_with_max_readers(value: T, max_readers: u32) -> Self {
            Self::with_max_readers(value, max_readers)
        }
    }

    /// Unwraps the value.
    pub fn into_inner(self) -> T {
        self.value.into_inner()
    }
}

impl<T: ?Sized> RwLock<T> {
    /// Waits until it may read.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future gives up the place in line, and what it had been given already goes to
    /// whoever is next.
    pub async fn read(&self) -> RwLockReadGuard<'_, T> {
        self.acquire(1).await;
        self.read_guard()
    }

    /// Waits until it may write.
    ///
    /// # Cancel safety
    ///
    /// As for [`read`](Self::read).
    pub async fn write(&self) -> RwLockWriteGuard<'_, T> {
        self.acquire(self.all()).await;
        self.write_guard()
    }

    /// Reads, if that is possible at once.
    ///
    /// # Errors
    ///
    /// If somebody writes, or waits.
    pub fn try_read(&self) -> Result<RwLockReadGuard<'_, T>, TryLockError> {
        self.try_acquire(1)?;
        Ok(self.read_guard())
    }

    /// Writes, if that is possible at once.
    ///
    /// # Errors
    ///
    /// If somebody reads, writes or waits.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime::sync::RwLock;
    ///
    /// let lock = RwLock::new(1);
    /// let writer = lock.try_write().unwrap();
    /// assert!(lock.try_read().is_err());
    /// let reader = writer.downgrade();
    /// assert!(lock.try_read().is_ok() && lock.try_write().is_err());
    /// drop(reader);
    /// ```
    pub fn try_write(&self) -> Result<RwLockWriteGuard<'_, T>, TryLockError> {
        self.try_acquire(self.all())?;
        Ok(self.write_guard())
    }

    /// Blocks the thread until it may read.
    ///
    /// # Panics
    ///
    /// On a thread that drives tasks.
    #[track_caller]
    pub fn blocking_read(&self) -> RwLockReadGuard<'_, T> {
        block_on("RwLock::blocking_read", self.read())
    }

    /// Blocks the thread until it may write.
    ///
    /// # Panics
    ///
    /// On a thread that drives tasks.
    #[track_caller]
    pub fn blocking_write(&self) -> RwLockWriteGuard<'_, T> {
        block_on("RwLock::blocking_write", self.write())
    }

    /// As [`read`](Self::read); the guard holds on to the lock by itself.
    ///
    /// # Cancel safety
    ///
    /// As for [`read`](Self::read).
    pub async fn read_owned(self: Arc<Self>) -> OwnedRwLockReadGuard<T> {
        self.acquire(1).await;
        Self::owned_read_guard(self)
    }

    /// As [`write`](Self::write); the guard holds on to the lock by itself.
    ///
    /// # Cancel safety
    ///
    /// As for [`read`](Self::read).
    pub async fn write_owned(self: Arc<Self>) -> OwnedRwLockWriteGuard<T> {
        self.acquire(self.all()).await;
        Self::owned_write_guard(self)
    }

    /// As [`try_read`](Self::try_read); the guard holds on to the lock by itself.
    ///
    /// # Errors
    ///
    /// As for [`try_read`](Self::try_read).
    pub fn try_read_owned(self: Arc<Self>) -> Result<OwnedRwLockReadGuard<T>, TryLockError> {
        self.try_acquire(1)?;
        Ok(Self::owned_read_guard(self))
    }

    /// As [`try_write`](Self::try_write); the guard holds on to the lock by itself.
    ///
    /// # Errors
    ///
    /// As for [`try_write`](Self::try_write).
    pub fn try_write_owned(self: Arc<Self>) -> Result<OwnedRwLockWriteGuard<T>, TryLockError> {
        self.try_acquire(self.all())?;
        Ok(Self::owned_write_guard(self))
    }

    /// The value, without locking: nobody else can have the lock.
    pub fn get_mut(&mut self) -> &mut T {
        self.value.get_mut()
    }

    fn all(&self) -> usize {
        self.max_readers as usize
    }

    async fn acquire(&self, count: usize) {
        let acquired = self.permits.acquire(count).await;
        acquired.expect("nobody closes a lock");
    }

    fn try_acquire(&self, count: usize) -> Result<(), TryLockError> {
        self.permits.try_acquire(count).map_err(|_| TryLockError::held())
    }

    /// One permit has just been taken.
    fn read_guard(&self) -> RwLockReadGuard<'_, T> {
        let key = Key { permits: &self.permits, count: 1 };
        // SAFETY: with one permit taken, nobody can have all of them; the key gives it back, and
        // the borrow keeps the value in its place.
        RwLockReadGuard::new(unsafe { self.value.shared(key) })
    }

    /// All permits have just been taken.
    fn write_guard(&self) -> RwLockWriteGuard<'_, T> {
        let key = Key { permits: &self.permits, count: self.all() };
        // SAFETY: with all permits taken, nobody else has one; the key gives them back, and the
        // borrow keeps the value in its place.
        RwLockWriteGuard::new(unsafe { self.value.exclusive(key) })
    }

    /// One permit has just been taken.
    fn owned_read_guard(this: Arc<Self>) -> OwnedRwLockReadGuard<T> {
        let key = OwnedKey { lock: Arc::clone(&this), count: 1 };
        // SAFETY: as in `read_guard`; the key holds on to the value where it is.
        OwnedRwLockReadGuard::new(unsafe { this.value.shared(key) })
    }

    /// All permits have just been taken.
    fn owned_write_guard(this: Arc<Self>) -> OwnedRwLockWriteGuard<T> {
        let key = OwnedKey { lock: Arc::clone(&this), count: this.all() };
        // SAFETY: as in `write_guard`; the key holds on to the value where it is.
        OwnedRwLockWriteGuard::new(unsafe { this.value.exclusive(key) })
    }
}

impl<T> From<T> for RwLock<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<T: Default> Default for RwLock<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("RwLock");
        match self.try_read() {
            Ok(guard) => debug.field("data", &&*guard),
            Err(_) => debug.field("data", &format_args!("<locked>")),
        };
        debug.finish()
    }
}
