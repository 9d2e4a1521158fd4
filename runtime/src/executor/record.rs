//! What the executor keeps about a task.

use super::batch::TaskRef;
use super::cancellation::Cancellation;
use super::discard::{self, discard};
use super::{AsyncTask, ExecutableTask, ExecutorError, TaskOutput};
use primitives::Timestamp;
use primitives::shim::Mutex;
use primitives::shim::atomic::{AtomicBool, Ordering};
use scheduler::{EndState, ResourceRequirements, TaskId};
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::task::Waker;
use std::time::{Duration, Instant};

/// A task from the moment it is added to a graph until nobody can ask about it any more. It never
/// moves to other memory: there may be millions.
pub(super) struct Record {
    pub(super) id: TaskId,
    pub(super) name: Option<Arc<str>>,
    pub(super) deadline: Option<Instant>,
    pub(super) estimate_ns: u64,
    pub(super) timeout: Timeout,
    pub(super) priority: u32,
    /// Which of the graph's requirements it has.
    pub(super) requirements: u32,
    /// Where in the graph's list its dependencies end.
    pub(super) dependencies_end: u32,
    /// Whether the running attempt is to stop.
    pub(super) cancellation: Cancellation,
    held: Mutex<Held>,
    /// Whether there are any extras.
    has_extras: AtomicBool,
    /// Set once, before anybody can learn that the task has ended.
    ending: OnceLock<Ending>,
}

/// How long one attempt may run, in nanoseconds. Some 584 years and more is for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Timeout(u64);

/// What a task holds on to while it is alive.
pub(super) struct Held {
    /// What to run, until an attempt runs it or the task ends without.
    body: Option<Body>,
    /// What few tasks have.
    extras: Option<Box<Extras>>,
}

/// What few tasks hold on to until they have ended.
#[derive(Default)]
struct Extras {
    /// The dependencies outside its batch, sorted by id.
    inputs: Box<[TaskRef]>,
    /// Whom to wake if the running attempt, which waits, is to stop.
    waker: Option<Waker>,
}

/// How a task ended.
#[derive(Debug)]
pub(super) struct Ending {
    pub(super) outcome: Outcome,
    pub(super) run: Run,
    pub(super) finished_at: Timestamp,
}

/// Where and when an attempt ran. [`Timestamp::MAX`] and `u32::MAX` are "never" and "nowhere": an
/// option would take twice the space.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    ready_at: Timestamp,
    started_at: Timestamp,
    worker: u32,
}

impl Run {
    /// Of a task that never was dispatched.
    pub(super) const NEVER: Self =
        Self { ready_at: Timestamp::MAX, started_at: Timestamp::MAX, worker: u32::MAX };

    /// Of an attempt that has been dispatched, and not begun.
    pub(super) fn dispatched(ready_at: Timestamp) -> Self {
        Self { ready_at, ..Self::NEVER }
    }

    /// A worker, if it is one, polls the attempt for the first time. `now` may have been read just
    /// before another worker's reading made the task ready.
    pub(super) fn begin(&mut self, now: Timestamp, worker: Option<usize>) {
        self.started_at = now.max(self.ready_at);
        self.worker = worker.map_or(u32::MAX, |worker| worker as u32);
    }

    /// When it had nothing to wait for but its turn; `None` if it was never dispatched.
    pub(super) fn ready_at(&self) -> Option<Timestamp> {
        Some(self.ready_at).filter(|&at| at != Timestamp::MAX)
    }

    /// `None` if it was stopped before its first poll.
    pub(super) fn started_at(&self) -> Option<Timestamp> {
        Some(self.started_at).filter(|&at| at != Timestamp::MAX)
    }

