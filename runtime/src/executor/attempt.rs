//! One attempt of a task.

use super::batch::TaskRef;
use super::core::Seat;
use super::discard::{Payload, discard, dropped, forget_payload};
use super::error::Failure;
use super::inner::Inner;
use super::record::{Body, Ending, Outcome, Run};
use super::start::Start;
use super::{ExecutorError, TaskContext, TaskError, TaskFuture, TaskOutput};
use crate::task::{coop, panic_message};
use crate::time::{Sleep, sleep};
use monitor::{Lateness, TaskEnd};
use primitives::Timestamp;
use scheduler::{EndState, Ticket};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

/// Runs the user's future and reports its end to the core, exactly once on every path.
///
/// ```text
///   started ──► run() ──► poll ... ──► output, error ──────┐
///      │          │        │  │                            ▼
///      │          │panic   │  └─ timeout ─► 1 drop the user's future
///      │          └───────►│                2 drop the task
///      │                   │panic ────────► 3 let go of the dependencies
///      └─ told to stop, or dropped ───────► 4 book the end, under the lock
///         with its runtime
/// ```
///
/// By the time anybody learns of the end, the user's future is gone.
pub(super) struct Attempt {
    task: TaskRef,
    ticket: Ticket,
    number: u32,
    timeout: Option<Duration>,
    run: Run,
    /// Whether the metrics know that it has begun.
    is_counted: bool,
    /// What runs, from the first poll on.
    body: Option<Body>,
    /// `None` before the first poll.
    future: Option<TaskFuture>,
    /// Boxed, because attempts are moved about, and few have a timeout.
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Attempt {
    /// Of a task that the scheduler has started.
    pub(super) fn new(start: Start) -> Self {
        Self {
            task: start.task,
            ticket: start.ticket,
            number: start.number,
            timeout: start.timeout,
            run: Run::dispatched(start.ready_at),
            is_counted: false,
            body: None,
            future: None,
            sleep: None,
        }
    }

    /// Polls the user's future, unless the attempt is to stop; `now` is the moment it begins if it
    /// has not begun.
    pub(super) fn poll(
        &mut self,
        inner: &Inner,
        worker: Option<usize>,
        now: impl FnOnce() -> Timestamp,
        context: &mut Context<'_>,
    ) -> Poll<Outcome> {
        if self.task.is_cancelled() {
            return Poll::Ready(Outcome::Cancelled);
        }
        let poll = || self.poll_task(worker, now, context);
        match catch_unwind(AssertUnwindSafe(poll)) {
            Ok(Poll::Pending) if self.task.wait_or_stop(context.waker()) => {
                Poll::Ready(Outcome::Cancelled)
            }
            Ok(Poll::Pending) => {
                self.count_begin(inner);
                Poll::Pending
            }
            Ok(ready) => ready,
            Err(payload) => Poll::Ready(self.panicked(payload)),
        }
    }

    fn poll_task(
        &mut self,
        worker: Option<usize>,
        now: impl FnOnce() -> Timestamp,
        context: &mut Context<'_>,
    ) -> Poll<Outcome> {
        if self.future.is_none() {
            self.begin(worker, now());
        }
        // The runner goes from task to task, and each has a budget of its own.
        coop::begin_poll();
        if let Some(future) = &mut self.future
            && let Poll::Ready(result) = future.as_mut().poll(context)
        {
            return Poll::Ready(self.outcome(result));
        }
        if let (Some(sleep), Some(after)) = (&mut self.sleep, self.timeout) {
            return sleep.as_mut().poll(context).map(|()| Outcome::TimedOut(after));
        }
        Poll::Pending
    }

    /// Calls the user's `run`, on the worker that got here first.
    fn begin(&mut self, worker: Option<usize>, now: Timestamp) {
        self.run.begin(now, worker);
        self.body = self.task.take_body();
        self.sleep = self.timeout.map(|timeout| Box::pin(sleep(timeout)));
        let context = TaskContext::new(self.task.clone(), self.number, worker);
        self.future = self.body.as_ref().map(|Body(task)| task.run(context));
    }

    fn outcome(&self, result: Result<TaskOutput, TaskError>) -> Outcome {
        match result {
            Ok(output) => Outcome::Completed(output),
            Err(error) => Outcome::Failed(Box::new(ExecutorError::Failed {
                id: self.task.id,
                name: self.task.name.clone(),
                attempt: self.number,
                source: Failure::new(error),
            })),
        }
    }

    fn panicked(&self, payload: Payload) -> Outcome {
        let message = panic_message(&*payload).into();
        forget_payload(payload);
        let (id, name) = (self.task.id, self.task.name.clone());
        Outcome::Failed(Box::new(ExecutorError::Panicked { id, name, message }))
    }

    /// Steps 1 to 4. Returns when it ended, and what its runner goes on with.
    pub(super) fn finish(
        &mut self,
        inner: &Arc<Inner>,
        mut outcome: Outcome,
        seat: Seat,
    ) -> (Timestamp, Option<Start>) {
        if let Err(payload) = dropped(self.future.take()) {
            discard(std::mem::replace(&mut outcome, self.panicked(payload)));
        }
        self.sleep = None;
        // One that was stopped early is still where it was.
        discard(self.body.take().or_else(|| self.task.take_body()));
        let (now, end) = (inner.now(), outcome.state());
        self.count_end(inner, seat.worker, end, now);
        if end.is_completed() {
            inner.learn(&self.task, self.run.started_at().map(|started_at| now - started_at));
        }
        self.task.end(Ending { outcome, run: self.run, finished_at: now });
        self.task.let_go();
        let held = self.held(seat, now);
        let next = inner.finish(now, seat, |core, step| {
            held.into_iter().for_each(|held| core.observe(held));
            core.finish(self.ticket, &self.task, end, step);
        });
        (now, next)
    }

    /// How long the attempt held its worker, if that is known and of interest.
    fn held(&self, seat: Seat, now: Timestamp) -> Option<Duration> {
        // Otherwise the time since the last reading of the clock was not all its own.
        let is_timed = seat.is_first && seat.is_counted;
        self.run.started_at().filter(|_| is_timed).map(|started_at| now - started_at)
    }

    /// The attempt has begun, and will take a while.
    fn count_begin(&mut self, inner: &Inner) {
        if !std::mem::replace(&mut self.is_counted, true)
            && let Some(wait) = self.queue_wait()
        {
            inner.metrics.recorder(inner.worker()).started(wait);
        }
    }

    fn queue_wait(&self) -> Option<Duration> {
        Some(self.run.started_at()? - self.run.ready_at()?)
    }

    /// Before the books, so that whoever learns of the end finds it counted.
    fn count_end(&self, inner: &Inner, worker: Option<usize>, end: EndState, now: Timestamp) {
        let run_time = self.run.started_at().map(|started_at| now - started_at);
        let lateness = self.task.deadline.map(|deadline| {
            let deadline = inner.timestamp(deadline);
            if now <= deadline { Lateness::Met } else { Lateness::Missed(now - deadline) }
        });
        let end = match end {
            EndState::Completed => TaskEnd::Completed,
            EndState::Failed => TaskEnd::Failed,
            EndState::Cancelled => TaskEnd::Cancelled,
            EndState::TimedOut => TaskEnd::TimedOut,
            EndState::Skipped => TaskEnd::Skipped,
        };
        let begun = self.queue_wait().filter(|_| !self.is_counted);
        inner.metrics.recorder(worker).began_and_ended(begun, end, run_time, lateness);
    }
}
