//! What is left to do when the lock is free again.

use super::ExecutorEvent;
use super::attempts::runner::Runner;
use super::attempts::start::{Next, Start};
use super::books::batch::{Batch, TaskRef};
use super::books::held::Stop;
use super::discard::{self, discard};
use super::graphs::backlog::Backlog;
use super::inner::Inner;
use super::steer::steering::Question;
use primitives::Timestamp;
use std::cell::Cell;
use std::sync::Arc;
use std::task::Waker;

/// Everything that follows from a step of the core and must not happen under its lock.
///
/// The lists are bounded by the step: what it started, ended, stopped, granted and forgot.
#[derive(Default)]
pub(super) struct Aftermath {
    pub(super) starts: Vec<Start>,
    /// What the runner whose step it is goes on with.
    pub(super) next: Option<Next>,
    /// Tasks that ended without having run.
    pub(super) ended: Vec<TaskRef>,
    /// Running tasks that are to stop.
    pub(super) stops: Vec<(TaskRef, Stop)>,
    pub(super) wakers: Vec<Waker>,
    /// What is not going to be added to any graph.
    pub(super) backlogs: Vec<Backlog>,
    /// Graphs that ended, and tasks that were submitted alone.
    pub(super) ended_batches: Vec<Arc<Batch>>,
    pub(super) forgotten: Vec<Arc<Batch>>,
    /// For when to set the alarm.
    pub(super) alarm: Option<Timestamp>,
    /// What listeners are to be told.
    pub(super) events: Vec<ExecutorEvent>,
    /// What to ask the controller of the limit.
    pub(super) question: Option<Question>,
    /// Whether somebody has to look after the runners.
    pub(super) watch: bool,
}

thread_local! {
    /// Kept for its memory: most steps have something to start.
    static SPARE: Cell<Option<Box<Aftermath>>> = const { Cell::new(None) };
}

/// Lists longer than this are not kept for the next step.
const SPARE_CAPACITY_MAX: usize = 256;

impl Aftermath {
    /// An empty one.
    pub(super) fn new() -> Box<Self> {
        SPARE.try_with(Cell::take).ok().flatten().unwrap_or_default()
    }

    /// Does what is to be done. The lock is free; user code may panic or come back here.
    pub(super) fn act(mut self: Box<Self>, inner: &Arc<Inner>) -> Option<Next> {
        let next = self.next.take();
        // Most steps end one attempt and begin the next.
        if !self.is_nothing() {
            self.act_on_all(inner);
        }
        self.keep();
        next
    }

    /// Whether nothing is to be done.
    fn is_nothing(&self) -> bool {
        let Self { starts, next: _, ended, stops, wakers, .. } = self;
        let Self { backlogs, ended_batches, forgotten, alarm, events, question, watch, .. } = self;
        let is_any_listed = !starts.is_empty()
            | !ended.is_empty()
            | !stops.is_empty()
            | !wakers.is_empty()
            | !backlogs.is_empty()
            | !ended_batches.is_empty()
            | !forgotten.is_empty()
            | !events.is_empty();
        !(is_any_listed | alarm.is_some() | question.is_some() | watch)
    }

    fn act_on_all(&mut self, inner: &Arc<Inner>) {
        self.starts.drain(..).for_each(|start| Runner::start(inner, start));
        for (task, stop) in self.stops.drain(..) {
            task.stop(stop);
        }
        for task in self.ended.drain(..) {
            discard(task.settle());
        }
        inner.learn_the_rest(&self.ended_batches);
        for batch in self.ended_batches.drain(..) {
            batch.joiner.wake();
        }
        self.wakers.drain(..).for_each(discard::wake);
        self.events.drain(..).for_each(|event| inner.audience.tell(event));
        self.backlogs.drain(..).for_each(discard);
        self.forgotten.drain(..).for_each(discard);
        if let Some(at) = self.alarm.take() {
            inner.alarm.set(at, inner);
        }
        if let Some(question) = self.question.take() {
            question.ask(inner);
        }
        if std::mem::take(&mut self.watch) {
            inner.watch();
        }
    }

    fn keep(self: Box<Self>) {
        let longest = self.starts.capacity().max(self.ended.capacity());
        if longest.max(self.forgotten.capacity()) <= SPARE_CAPACITY_MAX {
            // A thread whose locals are gone keeps nothing.
            let _ = SPARE.try_with(|spare| spare.set(Some(self)));
        }
    }
}
