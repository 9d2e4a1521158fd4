//! What the tasks themselves saw: when each started and ended, on which slot and worker.
//!
//! The checks after a run and the trace are made from this and not from what the scheduler says
//! about itself, so that they would notice if it were wrong.

use std::cell::Cell;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The most polls that are kept for the trace; some 200 MB of JSON.
const POLLS_MAX: usize = 1_000_000;
/// Polls of one task in a row on one worker are drawn as one if they are no further apart.
const POLL_GAP: Duration = Duration::from_micros(50);

thread_local! {
    /// The number of the worker whose thread this is, once a task has started on it.
    static WORKER: Cell<Option<usize>> = const { Cell::new(None) };
}

/// One task's run. All times are taken inside the task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: Instant,
    /// `None` while it runs.
    pub(crate) end: Option<Instant>,
    /// Whether it ran to its end; one that was cancelled did not.
    pub(crate) completed: bool,
    /// The smallest number that no other running task had.
    pub(crate) slot: usize,
}

/// A stretch of time that a worker spent on a task.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Poll {
    pub(crate) task: usize,
    pub(crate) worker: usize,
    pub(crate) begin: Instant,
    pub(crate) end: Instant,
}

/// Everything that was recorded about one run.
#[derive(Debug, Default)]
pub(crate) struct Recording {
    /// For each task its runs, in the order of their starts. There should be one.
    pub(crate) spans: Vec<Vec<Span>>,
    /// What the workers did, if that was asked for.
    pub(crate) polls: Vec<Poll>,
    /// Polls that were too many to keep.
    pub(crate) polls_lost: u64,
}

/// Takes down what the tasks of one run do. Each of them calls it from its own thread.
pub(crate) struct Recorder {
    book: Mutex<Book>,
    keep_polls: bool,
}

#[derive(Default)]
struct Book {
    recording: Recording,
    /// Slots that were used and are free again.
    free: BinaryHeap<Reverse<usize>>,
    slots_used: usize,
    /// For each worker the place of its latest poll in the list.
    latest: Vec<Option<usize>>,
}

impl Recorder {
    pub(crate) fn new(tasks: usize, keep_polls: bool) -> Self {
        let recording = Recording { spans: vec![Vec::new(); tasks], ..Recording::default() };
        Self { book: Mutex::new(Book { recording, ..Book::default() }), keep_polls }
    }

    /// A task starts, on the worker of that number.
    pub(crate) fn start(&self, task: usize, worker: Option<usize>) -> Running<'_> {
        WORKER.set(worker);
        let mut book = self.lock();
        let slot = book.take_slot();
        // Taken under the lock: the spans on one slot can then not overlap.
        let span = Span { start: Instant::now(), end: None, completed: false, slot };
        book.recording.spans[task].push(span);
        let nth = book.recording.spans[task].len() - 1;
        Running { recorder: self, task, nth, completed: false }
    }

    /// The calling thread's worker spent the time since `begin` on a task.
    pub(crate) fn polled(&self, task: usize, begin: Instant) {
        if let (true, Some(worker)) = (self.keep_polls, WORKER.get()) {
            self.lock().keep_poll(Poll { task, worker, begin, end: Instant::now() });
        }
    }

    /// Whether [`polled`](Self::polled) is of any use.
    pub(crate) fn keeps_polls(&self) -> bool {
        self.keep_polls
    }

    /// Hands out what was recorded. Tasks that run now will not be found in it.
    pub(crate) fn take(&self) -> Recording {
        std::mem::take(&mut self.lock().recording)
    }

    fn lock(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    fn take_slot(&mut self) -> usize {
        if let Some(Reverse(slot)) = self.free.pop() {
            return slot;
        }
        self.slots_used += 1;
        self.slots_used - 1
    }

    fn end(&mut self, task: usize, nth: usize, completed: bool) {
        let end = Instant::now();
        // Gone if the recording was taken while the task ran.
        if let Some(span) = self.recording.spans.get_mut(task).and_then(|it| it.get_mut(nth)) {
            span.end = Some(end);
            span.completed = completed;
            self.free.push(Reverse(span.slot));
        }
    }

    fn keep_poll(&mut self, poll: Poll) {
        if self.latest.len() <= poll.worker {
            self.latest.resize(poll.worker + 1, None);
        }
        let polls = &mut self.recording.polls;
        if let Some(latest) = self.latest[poll.worker].and_then(|place| polls.get_mut(place))
            && latest.task == poll.task
            && poll.begin.saturating_duration_since(latest.end) <= POLL_GAP
        {
            latest.end = poll.end;
        } else if polls.len() < POLLS_MAX {
            self.latest[poll.worker] = Some(polls.len());
            polls.push(poll);
        } else {
            self.recording.polls_lost += 1;
        }
    }
}

/// A task that has started. Dropping it is its end, however it comes about.
pub(crate) struct Running<'a> {
    recorder: &'a Recorder,
    task: usize,
    nth: usize,
    completed: bool,
}

impl Running<'_> {
    /// The task ran to its end.
    pub(crate) fn complete(mut self) {
        self.completed = true;
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.recorder.lock().end(self.task, self.nth, self.completed);
    }
}
