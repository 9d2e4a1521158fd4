//! Starting tasks about which there is something to say.

use super::annotation::Annotation;
use super::local_set::spawn_in_entered;
use super::{JoinHandle, LocalSet, NoSuchWorker, Priority};
use crate::runtime::Handle;
use crate::time::Instant;
use scheduler::steal::Urgency;
use std::io;
use std::panic::Location;

/// Starts a task with a name, a priority or a deadline.
///
/// A name costs the task an allocation. Tasks without one, and without the rest, pay nothing.
///
/// # Order
///
/// Whenever a task is woken that has a [`priority`](Self::priority) or a
/// [`deadline`](Self::deadline), it is queued in one place for the whole runtime, in exact order:
/// the higher priority, then the earlier deadline, then whoever was woken first. Those above the
/// ordinary (a priority above normal, or a normal one with a deadline) come before everything that
/// waits in the workers' own queues; those of low priority come when a worker would find nothing
/// else to do.
///
/// * Nothing is interrupted: urgent work waits for the polls under way, and there are as many of
///   those as workers.
/// * Nobody starves. After 31 urgent tasks in a row a worker takes one ordinary task if it has one;
///   and each 127th of its steps goes to a task of low priority if one waits.
/// * A deadline orders; nothing happens when it passes. See [`timeout`](crate::time::timeout) for
///   that.
/// * Tasks that such a task spawns are ordinary ones.
/// * The place has a lock. It is for the few tasks that matter more, or less, and not for millions
///   of short ones.
///
/// An [`AsyncTaskExecutor`](crate::AsyncTaskExecutor) decides earlier: its priorities, deadlines
/// and limits say which of its tasks *may start*; those it has admitted are ordinary tasks of the
/// runtime. Urgent tasks started here run before them, and low ones when the admitted ones leave a
/// worker idle.
///
/// # Examples
///
/// ```
/// use graph_runtime::task::{self, Priority};
/// use graph_runtime::time::{Duration, Instant};
///
/// # #[graph_runtime::main]
/// # async fn main() -> std::io::Result<()> {
/// let heartbeat = task::Builder::new()
///     .name("heartbeat")
///     .priority(Priority::HIGH)
///     .deadline(Instant::now() + Duration::from_millis(10))
///     .spawn(async { "alive" })?;
/// let index = task::Builder::new().name("index").priority(Priority::LOW).spawn(async { 7 })?;
/// assert_eq!((heartbeat.await?, index.await?), ("alive", 7));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, Default)]
#[must_use = "a builder does nothing unless it spawns"]
pub struct Builder<'a> {
    name: Option<&'a str>,
    priority: Priority,
    deadline: Option<Instant>,
}

impl<'a> Builder<'a> {
    /// Nothing to say yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Names the task, for hooks, dumps and people.
    pub fn name(&self, name: &'a str) -> Self {
        Self { name: Some(name), ..*self }
    }

    /// Sets the task's priority. Default: [`Priority::NORMAL`].
    pub fn priority(&self, priority: impl Into<Priority>) -> Self {
        Self { priority: priority.into(), ..*self }
    }

    /// Sets when the task should be done, for the order among tasks of its priority. Default: at no
    /// particular time.
    pub fn deadline(&self, deadline: Instant) -> Self {
        Self { deadline: Some(deadline), ..*self }
    }

    /// What the task will say about itself where there is no order.
    fn label(&self) -> Annotation {
        Annotation { name: self.name.map(Into::into), urgency: Urgency::ORDINARY }
    }

    /// What the task will say about itself on a runtime.
    fn annotation(&self, handle: &Handle) -> Annotation {
        let clock = &handle.shared().seams.clock;
        let deadline = self.deadline.map(|deadline| clock.timestamp(deadline.into_std()));
        let urgency = Urgency { priority: self.priority.get(), deadline };
        Annotation { urgency, ..self.label() }
    }

