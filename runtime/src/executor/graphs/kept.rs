//! What was added to a graph, for its report.

use crate::executor::books::batch::Batch;
use primitives::shim::Mutex;
use scheduler::TaskId;
use std::collections::VecDeque;
use std::sync::Arc;

/// The parts that were added to a running graph, in the order in which they were, for as long as
/// somebody can ask for the graph's report. Of a loop only the generation that was added last.
///
/// What is added in a generation is kept in the same way with the tasks that it began with, so that
/// it goes with them. Together they are a tree, whose root is the graph.
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

    /// Keeps a generation of the loop that ends with `end`. Returns the one that nobody will ask
    /// for any more: the one before, or this one. O(loops).
    pub(in crate::executor) fn keep_generation(
        &self,
        end: TaskId,
        part: &Arc<Batch>,
    ) -> Option<Arc<Batch>> {
        let mut parts = self.0.lock();
        let part = Arc::clone(part);
        if parts.is_closed {
            return Some(part);
        }
        match parts.generations.iter_mut().find(|(of, _)| *of == end) {
            Some((_, last)) => Some(std::mem::replace(last, part)),
            None => {
                parts.generations.push((end, part));
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

    /// Everything, for the last one who asks: the parts, the generations, and then in the same way
    /// what is kept with each of these.
    pub(in crate::executor) fn close(&self) -> Vec<Arc<Batch>> {
        let mut all = Vec::new();
        let mut generations = VecDeque::new();
        self.take(&mut all, &mut generations);
        while let Some(generation) = generations.pop_front() {
            generation.kept.take(&mut all, &mut generations);
        }
        all
    }

    /// Keeps nothing from now on, and moves what there is into these.
    fn take(&self, all: &mut Vec<Arc<Batch>>, generations: &mut VecDeque<Arc<Batch>>) {
        let mut parts = self.0.lock();
        parts.is_closed = true;
        all.append(&mut parts.all);
        for (_, generation) in parts.generations.drain(..) {
            all.push(Arc::clone(&generation));
            generations.push_back(generation);
        }
    }
}
