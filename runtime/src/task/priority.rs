//! How urgent a task is.

/// How urgent a task is, beside its deadline. See [`Builder`](super::Builder#order) for what it
/// does.
///
/// # Examples
///
/// ```
/// use graph_runtime::task::Priority;
///
/// assert!(Priority::LOW < Priority::NORMAL && Priority::NORMAL < Priority::HIGH);
/// assert!(Priority::new(2) > Priority::HIGH);
/// assert_eq!(Priority::default(), Priority::NORMAL);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Priority(i32);

impl Priority {
    /// Runs when there is nothing else to do.
    pub const LOW: Self = Self(-1);
    /// What every task has that says nothing else.
    pub const NORMAL: Self = Self(0);
    /// Runs before all normal tasks.
    pub const HIGH: Self = Self(1);

    /// Any class: the higher, the earlier. Above 0 comes before normal tasks, below 0 after them.
    pub const fn new(class: i32) -> Self {
        Self(class)
    }

    /// The class as a number.
    pub const fn get(self) -> i32 {
        self.0
    }
}

impl From<i32> for Priority {
    fn from(class: i32) -> Self {
        Self::new(class)
    }
}
