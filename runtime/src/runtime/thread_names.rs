//! What a runtime's threads are called.

use std::fmt::{self, Display};
use std::sync::Arc;

/// A prefix, or a function that gives whole names.
#[derive(Clone)]
pub(crate) enum ThreadNames {
    Prefix(String),
    Given(Arc<dyn Fn() -> String + Send + Sync>),
}

impl ThreadNames {
    /// The name of the next thread, which does what `role` says.
    pub(crate) fn next(&self, role: impl Display) -> String {
        match self {
            Self::Prefix(prefix) => format!("{prefix}-{role}"),
            // A system does not take the rest, and it is nothing to fail for.
            Self::Given(name) => name().replace('\0', ""),
        }
    }
}

impl fmt::Debug for ThreadNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Prefix(prefix) => fmt::Debug::fmt(prefix, f),
            Self::Given(_) => f.write_str("given by a function"),
        }
    }
}
