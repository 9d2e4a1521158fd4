//! What was added to a graph, for its report.

use super::batch::Batch;
use primitives::shim::Mutex;
use std::sync::Arc;

/// The parts that were added to a running graph, in the order in which they were, for as long as
/// somebody can ask for the graph's report.
#[derive(Default)]
pub(super) struct Kept(Mutex<Parts>);

#[derive(Default)]
struct Parts {
    /// Nobody will ask.
    is_closed: bool,
    all: Vec<Arc<Batch>>,
}

impl Kept {
    /// Keeps a part, unless nobody will ask for it.
    pub(super) fn keep(&self, part: &Arc<Batch>) {
        let mut parts = self.0.lock();
        if !parts.is_closed {
            parts.all.push(Arc::clone(part));
        }
    }

    /// Everything, for the last one who asks.
    pub(super) fn close(&self) -> Vec<Arc<Batch>> {
        let mut parts = self.0.lock();
        parts.is_closed = true;
        std::mem::take(&mut parts.all)
    }
}
