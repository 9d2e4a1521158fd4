//! What the executor keeps about a task.

use super::held::Extras;
use crate::executor::discard::discard;
use crate::executor::{AsyncTask, ExecutableTask, ExecutorError, RootCause, TaskOutput};
use crate::sync::once_slot::OnceSlot;
use crossbeam_utils::atomic::AtomicCell;
use primitives::Timestamp;
use primitives::prefetch::prefetch;
use primitives::shim::Mutex;
use primitives::shim::atomic::AtomicBool;
use scheduler::{EndState, ResourceRequirements, TaskId, TimeLimit, TriggerRule};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A task from the moment it is added to a graph until nobody can ask about it any more. It never
/// moves to other memory: there may be millions.
///
/// In the order in which it is used: an attempt touches the first 128 bytes only.
#[repr(C)]
pub(in crate::executor) struct Record {
    pub(in crate::executor) id: TaskId,
    pub(in crate::executor) deadline: Option<Instant>,
    /// What to run, until an attempt runs it or the task ends without.
    pub(super) body: AtomicCell<Option<Body>>,
    /// What few tasks hold on to besides.
    pub(super) extras: Mutex<Option<Box<Extras>>>,
    /// Whether some attempt was asked to stop; which, the extras say.
    pub(in crate::executor) is_cancelled: AtomicBool,
    /// Whether there are any extras.
    pub(in crate::executor) has_extras: AtomicBool,
    pub(in crate::executor) priority: u32,
    /// Set once, before anybody can learn that the task has ended.
    ending: OnceSlot<Ending>,
    pub(in crate::executor) name: Option<Arc<str>>,
    pub(in crate::executor) estimate_ns: u64,
    pub(in crate::executor) timeout: Timeout,
    /// Which of the graph's requirements it has.
    pub(in crate::executor) requirements: u32,
    /// Where in the graph's list its dependencies end.
    pub(in crate::executor) dependencies_end: u32,
}

/// How long one attempt may run, in nanoseconds. Some 584 years and more is for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::executor) struct Timeout(u64);

/// How a task ended.
#[derive(Debug)]
pub(in crate::executor) struct Ending {
    pub(in crate::executor) outcome: Outcome,
    pub(in crate::executor) run: Run,
    pub(in crate::executor) finished_at: Timestamp,
}

/// Where and when an attempt ran. [`Timestamp::MAX`] and `u32::MAX` are "never" and "nowhere": an
/// option would take twice the space.
#[derive(Debug, Clone, Copy)]
pub(in crate::executor) struct Run {
    ready_at: Timestamp,
    started_at: Timestamp,
    worker: u32,
    /// Which attempt it is; 0 if there was none.
    attempt: u32,
}

impl Run {
    /// Of a task that never was dispatched.
    pub(in crate::executor) const NEVER: Self =
        Self { ready_at: Timestamp::MAX, started_at: Timestamp::MAX, worker: u32::MAX, attempt: 0 };

    /// Of an attempt that has been dispatched, and not begun.
    pub(in crate::executor) fn dispatched(ready_at: Timestamp, attempt: u32) -> Self {
        Self { ready_at, attempt, ..Self::NEVER }
    }

    /// Which attempt it is; 0 if there was none.
    pub(in crate::executor) fn attempt(&self) -> u32 {
        self.attempt
    }

    /// A worker, if it is one, polls the attempt for the first time. `now` may have been read just
    /// before another worker's reading made the task ready.
    pub(in crate::executor) fn begin(&mut self, now: Timestamp, worker: Option<usize>) {
        self.started_at = now.max(self.ready_at);
        self.worker = worker.map_or(u32::MAX, |worker| worker as u32);
    }

    /// When it had nothing to wait for but its turn; `None` if it was never dispatched.
    pub(in crate::executor) fn ready_at(&self) -> Option<Timestamp> {
        Some(self.ready_at).filter(|&at| at != Timestamp::MAX)
    }

    /// `None` if it was stopped before its first poll.
    pub(in crate::executor) fn started_at(&self) -> Option<Timestamp> {
        Some(self.started_at).filter(|&at| at != Timestamp::MAX)
    }

    pub(in crate::executor) fn worker(&self) -> Option<usize> {
        (self.worker != u32::MAX).then_some(self.worker as usize)
    }
}

impl Timeout {
    /// The task does not say.
    const UNSAID: Self = Self(u64::MAX - 1);
    const FOR_EVER: Self = Self(u64::MAX);

    fn new(timeout: Option<Duration>) -> Self {
        let Some(timeout) = timeout else { return Self::UNSAID };
        let nanos = u64::try_from(timeout.as_nanos()).unwrap_or(u64::MAX);
        if nanos < Self::UNSAID.0 { Self(nanos) } else { Self::FOR_EVER }
    }

    /// What the task says; `Duration::MAX` is for ever.
    pub(in crate::executor) fn said(self) -> Option<Duration> {
        match self {
            Self::UNSAID => None,
            Self::FOR_EVER => Some(Duration::MAX),
            Self(nanos) => Some(Duration::from_nanos(nanos)),
        }
    }
}

