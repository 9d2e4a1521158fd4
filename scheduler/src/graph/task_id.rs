//! Names of tasks.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

/// Fresh ids have this bit set, chosen ones do not, so the two never collide.
const FRESH: u64 = 1 << 63;

/// The name of a task: a number the user chose, or one drawn by [`fresh`](Self::fresh).
///
/// # Examples
///
/// ```
/// use graph_runtime_scheduler::TaskId;
///
/// assert_eq!(TaskId::new(7), TaskId::new(7));
/// assert_ne!(TaskId::fresh(), TaskId::fresh());
/// assert_eq!(TaskId::new(7).to_string(), "7");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId(u64);

impl TaskId {
    /// The id `number`, which must be below 2^63.
    ///
    /// # Panics
    ///
    /// If `number` is 2^63 or more: that half belongs to [`fresh`](Self::fresh).
    pub const fn new(number: u64) -> Self {
        assert!(number < FRESH, "a task id chosen by the user must be below 2^63");
        Self(number)
    }

    /// An id that no other call in this process returns and no call of [`new`](Self::new) can.
    pub fn fresh() -> Self {
        // The one atomic of this module, and not part of any protocol: only uniqueness counts.
        // A plain std atomic, because it must be usable in a static.
        static NEXT: AtomicU64 = AtomicU64::new(0);
        // ORDERING: Relaxed, read-modify-writes of one atomic are unique whatever the order.
        Self(NEXT.fetch_add(1, Ordering::Relaxed) | FRESH)
    }

    /// The id whose [number](Self::as_u64) this is: for ids that were kept as numbers. Those that a
    /// user chooses are made by [`new`](Self::new).
    pub const fn from_u64(number: u64) -> Self {
        Self(number)
    }

    /// The id that counts `steps` further than this one. Must not leave this one's half.
    pub(crate) const fn offset(self, steps: u32) -> Self {
        Self(self.0 + steps as u64)
    }

    /// The next id, if there is one in this one's half.
    pub(crate) const fn next(self) -> Option<Self> {
        if self.0 | FRESH == u64::MAX { None } else { Some(Self(self.0 + 1)) }
    }

    /// The number inside; at least 2^63 for fresh ids.
    pub const fn as_u64(self) -> u64 {
        self.0
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 & FRESH == 0 {
            write!(f, "{}", self.0)
        } else {
            write!(f, "fresh-{}", self.0 ^ FRESH)
        }
    }
}

impl fmt::Debug for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TaskId({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::TaskId;

    #[test]
    fn fresh_ids_are_in_the_upper_half() {
        let id = TaskId::fresh();
        assert!(id.as_u64() >= 1 << 63);
        assert!(id.to_string().starts_with("fresh-"));
    }

    #[test]
    #[should_panic(expected = "below 2^63")]
    fn a_chosen_id_must_be_in_the_lower_half() {
        let _ = TaskId::new(1 << 63);
    }
}