    /// Starts the task on the current runtime; see [`spawn`](crate::spawn).
    ///
    /// # Errors
    ///
    /// None at present; it is tokio's signature.
    ///
    /// # Panics
    ///
    /// Outside a runtime.
    #[track_caller]
    pub fn spawn<F>(self, future: F) -> io::Result<JoinHandle<F::Output>>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.spawn_on(future, &Handle::current())
    }

    /// Starts the task on the given runtime; see [`Handle::spawn`].
    ///
    /// # Errors
    ///
    /// As [`spawn`](Self::spawn).
    #[track_caller]
    pub fn spawn_on<F>(self, future: F, handle: &Handle) -> io::Result<JoinHandle<F::Output>>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let (site, annotation) = (Location::caller(), self.annotation(handle));
        Ok(handle.shared().spawn_annotated(future, site, annotation))
    }

    /// Starts a task, which need not be `Send`, in the [`LocalSet`] that the calling code runs in;
    /// see [`spawn_local`](super::spawn_local). A set runs its tasks in the order in which they are
    /// woken, whatever their priority and deadline.
    ///
    /// # Errors
    ///
    /// As [`spawn`](Self::spawn).
    ///
    /// # Panics
    ///
    /// Outside of a set.
    #[track_caller]
    pub fn spawn_local<F>(self, future: F) -> io::Result<JoinHandle<F::Output>>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        Ok(spawn_in_entered(future, Location::caller(), Some(self.label())))
    }

    /// Adds a task to the given set; see [`LocalSet::spawn_local`].
    ///
    /// # Errors
    ///
    /// As [`spawn`](Self::spawn).
    #[track_caller]
    pub fn spawn_local_on<F>(self, future: F, set: &LocalSet) -> io::Result<JoinHandle<F::Output>>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        Ok(set.spawn_annotated(future, Location::caller(), self.label()))
    }

    /// Starts a task that stays on one worker of the current runtime; see
    /// [`spawn_pinned`](super::spawn_pinned). A worker runs such tasks in the order in which they
    /// are woken, whatever their priority and deadline.
    ///
    /// # Errors
    ///
    /// [`NoSuchWorker`] gives the closure back if there is no worker of that number.
    ///
    /// # Panics
    ///
    /// Outside a runtime.
    #[track_caller]
    pub fn spawn_pinned<F, Fut>(
        self,
        worker: usize,
        create: F,
    ) -> Result<JoinHandle<Fut::Output>, NoSuchWorker<F>>
    where
        F: FnOnce() -> Fut + Send + 'static,
        Fut: Future + 'static,
        Fut::Output: Send + 'static,
    {
        self.spawn_pinned_on(worker, create, &Handle::current())
    }

    /// The same on the given runtime.
    ///
    /// # Errors
    ///
    /// As [`spawn_pinned`](Self::spawn_pinned).
    #[track_caller]
    pub fn spawn_pinned_on<F, Fut>(
        self,
        worker: usize,
        create: F,
        handle: &Handle,
    ) -> Result<JoinHandle<Fut::Output>, NoSuchWorker<F>>
    where
        F: FnOnce() -> Fut + Send + 'static,
        Fut: Future + 'static,
        Fut::Output: Send + 'static,
    {
        let (site, label) = (Location::caller(), Some(self.label()));
        handle.shared().spawn_pinned(worker, create, site, label)
    }

    /// Runs a closure that may block, on the current runtime; see
    /// [`spawn_blocking`](super::spawn_blocking). Such closures start in the order in which they
    /// come, whatever their priority and deadline.
    ///
    /// # Errors
    ///
    /// As [`spawn`](Self::spawn).
    ///
    /// # Panics
    ///
    /// Outside a runtime, and as [`Handle::spawn_blocking`].
    #[track_caller]
    pub fn spawn_blocking<F, R>(self, closure: F) -> io::Result<JoinHandle<R>>
    where
        F: FnOnce() -> R + Send + 'static,
        R: Send + 'static,
    {
        self.spawn_blocking_on(closure, &Handle::current())
    }

    /// The same on the given runtime.
    ///
    /// # Errors
    ///
    /// As [`spawn`](Self::spawn).
    ///
    /// # Panics
    ///
    /// As [`Handle::spawn_blocking`].
    #[track_caller]
    pub fn spawn_blocking_on<F, R>(self, closure: F, handle: &Handle) -> io::Result<JoinHandle<R>>
    where
        F: FnOnce() -> R + Send + 'static,
        R: Send + 'static,
    {
        let (site, annotation) = (Location::caller(), self.annotation(handle));
        Ok(handle.shared().blocking.spawn_annotated(handle, closure, site, annotation))
    }
}
