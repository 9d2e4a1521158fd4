//! A lock that tasks wait for without blocking their thread.

#![allow(unsafe_code)] // Fenced: who may share the value, and turning a held lock into a guard.

mod guard;
mod mapped_guard;
mod owned_guard;
mod owned_mapped_guard;
mod raw;

pub use guard::MutexGuard;
pub use mapped_guard::MappedMutexGuard;
pub use owned_guard::OwnedMutexGuard;
pub use owned_mapped_guard::OwnedMappedMutexGuard;

use super::access::Guarded;
use super::blocking::block_on;
use super::error::TryLockError;
use primitives::shim::const_fn;
use raw::RawMutex;
use std::fmt;
use std::sync::Arc;

/// Mutual exclusion between tasks. The lock may be held across an `await`.
///
/// Where it need not be, a lock of the standard library is cheaper still.
///
/// # Order
///
/// Those who wait stand in line, first come first. But a task that runs may take a free lock
/// before the first in line has woken up, four times at most, after which the lock is handed to
/// it. tokio's mutex hands it over every time; this one is an order of magnitude faster under
/// contention for not doing so. [`Semaphore`](super::Semaphore) with one permit is strictly in
/// order.
///
/// There is no poisoning: a panic under the lock frees it.
///
/// # Examples
///
/// ```
/// use graph_runtime::sync::Mutex;
/// use std::sync::Arc;
///
/// # #[graph_runtime::main]
/// # async fn main() {
/// let log = Arc::new(Mutex::new(Vec::new()));
/// let writer = Arc::clone(&log);
/// graph_runtime::spawn(async move {
///     let mut log = writer.lock().await;
///     log.push("begun");
///     graph_runtime::task::yield_now().await;
///     log.push("done");
/// })
/// .await
/// .unwrap();
/// assert_eq!(*log.lock().await, ["begun", "done"]);
/// # }
/// ```
pub struct Mutex<T: ?Sized> {
    raw: RawMutex,
    value: Guarded<T>,
}

// SAFETY: one thread at a time uses the value, so it needs to be Send and no more.
unsafe impl<T: ?Sized + Send> Sync for Mutex<T> {}

/// What a guard by reference gives back.
struct Key<'a>(&'a RawMutex);

impl Drop for Key<'_> {
    #[inline]
    fn drop(&mut self) {
        self.0.unlock();
    }
}

/// What an owned guard gives back.
struct OwnedKey<T: ?Sized>(Arc<Mutex<T>>);

impl<T: ?Sized> Drop for OwnedKey<T> {
    #[inline]
    fn drop(&mut self) {
        self.0.raw.unlock();
    }
}

impl<T> Mutex<T> {
    const_fn! {
        /// An unlocked mutex around `value`.
        pub const fn new(value: T) -> Self {
            Self { raw: RawMutex::new(), value: Guarded::new(value) }
        }
    }

    const_fn! {
        /// As [`new`](Self::new), for statics.
        pub const fn const_new(value: T) -> Self {
            Self::new(value)
        }
    }

    /// Unwraps the value.
    pub fn into_inner(self) -> T {
        self.value.into_inner()
    }
}

impl<T: ?Sized> Mutex<T> {
    /// Waits for the lock.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future gives up the place in line; a wake-up or the lock itself, if it had got
    /// it already, goes to whoever is next.
    #[inline]
    pub async fn lock(&self) -> MutexGuard<'_, T> {
        self.raw.lock().await;
        self.guard()
    }

    /// Takes the lock if it is free.
    ///
    /// # Errors
    ///
    /// If it is held.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime::sync::Mutex;
    ///
    /// let mutex = Mutex::new(1);
    /// let guard = mutex.try_lock().unwrap();
    /// assert!(mutex.try_lock().is_err());
    /// drop(guard);
    /// assert!(mutex.try_lock().is_ok());
    /// ```
    #[inline]
    pub fn try_lock(&self) -> Result<MutexGuard<'_, T>, TryLockError> {
        if self.raw.try_lock() { Ok(self.guard()) } else { Err(TryLockError::held()) }
    }

    /// Blocks the thread until it holds the lock.
    ///
    /// # Panics
    ///
    /// On a thread that drives tasks.
    #[track_caller]
    pub fn blocking_lock(&self) -> MutexGuard<'_, T> {
        block_on("Mutex::blocking_lock", self.lock())
    }

    /// Waits for the lock; the guard holds on to the mutex by itself.
    ///
    /// # Cancel safety
    ///
    /// As for [`lock`](Self::lock).
    pub async fn lock_owned(self: Arc<Self>) -> OwnedMutexGuard<T> {
        self.raw.lock().await;
        Self::owned_guard(self)
    }

    /// Takes the lock if it is free; the guard holds on to the mutex by itself.
    ///
    /// # Errors
    ///
    /// If it is held.
    pub fn try_lock_owned(self: Arc<Self>) -> Result<OwnedMutexGuard<T>, TryLockError> {
        if self.raw.try_lock() { Ok(Self::owned_guard(self)) } else { Err(TryLockError::held()) }
    }

    /// Blocks the thread until it holds the lock; the guard holds on to the mutex by itself.
    ///
    /// # Panics
    ///
    /// On a thread that drives tasks.
    #[track_caller]
    pub fn blocking_lock_owned(self: Arc<Self>) -> OwnedMutexGuard<T> {
        block_on("Mutex::blocking_lock_owned", self.lock_owned())
    }

    /// The value, without locking: nobody else can have the mutex.
    pub fn get_mut(&mut self) -> &mut T {
        self.value.get_mut()
    }

    /// The lock has just been taken.
    #[inline]
    fn guard(&self) -> MutexGuard<'_, T> {
        // SAFETY: the caller has the lock, the key gives it back, and the borrow keeps the value
        // in its place.
        let access = unsafe { self.value.exclusive(Key(&self.raw)) };
        MutexGuard::new(access, self)
    }

    /// The lock has just been taken.
    fn owned_guard(this: Arc<Self>) -> OwnedMutexGuard<T> {
        let key = OwnedKey(Arc::clone(&this));
        // SAFETY: the caller has the lock, the key gives it back, and holds on to the value where
        // it is.
        OwnedMutexGuard::new(unsafe { this.value.exclusive(key) })
    }
}

impl<T> From<T> for Mutex<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<T: Default> Default for Mutex<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Mutex");
        match self.try_lock() {
            Ok(guard) => debug.field("data", &&*guard),
            Err(_) => debug.field("data", &format_args!("<locked>")),
        };
        debug.finish()
    }
}
