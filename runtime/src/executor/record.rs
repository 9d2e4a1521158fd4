//! What the executor keeps about a task.

use super::batch::TaskRef;
use super::cancellation::Cancellation;
use super::discard::{self, discard};
use super::{AsyncTask, ExecutableTask, ExecutorError, TaskOutput};
use primitives::Timestamp;
use primitives::shim::Mutex;
use scheduler::{EndState, TaskId};
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::task::Waker;
use std::time::{Duration, Instant};

/// A task from its submission until nobody can ask about it any more.
pub(super) struct Record {
    pub(super) id: TaskId,
    pub(super) name: Option<Arc<str>>,
    pub(super) deadline: Option<Instant>,
    pub(super) memory_bytes: usize,
    /// Sorted.
    pub(super) dependencies: Vec<TaskId>,
    pub(super) cancellation: Cancellation,
    /// Set once, before anybody can learn that the task has ended.
    ending: OnceLock<Ending>,
    /// `None` while there is nothing to hold on to.
    live: Mutex<Option<Box<Live>>>,
}

/// What a task holds on to until it has ended.
#[derive(Default)]
struct Live {
    /// The dependencies outside its batch, sorted by id.
    inputs: Box<[TaskRef]>,
    /// Whom to wake if the running attempt, which waits, is to stop.
    waker: Option<Waker>,
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
    pub(super) worker: Option<u32>,
}

/// What came out of a task.
#[derive(Debug)]
pub(super) enum Outcome {
    Completed(TaskOutput),
    /// Returned an error, or panicked.
    Failed(Box<ExecutorError>),
    Cancelled,
    TimedOut(Duration),
    Skipped(TaskId),
}

/// What travels through the scheduler: the payload of a task that has not started.
#[derive(Debug)]
pub(super) struct Launch {
    pub(super) task: TaskRef,
    pub(super) body: Body,
}

/// What the user wants run.
pub(super) struct Body(pub(super) Arc<dyn AsyncTask>);

impl Record {
    /// The record of an accepted task, and what it runs.
    pub(super) fn new(task: ExecutableTask) -> (Self, Body) {
        let mut dependencies = task.dependencies;
        dependencies.sort_unstable();
        let record = Self {
            id: task.id,
            name: task.name,
            deadline: task.deadline,
            memory_bytes: task.resource_requirements.memory_bytes,
            dependencies,
            cancellation: Cancellation::default(),
            ending: OnceLock::new(),
            live: Mutex::default(),
        };
        (record, Body(task.task))
    }

    pub(super) fn ending(&self) -> Option<&Ending> {
        self.ending.get()
    }

    pub(super) fn end(&self, ending: Ending) {
        let first = self.ending.set(ending).is_ok();
        debug_assert!(first, "a task ends once");
    }

    /// The dependencies outside the task's batch, before it can start.
    pub(super) fn set_outside_inputs(&self, mut inputs: Vec<TaskRef>) {
        inputs.sort_unstable_by_key(|input| input.id);
        // What was there before is nothing.
        self.live.lock().get_or_insert_default().inputs = inputs.into();
    }

    /// The dependency `id` outside the task's batch, until the task has ended.
    pub(super) fn outside_input(&self, id: TaskId) -> Option<TaskRef> {
        let live = self.live.lock();
        let inputs = &live.as_ref()?.inputs;
        let place = inputs.binary_search_by_key(&id, |input| input.id).ok()?;
        Some(inputs[place].clone())
    }

    /// Whether the attempt that is about to wait, to be woken by `waker`, is to stop instead.
    ///
    /// The flag is looked at after the waker has been left: either this look sees that the
    /// attempt is to stop, or [`stop`](Self::stop) sees the waker.
    pub(super) fn wait_or_stop(&self, waker: &Waker) -> bool {
        let mut guard = self.live.lock();
        let live = guard.get_or_insert_default();
        let is_new = live.waker.as_ref().is_none_or(|kept| !kept.will_wake(waker));
        // Both wakers are this runtime's own: cloning and dropping them is no user code.
        if is_new {
            live.waker = Some(waker.clone());
        }
        drop(guard);
        self.cancellation.is_set()
    }

    /// Asks the running attempt to stop. It looks at the flag whenever it is polled.
    pub(super) fn stop(&self) {
        self.cancellation.set();
        let waker = self.live.lock().as_mut().and_then(|live| live.waker.take());
        if let Some(waker) = waker {
            discard::wake(waker);
        }
    }

    /// After the end: lets go of what only a live task needs.
    ///
    /// Every record comes by here before it is dropped, so dropping the last of a long chain of
    /// dependents never recurses along the chain.
    pub(super) fn settle(&self) {
        let live = self.live.lock().take();
        if self.ending().is_some_and(|ending| !matches!(ending.outcome, Outcome::Completed(_))) {
            self.cancellation.set();
        }
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
            Outcome::Failed(error) => ExecutorError::clone(error),
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

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Body").finish_non_exhaustive()
    }
}
