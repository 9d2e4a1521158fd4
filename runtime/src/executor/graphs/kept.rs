//! What was added to a graph, for its report.

use crate::executor::books::batch::Batch;
use primitives::shim::Mutex;
use scheduler::TaskId;
use std::sync::Arc;

/// The parts that were added to a running graph, in the order in which they were, for as long as
/// somebody can ask for the graph's report. Of a loop only the generation that was added last.
#[derive(Default)]
pub(in crate::executor) struct Kept(Mutex<Parts>);

#[derive(Default)]
struct Parts {
    /// Nobody will ask.
    is_closed: bool,
    all: Vec<Arc<Batch>>,
    /// The last generation of each loop, by the loop's last task.
    generations: Vec<(TaskId, Arc<Batch>)>,
}

impl Kept {
    /// Keeps a part, unless nobody will ask for it.
    pub(in crate::executor) fn keep(&self, part: &Arc<Batch>) {
        let mut parts = self.0.lock();
        if !parts.is_closed {
            parts.all.push(Arc::clone(part));
        }
    }

    /// Keeps a generation of the loop that ends with `target`. Returns the one before, to be
    /// dropped outside the lock. O(loops).
    pub(in crate::executor) fn keep_generation(
        &self,
        target: TaskId,
        part: &Arc<Batch>,
    ) -> Option<Arc<Batch>> {
        let mut parts = self.0.lock();
        if parts.is_closed {
            return None;
        }
        let part = Arc::clone(part);
        match parts.generations.iter_mut().find(|(of, _)| *of == target) {
            Some((_, last)) => Some(std::mem::replace(last, part)),
            None => {
                parts.generations.push((target, part));
                None
            }
        }
    }

    /// At most so many of the parts that are kept one by one, from number `from` on.
    pub(in crate::executor) fn parts(&self, from: usize, most: usize) -> Vec<Arc<Batch>> {
        let parts = self.0.lock();
        parts.all.iter().skip(from).take(most).cloned().collect()
    }

    /// The last generation of each loop.
    pub(in crate::executor) fn generations(&self) -> Vec<Arc<Batch>> {
        let parts = self.0.lock();
        parts.generations.iter().map(|(_, part)| Arc::clone(part)).collect()
    }

    /// Everything, for the last one who asks.
    pub(in crate::executor) fn close(&self) -> Vec<Arc<Batch>> {
        let mut parts = self.0.lock();
        parts.is_closed = true;
        let mut all = std::mem::take(&mut parts.all);
        all.extend(parts.generations.drain(..).map(|(_, part)| part));
        all
    }
}
