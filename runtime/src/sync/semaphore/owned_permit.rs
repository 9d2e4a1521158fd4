//! A permit that holds on to its semaphore by itself.

use super::Semaphore;
use std::sync::Arc;

/// Permits of a [`Semaphore`] that hold on to it by an `Arc`; dropping them gives them back.
///
/// # Examples
///
/// ```
/// use graph_runtime::sync::Semaphore;
/// use std::sync::Arc;
///
/// let semaphore = Arc::new(Semaphore::new(3));
/// let mut two = Arc::clone(&semaphore).try_acquire_many_owned(2).unwrap();
/// let one = two.split(1).unwrap();
/// drop(two);
/// assert_eq!((one.num_permits(), semaphore.available_permits()), (1, 2));
/// ```
#[derive(Debug)]
#[must_use = "dropping a permit gives it back at once"]
pub struct OwnedSemaphorePermit {
    semaphore: Arc<Semaphore>,
    permits: usize,
}

impl OwnedSemaphorePermit {
    pub(super) fn new(semaphore: Arc<Semaphore>, permits: usize) -> Self {
        Self { semaphore, permits }
    }

    /// Takes the permits out of circulation for good.
    pub fn forget(mut self) {
        self.permits = 0;
    }

    /// Makes one of two: they are given back together.
    ///
    /// # Panics
    ///
    /// If they belong to different semaphores.
    #[track_caller]
    pub fn merge(&mut self, mut other: Self) {
        assert!(
            Arc::ptr_eq(&self.semaphore, &other.semaphore),
            "merging permits of different semaphores"
        );
        self.permits += std::mem::take(&mut other.permits);
    }

    /// Takes `n` permits out of these. `None` if there are not as many.
    pub fn split(&mut self, n: usize) -> Option<Self> {
        self.permits = self.permits.checked_sub(n)?;
        Some(Self { semaphore: Arc::clone(&self.semaphore), permits: n })
    }

    /// The semaphore they belong to.
    pub fn semaphore(&self) -> &Arc<Semaphore> {
        &self.semaphore
    }

    /// How many there are.
    pub fn num_permits(&self) -> usize {
        self.permits
    }
}

impl Drop for OwnedSemaphorePermit {
    fn drop(&mut self) {
        self.semaphore.add_permits(self.permits);
    }
}