    pub(super) fn worker(&self) -> Option<usize> {
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
    pub(super) fn said(self) -> Option<Duration> {
        match self {
            Self::UNSAID => None,
            Self::FOR_EVER => Some(Duration::MAX),
            Self(nanos) => Some(Duration::from_nanos(nanos)),
        }
    }
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

/// What the user wants run.
pub(super) struct Body(pub(super) Arc<dyn AsyncTask>);

impl Record {
    /// The record of `task`, whose dependencies and requirements the graph keeps.
    pub(super) fn new(task: ExecutableTask, requirements: u32, dependencies_end: u32) -> Self {
        Self {
            id: task.id,
            name: task.name,
            deadline: task.deadline,
            estimate_ns: u64::try_from(task.estimated_duration.as_nanos()).unwrap_or(u64::MAX),
            timeout: Timeout::new(task.timeout),
            priority: task.priority,
            requirements,
            dependencies_end,
            cancellation: Cancellation::default(),
            held: Mutex::new(Held { body: Some(Body(task.task)), extras: None }),
            has_extras: AtomicBool::new(false),
            ending: OnceLock::new(),
        }
    }

    /// The task again, with what the graph has kept of it. `None` if it has started.
    pub(super) fn into_task(
        self,
        dependencies: Vec<TaskId>,
        resource_requirements: ResourceRequirements,
    ) -> Option<ExecutableTask> {
        Some(ExecutableTask {
            id: self.id,
            name: self.name.clone(),
            priority: self.priority,
            deadline: self.deadline,
            dependencies,
            estimated_duration: self.estimate(),
            resource_requirements,
            timeout: self.timeout.said(),
            task: self.take_body()?.0,
        })
    }

    /// How long the task is expected to run.
    pub(super) fn estimate(&self) -> Duration {
        if self.estimate_ns == u64::MAX {
            Duration::MAX
        } else {
            Duration::from_nanos(self.estimate_ns)
        }
    }

    /// What to run; `None` the second time.
    pub(super) fn take_body(&self) -> Option<Body> {
        self.held.lock().body.take()
    }

    /// Reads the memory that an attempt will need, so that that of several can be on its way at
    /// once. The result means nothing.
    pub(super) fn touch(&self) -> bool {
        // One field from each end and one from the middle. No lock, which would wait for it.
        self.deadline.is_some() ^ self.ending.get().is_some() ^ self.cancellation.is_set()
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
        self.held.lock().extras.get_or_insert_default().inputs = inputs.into();
        self.note_extras();
    }

    fn note_extras(&self) {
        // ORDERING: Relaxed; it is set before the attempt begins, which the core's lock orders, or
        // by the attempt itself.
        self.has_extras.store(true, Ordering::Relaxed);
    }

    fn has_extras(&self) -> bool {
        // ORDERING: Relaxed, see `note_extras`.
        self.has_extras.load(Ordering::Relaxed)
    }

    /// The dependency `id` outside the task's batch, until the task has ended.
    pub(super) fn outside_input(&self, id: TaskId) -> Option<TaskRef> {
        let held = self.held.lock();
        let inputs = &held.extras.as_ref()?.inputs;
        let place = inputs.binary_search_by_key(&id, |input| input.id).ok()?;
        Some(inputs[place].clone())
    }

    /// Whether the attempt that is about to wait, to be woken by `waker`, is to stop instead.
    ///
    /// The flag is looked at after the waker has been left: either this look sees that the
    /// attempt is to stop, or [`stop`](Self::stop) sees the waker.
    pub(super) fn wait_or_stop(&self, waker: &Waker) -> bool {
        let mut held = self.held.lock();
        let extras = held.extras.get_or_insert_default();
        let is_new = extras.waker.as_ref().is_none_or(|kept| !kept.will_wake(waker));
        // Both wakers are this runtime's own: cloning and dropping them is no user code.
        if is_new {
            extras.waker = Some(waker.clone());
        }
        drop(held);
        self.note_extras();
        self.cancellation.is_set()
    }

    /// Asks the running attempt to stop. It looks at the flag whenever it is polled.
    pub(super) fn stop(&self) {
        self.cancellation.set();
        let waker = self.held.lock().extras.as_mut().and_then(|extras| extras.waker.take());
        if let Some(waker) = waker {
            discard::wake(waker);
        }
    }

    /// After the end of an attempt: lets go of what only a live task needs.
    pub(super) fn let_go(&self) {
        let unused = if self.has_extras() { self.settle() } else { None };
        debug_assert!(unused.is_none(), "the attempt has taken it");
        self.tell_helpers();
    }

    /// Those who wait to be told that the task's attempt is to stop need not go on if it has
    /// ended, and not well.
    fn tell_helpers(&self) {
        if self.ending().is_some_and(|ending| !matches!(ending.outcome, Outcome::Completed(_))) {
            self.cancellation.set();
        }
    }

    /// After the end: lets go of what only a live task needs. Returns what it was to run, if no
    /// attempt has taken that.
    ///
    /// Every record comes by here before it is dropped, so dropping the last of a long chain of
    /// dependents never recurses along the chain.
    #[must_use = "dropping it is user code"]
    pub(super) fn settle(&self) -> Option<Body> {
        let mut held = self.held.lock();
        let (body, extras) = (held.body.take(), held.extras.take());
        drop(held);
        self.tell_helpers();
        drop(extras);
        body
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
