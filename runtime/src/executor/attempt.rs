//! One attempt of a task, as a task of the runtime.

use super::discard::{Payload, discard, dropped, forget_payload};
use super::error::Failure;
use super::inner::Inner;
use super::record::{Ending, Launch, Outcome, Record, Run};
use super::{AsyncTask, ExecutorError, TaskContext, TaskError, TaskFuture, TaskOutput};
use crate::task::panic_message;
use crate::time::{Sleep, sleep};
use monitor::{Lateness, TaskEnd};
use primitives::Timestamp;
use scheduler::{Dispatch, EndState, Ticket};
use std::panic::{AssertUnwindSafe, Location, catch_unwind};
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
///      │                   │panic ────────► 3 book the end, under the lock
///      └─ dropped: aborted, or the ───────► 4 let go of the dependencies, wake the handle
///         runtime shut down
/// ```
///
/// By the time anybody learns of the end, the user's future is gone.
pub(super) struct Attempt {
    inner: Arc<Inner>,
    record: Arc<Record>,
    ticket: Ticket,
    number: u32,
    timeout: Option<Duration>,
    run: Run,
    task: Option<Arc<dyn AsyncTask>>,
    /// `None` before the first poll.
    future: Option<TaskFuture>,
    sleep: Option<Sleep>,
    is_over: bool,
}

impl Attempt {
    /// Starts what the scheduler has dispatched; `is_next` if it can be what this worker runs next.
    pub(super) fn start(inner: &Arc<Inner>, dispatch: Dispatch<Launch>, is_next: bool) {
        let Launch { record, task, .. } = dispatch.payload;
        let attempt = Self {
            inner: Arc::clone(inner),
            record: Arc::clone(&record),
            ticket: dispatch.ticket,
            number: dispatch.attempt,
            timeout: dispatch.timeout,
            run: Run { ready_at: dispatch.ready_at, started_at: None, worker: None },
            task: Some(task),
            future: None,
            sleep: None,
            is_over: false,
        };
        let (runtime, site) = (inner.handle.shared(), Location::caller());
        record.set_attempt(if is_next {
            runtime.spawn_next(attempt, site)
        } else {
            runtime.spawn(attempt, site)
        });
    }

    fn poll_task(&mut self, context: &mut Context<'_>) -> Poll<Outcome> {
        if self.future.is_none() {
            self.begin();
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
    fn begin(&mut self) {
        let (now, worker) = (self.inner.now(), self.inner.worker());
        self.run.started_at = Some(now);
        self.run.worker = worker;
        self.inner.metrics.recorder(worker).started(now - self.run.ready_at);
        self.sleep = self.timeout.map(sleep);
        let context = TaskContext::new(Arc::clone(&self.record), self.number, worker);
        self.future = self.task.as_ref().map(|task| task.run(context));
    }

    fn outcome(&self, result: Result<TaskOutput, TaskError>) -> Outcome {
        match result {
            Ok(output) => Outcome::Completed(output),
            Err(error) => Outcome::Failed(ExecutorError::Failed {
                id: self.record.id,
                name: self.record.name.clone(),
                attempt: self.number,
                source: Failure::new(error),
            }),
        }
    }

    fn panicked(&self, payload: Payload) -> Outcome {
        let message = panic_message(&*payload).into();
        forget_payload(payload);
        let (id, name) = (self.record.id, self.record.name.clone());
        Outcome::Failed(ExecutorError::Panicked { id, name, message })
    }

    /// Steps 1 to 4.
    fn finish(&mut self, mut outcome: Outcome) {
        self.is_over = true;
        if let Err(payload) = dropped(self.future.take()) {
            discard(std::mem::replace(&mut outcome, self.panicked(payload)));
        }
        self.sleep = None;
        discard(self.task.take());
        let (now, end) = (self.inner.now(), outcome.state());
        self.count(end, now);
        self.record.end(Ending { outcome, run: Some(self.run), finished_at: now });
        self.inner.step_at(now, |core, step| core.finish(self.ticket, &self.record, end, step));
        self.record.settle();
    }

    /// Before the books, so that whoever learns of the end finds it counted.
    fn count(&self, end: EndState, now: Timestamp) {
        let run_time = self.run.started_at.map(|started_at| now - started_at);
        let lateness = self.record.deadline.map(|deadline| {
            let deadline = self.inner.timestamp(deadline);
            if now <= deadline { Lateness::Met } else { Lateness::Missed(now - deadline) }
        });
        let end = match end {
            EndState::Completed => TaskEnd::Completed,
            EndState::Failed => TaskEnd::Failed,
            EndState::Cancelled => TaskEnd::Cancelled,
            EndState::TimedOut => TaskEnd::TimedOut,
            EndState::Skipped => TaskEnd::Skipped,
        };
        self.inner.metrics.recorder(self.inner.worker()).ended(end, run_time, lateness);
    }
}

impl Future for Attempt {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        let outcome = match catch_unwind(AssertUnwindSafe(|| this.poll_task(context))) {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(outcome)) => outcome,
            Err(payload) => this.panicked(payload),
        };
        this.finish(outcome);
        Poll::Ready(())
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        if !self.is_over {
            self.finish(Outcome::Cancelled);
        }
    }
}
