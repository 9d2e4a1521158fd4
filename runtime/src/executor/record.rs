//! What the executor keeps about a task.

use super::cancellation::Cancellation;
use super::discard::discard;
use super::joiner::Joiner;
use super::release::Release;
use super::{AsyncTask, ExecutableTask, ExecutorError, TaskOutput};
use crate::task::{AbortHandle, JoinHandle};
use primitives::Timestamp;
use primitives::shim::Mutex;
use scheduler::{EndState, TaskId};
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// A task from its submission until nobody can ask about it any more.
pub(super) struct Record {
    pub(super) id: TaskId,
    pub(super) name: Option<Arc<str>>,
    pub(super) deadline: Option<Instant>,
    pub(super) memory_bytes: usize,
    pub(super) submitted_at: Timestamp,
    pub(super) cancellation: Cancellation,
    /// For a task submitted alone: who forgets it.
    pub(super) release: Release,
    pub(super) joiner: Joiner,
    /// Set once, before anybody can learn that the task has ended.
    ending: OnceLock<Ending>,
    live: Mutex<Live>,
}

/// What a task holds on to until it has ended.
#[derive(Default)]
struct Live {
    /// The dependencies, sorted by id.
    inputs: Box<[Arc<Record>]>,
    /// The running attempt.
    attempt: Option<JoinHandle<()>>,
}

/// How a task ended.
#[derive(Debug)]
pub(super) struct Ending {
    pub(super) outcome: Outcome,
    /// `None` if it was never dispatched.
    pub(super) run: Option<Run>,
    pub(super) finished_at: Timestamp,
}

/// Where and when an attempt ran.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    pub(super) ready_at: Timestamp,
    /// `None` if it was stopped before its first poll.
    pub(super) started_at: Option<Timestamp>,
    pub(super) worker: Option<usize>,
}

/// What came out of a task.
#[derive(Debug)]
pub(super) enum Outcome {
    Completed(TaskOutput),
    /// Returned an error, or panicked.
    Failed(ExecutorError),
    Cancelled,
    TimedOut(Duration),
    Skipped(TaskId),
}

/// What travels through the scheduler: the payload of a task that has not started.
pub(super) struct Launch {
    pub(super) record: Arc<Record>,
    pub(super) task: Arc<dyn AsyncTask>,
    /// As the user gave it, to hand back.
    pub(super) timeout: Option<Duration>,
}

impl Record {
    pub(super) fn new(task: &ExecutableTask, now: Timestamp) -> Self {
        Self {
            id: task.id,
            name: task.name.clone(),
            deadline: task.deadline,
            memory_bytes: task.resource_requirements.memory_bytes,
            submitted_at: now,
            cancellation: Cancellation::default(),
            release: Release::default(),
            joiner: Joiner::default(),
            ending: OnceLock::new(),
            live: Mutex::default(),
        }
    }

    pub(super) fn ending(&self) -> Option<&Ending> {
        self.ending.get()
    }

    pub(super) fn end(&self, ending: Ending) {
        let first = self.ending.set(ending).is_ok();
        debug_assert!(first, "a task ends once");
    }

    /// The task's dependencies, before it can start. What was there before is nothing.
    pub(super) fn set_inputs(&self, mut inputs: Vec<Arc<Record>>) {
        inputs.sort_unstable_by_key(|input| input.id);
        inputs.dedup_by_key(|input| input.id);
        self.live.lock().inputs = inputs.into();
    }

    /// The dependency `id`, until the task has ended.
    pub(super) fn input(&self, id: TaskId) -> Option<Arc<Self>> {
        let live = self.live.lock();
        let place = live.inputs.binary_search_by_key(&id, |input| input.id).ok()?;
        Some(Arc::clone(&live.inputs[place]))
    }

    /// The attempt has been spawned; if it was cancelled meanwhile it is stopped.
    pub(super) fn set_attempt(&self, attempt: JoinHandle<()>) {
        let mut live = self.live.lock();
        if self.ending.get().is_some() {
            drop(live);
            drop(attempt);
            return;
        }
        live.attempt = Some(attempt);
        drop(live);
        if self.cancellation.is_set() {
            self.abort();
        }
    }

    /// Asks the running attempt to stop.
    pub(super) fn stop(&self) {
        self.cancellation.set();
        self.abort();
    }

    fn abort(&self) {
        let attempt: Option<AbortHandle> =
            self.live.lock().attempt.as_ref().map(JoinHandle::abort_handle);
        if let Some(attempt) = attempt {
            attempt.abort();
        }
    }

    /// After the end: lets go of what only a live task needs, and wakes the handle.
    ///
    /// Every record comes by here before it is dropped, so dropping the last of a long chain of
    /// dependents never recurses along the chain.
    pub(super) fn settle(&self) {
        let live = std::mem::take(&mut *self.live.lock());
        if self.ending().is_some_and(|ending| !matches!(ending.outcome, Outcome::Completed(_))) {
            self.cancellation.set();
        }
        self.joiner.wake();
        drop(live);
    }

    /// A copy of what came out of an ended task.
    pub(super) fn result(&self) -> Option<Result<TaskOutput, ExecutorError>> {
        Some(match &self.ending()?.outcome {
            Outcome::Completed(output) => Ok(output.clone()),
            outcome => Err(self.error(outcome)?),
        })
    }

    /// Why there is no output.
    pub(super) fn error(&self, outcome: &Outcome) -> Option<ExecutorError> {
        let (id, name) = (self.id, self.name.clone());
        Some(match outcome {
            Outcome::Completed(_) => return None,
            Outcome::Failed(error) => error.clone(),
            Outcome::Cancelled => ExecutorError::Cancelled { id, name },
            &Outcome::TimedOut(after) => ExecutorError::TimedOut { id, name, after },
            &Outcome::Skipped(cause) => ExecutorError::Skipped { id, name, cause },
        })
    }

    /// The output as a `T`.
    pub(super) fn output<T: Send + Sync + 'static>(&self) -> Option<Result<Arc<T>, ExecutorError>> {
        Some(self.result()?.and_then(|output| {
            output.downcast().map_err(|output| ExecutorError::WrongType {
                id: self.id,
                expected: std::any::type_name::<T>(),
                actual: output.type_name(),
            })
        }))
    }
}

impl Drop for Record {
    /// The output, or the error, is the user's, and many records may go at once.
    fn drop(&mut self) {
        discard(self.ending.take());
    }
}

impl Outcome {
    pub(super) fn state(&self) -> EndState {
        match self {
            Self::Completed(_) => EndState::Completed,
            Self::Failed(_) => EndState::Failed,
            Self::Cancelled => EndState::Cancelled,
            Self::TimedOut(_) => EndState::TimedOut,
            Self::Skipped(_) => EndState::Skipped,
        }
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record").field("id", &self.id).finish_non_exhaustive()
    }
}

impl fmt::Debug for Launch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Launch").field("record", &self.record).finish_non_exhaustive()
    }
}
