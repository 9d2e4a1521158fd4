//! One attempt of a task.

use super::sign::Sign;
use super::start::{Next, Start, Started};
use crate::executor::books::batch::TaskRef;
use crate::executor::books::held::Stop;
use crate::executor::books::record::{Body, Ending, Outcome, Run};
use crate::executor::core::Seat;
use crate::executor::discard::{Payload, discard, dropped, forget_payload};
use crate::executor::error::Failure;
use crate::executor::inner::Inner;
use crate::executor::{ExecutorError, TaskContext, TaskError, TaskFuture, TaskOutput};
use crate::task::{coop, panic_message};
use crate::time::{Sleep, sleep};
use monitor::{Lateness, TaskEnd};
use primitives::Timestamp;
use scheduler::{EndState, GraphId, LimitKind, TaskId, TimeLimit};
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
/// By the time anybody learns of the end, the user's future is gone. If the task is tried again
/// nothing follows 1 but the wait for the next attempt.
pub(in crate::executor) struct Attempt {
    task: TaskRef,
    started: Started,
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
    pub(in crate::executor) fn new(start: Start) -> Self {
        let Start { task, started } = start;
        Self {
            task,
            started,
            run: Run::dispatched(started.ready_at, started.number),
            is_counted: false,
            body: None,
            future: None,
            sleep: None,
        }
    }

    /// The next one of its runner, now that this one has ended.
    pub(in crate::executor) fn go_on(&mut self, next: Next) {
        match next {
            Next::Beside(index, started) => {
                debug_assert!(self.future.is_none() && self.body.is_none(), "it has ended");
                self.task.turn_to(index);
                self.started = started;
                self.run = Run::dispatched(started.ready_at, started.number);
                self.is_counted = false;
            }
            Next::Elsewhere(start) => *self = Self::new(start),
        }
    }

    /// The graph with which its task was submitted, if any.
    pub(in crate::executor) fn graph(&self) -> Option<GraphId> {
        self.started.graph()
    }

    /// The task whose attempt it is.
    pub(in crate::executor) fn task(&self) -> TaskId {
        self.started.id
    }

    /// Polls the user's future, unless the attempt is to stop; `now` is the moment it begins if it
    /// has not begun.
    pub(in crate::executor) fn poll(
        &mut self,
        inner: &Inner,
        worker: Option<usize>,
        now: impl FnOnce() -> Timestamp,
        context: &mut Context<'_>,
    ) -> Poll<Outcome> {
        if let Some(stop) = self.task.stop_of(self.started.number) {
            return Poll::Ready(self.stopped(stop));
        }
        let poll = || self.poll_task(inner, worker, now, context);
        match catch_unwind(AssertUnwindSafe(poll)) {
            Ok(Poll::Pending) => match self.task.wait_or_stop(self.started.number, context.waker())
            {
                Some(stop) => Poll::Ready(self.stopped(stop)),
                None => {
                    self.count_begin(inner);
                    Poll::Pending
                }
            },
            Ok(ready) => ready,
            Err(payload) => Poll::Ready(self.panicked(payload)),
        }
    }

    fn poll_task(
        &mut self,
        inner: &Inner,
        worker: Option<usize>,
        now: impl FnOnce() -> Timestamp,
        context: &mut Context<'_>,
    ) -> Poll<Outcome> {
        if self.future.is_none() {
            self.begin(inner, worker, now());
        }
        // The runner goes from task to task, and each has a budget of its own.
        coop::begin_poll();
        if let Some(future) = &mut self.future
            && let Poll::Ready(result) = future.as_mut().poll(context)
        {
            return Poll::Ready(self.outcome(result));
        }
        if let (Some(sleep), Some(length)) = (&mut self.sleep, self.started.timeout)
            && sleep.as_mut().poll(context).is_ready()
        {
            let limit = TimeLimit { kind: LimitKind::Attempt, length };
            return Poll::Ready(Outcome::timed_out(&self.task, self.started.number, limit));
        }
        Poll::Pending
    }

    fn stopped(&self, stop: Stop) -> Outcome {
        match stop.limit() {
            Some(limit) => Outcome::timed_out(&self.task, self.started.number, limit),
            None => Outcome::Cancelled,
        }
    }

    /// Calls the user's `run`, on the worker that got here first.
    fn begin(&mut self, inner: &Inner, worker: Option<usize>, now: Timestamp) {
        self.run.begin(now, worker);
        self.body = self.task.take_body();
        self.sleep = self.started.timeout.map(|timeout| Box::pin(sleep(timeout)));
        let sign = self.started.is_listened_to.then(|| Sign::new(now, inner));
        sign.iter().for_each(|sign| self.task.listen_to(sign));
        let context = TaskContext::new(self.task.clone(), self.started.number, worker, sign);
        self.future = self.body.as_ref().map(|Body(task)| task.run(context));
    }