/// What came out of a task.
#[derive(Debug)]
pub(in crate::executor) enum Outcome {
    Completed(TaskOutput),
    /// Returned an error, or panicked.
    Failed(Arc<ExecutorError>),
    Cancelled,
    TimedOut(Arc<ExecutorError>),
    /// Because of which dependency, and where it all began.
    Skipped(TaskId, Option<RootCause>),
}

/// What the user wants run.
pub(in crate::executor) struct Body(pub(in crate::executor) Box<dyn AsyncTask>);

impl Record {
    /// The record of `task`, whose dependencies and requirements the graph keeps.
    pub(in crate::executor) fn new(
        task: ExecutableTask,
        requirements: u32,
        dependencies_end: u32,
    ) -> Self {
        Self {
            id: task.id,
            deadline: task.deadline,
            body: AtomicCell::new(Some(Body(task.task))),
            extras: Mutex::default(),
            is_cancelled: AtomicBool::new(false),
            has_extras: AtomicBool::new(false),
            priority: task.priority,
            ending: OnceSlot::empty(),
            name: task.name,
            estimate_ns: u64::try_from(task.estimated_duration.as_nanos()).unwrap_or(u64::MAX),
            timeout: Timeout::new(task.timeout),
            requirements,
            dependencies_end,
        }
    }

    /// The task again, with what the graph has kept of it, but for what few tasks have. `None` if
    /// it has started.
    pub(in crate::executor) fn take_task(
        &self,
        dependencies: Vec<TaskId>,
        resource_requirements: ResourceRequirements,
    ) -> Option<ExecutableTask> {
        Some(ExecutableTask {
            id: self.id,
            name: self.name.clone(),
            kind: None,
            input_size: None,
            priority: self.priority,
            deadline: self.deadline,
            dependencies,
            estimated_duration: self.estimate(),
            resource_requirements,
            groups: Vec::new(),
            costs: Vec::new(),
            timeout: self.timeout.said(),
            trigger: TriggerRule::default(),
            resilience: None,
            retry_if: None,
            task: self.take_body()?.0,
        })
    }

    /// How long the task is expected to run.
    pub(in crate::executor) fn estimate(&self) -> Duration {
        if self.estimate_ns == u64::MAX {
            Duration::MAX
        } else {
            Duration::from_nanos(self.estimate_ns)
        }
    }

    /// Has the memory brought near that an attempt will need.
    pub(in crate::executor) fn prefetch(&self) {
        // A place in each cache line.
        prefetch(&self.id);
        prefetch(&self.is_cancelled);
        prefetch(&self.name);
    }

    pub(in crate::executor) fn ending(&self) -> Option<&Ending> {
        self.ending.get()
    }

    pub(in crate::executor) fn end(&self, ending: Ending) {
        let first = self.ending.fill(ending).is_ok();
        debug_assert!(first, "a task ends once");
    }

    /// A copy of what came out of an ended task.
    pub(in crate::executor) fn result(&self) -> Option<Result<TaskOutput, ExecutorError>> {
        Some(match &self.ending()?.outcome {
            Outcome::Completed(output) => Ok(output.clone()),
            outcome => Err(self.error(outcome)?),
        })
    }

    /// Why there is no output.
    pub(in crate::executor) fn error(&self, outcome: &Outcome) -> Option<ExecutorError> {
        let (id, name) = (self.id, self.name.clone());
        Some(match outcome {
            Outcome::Completed(_) => return None,
            Outcome::Failed(error) | Outcome::TimedOut(error) => ExecutorError::clone(error),
            Outcome::Cancelled => ExecutorError::Cancelled { id, name },
            Outcome::Skipped(cause, root) => {
                ExecutorError::Skipped { id, name, cause: *cause, source: root.clone() }
            }
        })
    }

    /// The output as a `T`.
    pub(in crate::executor) fn output<T: Send + Sync + 'static>(
        &self,
    ) -> Option<Result<Arc<T>, ExecutorError>> {
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
        if let Some(errors) = self.take_errors() {
            discard(errors);
        }
    }
}

impl Outcome {
    /// Of a task that ran into `limit`, after so many attempts.
    pub(in crate::executor) fn timed_out(task: &Record, attempt: u32, limit: TimeLimit) -> Self {
        let (id, name) = (task.id, task.name.clone());
        Self::TimedOut(Arc::new(ExecutorError::TimedOut { id, name, attempt, limit }))
    }

    /// What went wrong, if something did that another attempt might do better.
    pub(in crate::executor) fn failure(&self) -> Option<&Arc<ExecutorError>> {
        match self {
            Self::Failed(error) | Self::TimedOut(error) => Some(error),
            Self::Completed(_) | Self::Cancelled | Self::Skipped(..) => None,
        }
    }

    pub(in crate::executor) fn state(&self) -> EndState {
        match self {
            Self::Completed(_) => EndState::Completed,
            Self::Failed(_) => EndState::Failed,
            Self::Cancelled => EndState::Cancelled,
            Self::TimedOut(_) => EndState::TimedOut,
            Self::Skipped(..) => EndState::Skipped,
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
