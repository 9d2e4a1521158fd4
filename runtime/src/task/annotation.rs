//! What few tasks say about themselves.

use scheduler::steal::Urgency;
use std::sync::Arc;

/// A task's name, and its urgency. It stands in the cells of those tasks that have one; the others
/// have no room for it.
#[derive(Debug, Clone)]
pub(crate) struct Annotation {
    pub(crate) name: Option<Arc<str>>,
    pub(crate) urgency: Urgency,
}

impl Annotation {
    /// Its urgency, if the task is to be queued by that.
    pub(crate) fn order(&self) -> Option<Urgency> {
        (self.urgency != Urgency::ORDINARY).then_some(self.urgency)
    }
}
