//! A permit that holds on to its semaphore by reference.

use super::Semaphore;

/// Permits of a [`Semaphore`]; dropping them gives them back.
///
/// # Examples
///
/// ```
/// use graph_runtime::sync::Semaphore;
///
/// let semaphore = Semaphore::new(3);
/// let mut two = semaphore.try_acquire_many(2).unwrap();
/// let one = two.split(1).unwrap();
/// one.forget();
/// drop(two);
/// assert_eq!(semaphore.available_permits(), 2, "one is gone for good");
/// ```
#[derive(Debug)]
#[must_use = "dropping a permit gives it back at once"]
pub struct SemaphorePermit<'a> {
    semaphore: &'a Semaphore,
    permits: usize,
}

impl<'a> SemaphorePermit<'a> {
    pub(super) fn new(semaphore: &'a Semaphore, permits: usize) -> Self {
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
            std::ptr::eq(self.semaphore, other.semaphore),
            "merging permits of different semaphores"
        );
        self.permits += std::mem::take(&mut other.permits);
    }

    /// Takes `n` permits out of these. `None` if there are not as many.
    pub fn split(&mut self, n: usize) -> Option<Self> {
        self.permits = self.permits.checked_sub(n)?;
        Some(Self { semaphore: self.semaphore, permits: n })
    }

    /// The semaphore they belong to.
    pub fn semaphore(&self) -> &'a Semaphore {
        self.semaphore
    }

    /// How many there are.
    pub fn num_permits(&self) -> usize {
        self.permits
    }
}

impl Drop for SemaphorePermit<'_> {
    fn drop(&mut self) {
        self.semaphore.add_permits(self.permits);
    }
}
