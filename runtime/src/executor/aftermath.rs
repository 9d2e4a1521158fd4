//! What is left to do when the lock is free again.

use super::AsyncTask;
use super::attempt::Attempt;
use super::discard::{self, discard};
use super::graph_state::GraphState;
use super::inner::Inner;
use super::record::{Launch, Record};
use scheduler::Dispatch;
use std::cell::Cell;
use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

/// Everything that follows from a step of the core and must not happen under its lock.
///
/// The lists are bounded by the step: what it started, ended, stopped, granted and forgot.
#[derive(Default)]
pub(super) struct Aftermath {
    pub(super) starts: Vec<Dispatch<Launch>>,
    /// Whether the step is an attempt's last, so that its worker is free for another.
    pub(super) frees_worker: bool,
    /// Tasks that ended without having run.
    pub(super) ended: Vec<(Arc<Record>, Arc<dyn AsyncTask>)>,
    /// Running tasks that are to stop.
    pub(super) stops: Vec<Arc<Record>>,
    pub(super) wakers: Vec<Waker>,
    pub(super) ended_graphs: Vec<Arc<GraphState>>,
    pub(super) forgotten: Vec<Arc<Record>>,
    /// When to look at the machine again.
    pub(super) look_again: Option<Duration>,
}

thread_local! {
    /// Kept for its memory: most steps have something to start.
    static SPARE: Cell<Option<Aftermath>> = const { Cell::new(None) };
}

/// Lists longer than this are not kept for the next step.
const SPARE_CAPACITY_MAX: usize = 256;

impl Aftermath {
    /// An empty one.
    pub(super) fn new() -> Self {
        SPARE.try_with(Cell::take).ok().flatten().unwrap_or_default()
    }

    /// Does what is to be done. The lock is free; user code may panic or come back here.
    pub(super) fn act(mut self, inner: &Arc<Inner>) {
        let mut is_next = std::mem::take(&mut self.frees_worker);
        for dispatch in self.starts.drain(..) {
            Attempt::start(inner, dispatch, std::mem::take(&mut is_next));
        }
        for record in self.stops.drain(..) {
            record.stop();
        }
        for (record, task) in self.ended.drain(..) {
            record.settle();
            discard(task);
        }
        for graph in self.ended_graphs.drain(..) {
            graph.joiner.wake();
        }
        self.wakers.drain(..).for_each(discard::wake);
        self.forgotten.clear();
        if let Some(delay) = self.look_again.take() {
            inner.look_again(delay);
        }
        self.keep();
    }

    fn keep(self) {
        let longest = self.starts.capacity().max(self.ended.capacity());
        if longest.max(self.forgotten.capacity()) <= SPARE_CAPACITY_MAX {
            // A thread whose locals are gone keeps nothing.
            let _ = SPARE.try_with(|spare| spare.set(Some(self)));
        }
    }
}
