//! A counting semaphore.

mod owned_permit;
mod permit;

pub use owned_permit::OwnedSemaphorePermit;
pub use permit::SemaphorePermit;

use super::blocking::block_on;
use super::error::{AcquireError, TryAcquireError};
use super::permits::Permits;
use primitives::shim::const_fn;
use std::sync::Arc;

/// Hands out permits, strictly in the order in which they were asked for.
///
/// A request for many permits holds up later ones for few until it has all of its own, so nobody
/// starves. A permit that is free goes to whoever waits first; [`try_acquire`](Self::try_acquire)
/// fails while anybody waits.
///
/// Without waiters, taking and giving back is one exchange of an atomic word.
///
/// # Examples
///
/// Two downloads at a time:
///
/// ```
/// use graph_runtime::sync::Semaphore;
/// use std::sync::Arc;
///
/// # #[graph_runtime::main]
/// # async fn main() {
/// let room = Arc::new(Semaphore::new(2));
/// let downloads: Vec<_> = (0..10)
///     .map(|n| {
///         let room = Arc::clone(&room);
///         graph_runtime::spawn(async move {
///             let _permit = room.acquire().await.unwrap();
///             n
///         })
///     })
///     .collect();
/// for (n, download) in downloads.into_iter().enumerate() {
///     assert_eq!(download.await.unwrap(), n);
/// }
/// assert_eq!(room.available_permits(), 2);
/// # }
/// ```
#[derive(Debug)]
pub struct Semaphore {
    permits: Permits,
}

impl Semaphore {
    /// The largest number of permits there can be.
    pub const MAX_PERMITS: usize = Permits::MAX;

    const_fn! {
        /// A semaphore with `permits` permits.
        ///
        /// # Panics
        ///
        /// If there are more than [`MAX_PERMITS`](Self::MAX_PERMITS).
        #[must_use]
        pub const fn new(permits: usize) -> Self {
            Self { permits: Permits::new(permits) }
        }
    }

    const_fn! {
        /// As [`new`](Self::new), for statics.
        ///
        /// # Panics
        ///
        /// If there are more than [`MAX_PERMITS`](Self::MAX_PERMITS).
        #[must_use]
        pub const fn const_new(permits: usize) -> Self {
            Self::new(permits)
        }
    }

    /// How many permits nobody has, at this moment.
    pub fn available_permits(&self) -> usize {
        self.permits.available()
    }

    /// Adds `n` permits, which go to those who wait first.
    ///
    /// # Panics
    ///
    /// If there were more than [`MAX_PERMITS`](Self::MAX_PERMITS) then.
    pub fn add_permits(&self, n: usize) {
        self.permits.release(n);
    }

    /// Takes up to `n` of the free permits out of circulation for good. Returns how many.
    pub fn forget_permits(&self, n: usize) -> usize {
        self.permits.forget(n)
    }