    fn outcome(&self, result: Result<TaskOutput, TaskError>) -> Outcome {
        match result {
            Ok(output) => Outcome::Completed(output),
            Err(error) => Outcome::Failed(Arc::new(ExecutorError::Failed {
                id: self.task.id,
                name: self.task.name.clone(),
                attempt: self.started.number,
                source: Failure::new(error),
            })),
        }
    }

    fn panicked(&self, payload: Payload) -> Outcome {
        self.panicked_with("", payload)
    }

    /// `place` says where, if not in the task itself.
    fn panicked_with(&self, place: &str, payload: Payload) -> Outcome {
        let message = format!("{place}{}", panic_message(&*payload)).into();
        forget_payload(payload);
        let (id, name, attempt) = (self.task.id, self.task.name.clone(), self.started.number);
        Outcome::Failed(Arc::new(ExecutorError::Panicked { id, name, attempt, message }))
    }

    /// Steps 1 to 4. Returns when it ended, and what its runner goes on with.
    pub(in crate::executor) fn finish(
        &mut self,
        inner: &Arc<Inner>,
        mut outcome: Outcome,
        seat: Seat,
    ) -> (Timestamp, Option<Next>) {
        if let Err(payload) = dropped(self.future.take()) {
            discard(std::mem::replace(&mut outcome, self.panicked(payload)));
        }
        self.sleep = None;
        if let Some(next) = self.try_again(inner, &mut outcome, seat) {
            return next;
        }
        // One that was stopped early is still where it was.
        let body = self.body.take().or_else(|| self.task.take_body());
        // Whoever drains the executor wants to have it made again.
        let is_kept = matches!(outcome, Outcome::Cancelled) && inner.is_draining();
        let (kept, unused) = if is_kept { (body, None) } else { (None, body) };
        discard(unused);
        let (now, end) = (inner.now(), outcome.state());
        self.count_end(inner, seat.worker(), end, now);
        if end.is_completed() {
            let run_time = self.run.started_at().map(|started_at| now - started_at);
            inner.learn(&self.task, seat.worker(), run_time);
        }
        self.task.end(Ending { outcome, run: self.run, finished_at: now });
        self.task.let_go();
        kept.into_iter().for_each(|body| self.task.put_back(body));
        let held = self.held(seat, now);
        let next = inner.finish(now, seat, |core, step| {
            held.into_iter().for_each(|held| core.observe(held));
            core.finish(self.started.ticket, &self.task, end, step);
        });
        (now, next)
    }

    /// Has the task tried again, if that is what becomes of this outcome. Returns when the attempt
    /// ended, and what its runner goes on with.
    fn try_again(
        &mut self,
        inner: &Arc<Inner>,
        outcome: &mut Outcome,
        seat: Seat,
    ) -> Option<(Timestamp, Option<Next>)> {
        let error = Arc::clone(outcome.failure()?);
        match self.task.wants_retry(&error) {
            Ok(true) => {}
            Ok(false) => return None,
            Err(payload) => {
                let both = self.panicked_with("the predicate of its retries panicked: ", payload);
                discard(std::mem::replace(outcome, both));
                discard(self.task.note_failure(ExecutorError::clone(&error), self.run));
                return None;
            }
        }
        let now = inner.now();
        // Before anybody may begin the next attempt.
        self.body.take().into_iter().for_each(|body| self.task.put_back(body));
        let mut core = inner.core.lock();
        let is_retried = core.retry(self.started.ticket, outcome.state(), now);
        // Under the lock, so that whoever learns of the task's end finds it counted.
        let forgotten = is_retried.then(|| {
            self.count_retry(inner, seat.worker(), now);
            self.task.note_failure(ExecutorError::clone(&error), self.run)
        });
        drop(core);
        discard(forgotten);
        if !is_retried {
            return None;
        }
        self.task.stop_helpers(self.started.number);
        let held = self.held(seat, now);
        let next = inner.finish(now, seat, |core, step| {
            held.into_iter().for_each(|held| core.observe(held));
            core.drain(None, step);
        });
        Some((now, next))
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

    fn count_retry(&self, inner: &Inner, worker: Option<usize>, now: Timestamp) {
        let run_time = self.run.started_at().map(|started_at| now - started_at);
        let begun = self.queue_wait().filter(|_| !self.is_counted);
        inner.metrics.recorder(worker).retried(begun, run_time);
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
