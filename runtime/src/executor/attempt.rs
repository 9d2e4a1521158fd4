//! One attempt of a task.

use super::batch::TaskRef;
use super::discard::{Payload, discard, dropped, forget_payload};
use super::error::Failure;
use super::inner::Inner;
use super::record::{Body, Ending, Launch, Outcome, Run};
use super::{ExecutorError, TaskContext, TaskError, TaskFuture, TaskOutput};
use crate::task::panic_message;
use crate::time::{Sleep, sleep};
use monitor::{Lateness, TaskEnd};
use primitives::Timestamp;
use scheduler::{Dispatch, EndState, Ticket};
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
    body: Option<Body>,
    /// `None` before the first poll.
    future: Option<TaskFuture>,
    sleep: Option<Sleep>,
}

impl Attempt {
    /// What the scheduler has dispatched.
    pub(super) fn new(dispatch: Dispatch<Launch>) -> Self {
        let Launch { task, body } = dispatch.payload;
        Self {
            task,
            ticket: dispatch.ticket,
            number: dispatch.attempt,
            timeout: dispatch.timeout,
            run: Run { ready_at: dispatch.ready_at, started_at: None, worker: None },
            body: Some(body),
            future: None,
            sleep: None,
        }
    }

    /// Polls the user's future, unless the attempt is to stop; `now` is the moment it begins if it
    /// has not begun.
    pub(super) fn poll(
        &mut self,
        inner: &Inner,
        now: impl FnOnce() -> Timestamp,
        context: &mut Context<'_>,
    ) -> Poll<Outcome> {
        if self.task.cancellation.is_set() {
            return Poll::Ready(Outcome::Cancelled);
        }
        let poll = || self.poll_task(inner, now, context);
        match catch_unwind(AssertUnwindSafe(poll)) {
            Ok(Poll::Pending) if self.task.wait_or_stop(context.waker()) => {
                Poll::Ready(Outcome::Cancelled)
            }
            Ok(polled) => polled,
            Err(payload) => Poll::Ready(self.panicked(payload)),
        }
    }

    fn poll_task(
        &mut self,
        inner: &Inner,
        now: impl FnOnce() -> Timestamp,
        context: &mut Context<'_>,
    ) -> Poll<Outcome> {
        if self.future.is_none() {
            self.begin(inner, now());
        }
        if let Some(future) = &mut self.future
            && let Poll::Ready(result) = future.as_mut().poll(context)
        {
            return Poll::Ready(self.outcome(result));
        }
        if let (Some(sleep), Some(after)) = (&mut self.sleep, self.timeout) {
            return Pin::new(sleep).poll(context).map(|()| Outcome::TimedOut(after));
        }
        Poll::Pending
    }

    /// Calls the user's `run`, on the worker that got here first.
    fn begin(&mut self, inner: &Inner, now: Timestamp) {
        let worker = inner.worker();
        self.run.started_at = Some(now);
        self.run.worker = worker.map(|worker| worker as u32);
        inner.metrics.recorder(worker).started(now - self.run.ready_at);
        self.sleep = self.timeout.map(sleep);
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

    /// Steps 1 to 4. Returns when it ended, and, if `takes_next`, what may run in its place.
    pub(super) fn finish(
        &mut self,
        inner: &Arc<Inner>,
        mut outcome: Outcome,
        takes_next: bool,
    ) -> (Timestamp, Option<Dispatch<Launch>>) {
        if let Err(payload) = dropped(self.future.take()) {
            discard(std::mem::replace(&mut outcome, self.panicked(payload)));
        }
        self.sleep = None;
        discard(self.body.take());
        let (now, end) = (inner.now(), outcome.state());
        self.count(inner, end, now);
        self.task.end(Ending { outcome, run: Some(self.run), finished_at: now });
        self.task.settle();
        let next = inner.finish(now, takes_next, |core, step| {
            core.finish(self.ticket, &self.task, end, step);
        });
        (now, next)
    }

    /// Before the books, so that whoever learns of the end finds it counted.
    fn count(&self, inner: &Inner, end: EndState, now: Timestamp) {
        let run_time = self.run.started_at.map(|started_at| now - started_at);
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
        inner.metrics.recorder(inner.worker()).ended(end, run_time, lateness);
    }
}