    /// Waits for a permit.
    ///
    /// # Errors
    ///
    /// If the semaphore is closed, or is closed meanwhile.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future gives up the place in the queue, and what it had been given already
    /// goes to whoever is next.
    pub async fn acquire(&self) -> Result<SemaphorePermit<'_>, AcquireError> {
        self.acquire_many(1).await
    }

    /// Waits for `n` permits, all at once.
    ///
    /// # Errors
    ///
    /// If the semaphore is closed, or is closed meanwhile.
    ///
    /// # Cancel safety
    ///
    /// As for [`acquire`](Self::acquire).
    pub async fn acquire_many(&self, n: u32) -> Result<SemaphorePermit<'_>, AcquireError> {
        self.permits.acquire(n as usize).await?;
        Ok(SemaphorePermit::new(self, n as usize))
    }

    /// Takes a permit if there is one.
    ///
    /// # Errors
    ///
    /// If the semaphore is closed, no permit is free, or others wait.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime::sync::{Semaphore, TryAcquireError};
    ///
    /// let semaphore = Semaphore::new(1);
    /// let permit = semaphore.try_acquire().unwrap();
    /// assert_eq!(semaphore.try_acquire().unwrap_err(), TryAcquireError::NoPermits);
    /// drop(permit);
    /// semaphore.close();
    /// assert_eq!(semaphore.try_acquire().unwrap_err(), TryAcquireError::Closed);
    /// ```
    pub fn try_acquire(&self) -> Result<SemaphorePermit<'_>, TryAcquireError> {
        self.try_acquire_many(1)
    }

    /// Takes `n` permits if there are as many.
    ///
    /// # Errors
    ///
    /// As for [`try_acquire`](Self::try_acquire).
    pub fn try_acquire_many(&self, n: u32) -> Result<SemaphorePermit<'_>, TryAcquireError> {
        self.permits.try_acquire(n as usize)?;
        Ok(SemaphorePermit::new(self, n as usize))
    }

    /// Blocks the thread until it has a permit.
    ///
    /// # Errors
    ///
    /// As for [`acquire`](Self::acquire).
    ///
    /// # Panics
    ///
    /// On a thread that drives tasks.
    #[track_caller]
    pub fn blocking_acquire(&self) -> Result<SemaphorePermit<'_>, AcquireError> {
        block_on("Semaphore::blocking_acquire", self.acquire())
    }

    /// Blocks the thread until it has `n` permits.
    ///
    /// # Errors
    ///
    /// As for [`acquire`](Self::acquire).
    ///
    /// # Panics
    ///
    /// On a thread that drives tasks.
    #[track_caller]
    pub fn blocking_acquire_many(&self, n: u32) -> Result<SemaphorePermit<'_>, AcquireError> {
        block_on("Semaphore::blocking_acquire_many", self.acquire_many(n))
    }

    /// Waits for a permit that holds on to the semaphore by itself.
    ///
    /// # Errors
    ///
    /// As for [`acquire`](Self::acquire).
    ///
    /// # Cancel safety
    ///
    /// As for [`acquire`](Self::acquire).
    pub async fn acquire_owned(self: Arc<Self>) -> Result<OwnedSemaphorePermit, AcquireError> {
        self.acquire_many_owned(1).await
    }

    /// Waits for `n` permits that hold on to the semaphore by themselves.
    ///
    /// # Errors
    ///
    /// As for [`acquire`](Self::acquire).
    ///
    /// # Cancel safety
    ///
    /// As for [`acquire`](Self::acquire).
    pub async fn acquire_many_owned(
        self: Arc<Self>,
        n: u32,
    ) -> Result<OwnedSemaphorePermit, AcquireError> {
        self.permits.acquire(n as usize).await?;
        Ok(OwnedSemaphorePermit::new(self, n as usize))
    }

    /// Takes a permit that holds on to the semaphore by itself.
    ///
    /// # Errors
    ///
    /// As for [`try_acquire`](Self::try_acquire).
    pub fn try_acquire_owned(self: Arc<Self>) -> Result<OwnedSemaphorePermit, TryAcquireError> {
        self.try_acquire_many_owned(1)
    }

    /// Takes `n` permits that hold on to the semaphore by themselves.
    ///
    /// # Errors
    ///
    /// As for [`try_acquire`](Self::try_acquire).
    pub fn try_acquire_many_owned(
        self: Arc<Self>,
        n: u32,
    ) -> Result<OwnedSemaphorePermit, TryAcquireError> {
        self.permits.try_acquire(n as usize)?;
        Ok(OwnedSemaphorePermit::new(self, n as usize))
    }

    /// Blocks the thread until it has a permit that holds on to the semaphore by itself.
    ///
    /// # Errors
    ///
    /// As for [`acquire`](Self::acquire).
    ///
    /// # Panics
    ///
    /// On a thread that drives tasks.
    #[track_caller]
    pub fn blocking_acquire_owned(self: Arc<Self>) -> Result<OwnedSemaphorePermit, AcquireError> {
        block_on("Semaphore::blocking_acquire_owned", self.acquire_owned())
    }

    /// Blocks the thread until it has `n` permits that hold on to the semaphore by themselves.
    ///
    /// # Errors
    ///
    /// As for [`acquire`](Self::acquire).
    ///
    /// # Panics
    ///
    /// On a thread that drives tasks.
    #[track_caller]
    pub fn blocking_acquire_many_owned(
        self: Arc<Self>,
        n: u32,
    ) -> Result<OwnedSemaphorePermit, AcquireError> {
        block_on("Semaphore::blocking_acquire_many_owned", self.acquire_many_owned(n))
    }

    /// Lets all who wait fail, and all who come. Permits that are out stay valid.
    pub fn close(&self) {
        self.permits.close();
    }

    /// Whether it has been closed.
    pub fn is_closed(&self) -> bool {
        self.permits.is_closed()
    }
}
