//! Telling runtimes apart.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

/// Names a runtime. No other one of this process has had it, or will.
///
/// # Examples
///
/// ```
/// use graph_runtime::runtime::Builder;
///
/// let [first, second] = [(); 2].map(|()| Builder::new_current_thread().build().unwrap());
/// assert_eq!(first.handle().id(), first.handle().id());
/// assert_ne!(first.handle().id(), second.handle().id());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Id(u64);

impl Id {
    pub(crate) fn next() -> Self {
        /// A plain `std` atomic: nothing is published through it.
        static LAST: AtomicU64 = AtomicU64::new(0);
        // ORDERING: Relaxed; the numbers only have to differ.
        Self(LAST.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
