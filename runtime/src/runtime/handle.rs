//! A runtime seen from anywhere.

use super::root::park_on_root;
use super::{Id, RuntimeFlavor, RuntimeMetrics, TryCurrentError};
use crate::context::{self, Drives, DrivesTasks, EnteredHandle};
use crate::task::{JoinHandle, NoSuchWorker, is_large};
use crate::worker::{RootFuture, Shared};
use monitor::ResourceMonitor;
use std::marker::PhantomData;
use std::panic::{Location, RefUnwindSafe, UnwindSafe};
use std::sync::{Arc, MutexGuard};

/// Spawns tasks on a runtime. Cheap to clone, usable from any thread; it does not keep the
/// runtime running.
///
/// # Examples
///
/// ```
/// use graph_runtime::runtime::{Builder, Handle};
///
/// let runtime = Builder::new_multi_thread().worker_threads(1).build().unwrap();
/// let handle = runtime.handle().clone();
/// let thread = std::thread::spawn(move || {
///     let _entered = handle.enter();
///     let task = graph_runtime::spawn(async { 5 });
///     Handle::current().block_on(task).unwrap()
/// });
/// assert_eq!(thread.join().unwrap(), 5);
/// ```
#[derive(Debug, Clone)]
pub struct Handle {
    shared: Arc<Shared>,
}

// As for the runtime itself.
impl UnwindSafe for Handle {}
impl RefUnwindSafe for Handle {}

impl Handle {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// Whether both are handles of one runtime.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }

    /// The runtime of the calling thread.
    ///
    /// # Panics
    ///
    /// Outside a runtime; see [`try_current`](Self::try_current).
    #[track_caller]
    pub fn current() -> Self {
        match Self::try_current() {
            Ok(handle) => handle,
            Err(error) => panic!("{error}"),
        }
    }

    /// The runtime of the calling thread, if it has one.
    ///
    /// # Errors
    ///
    /// Outside [`Runtime::block_on`](super::Runtime::block_on), a task, a blocking closure and a
    /// scope of [`enter`](Self::enter).
    pub fn try_current() -> Result<Self, TryCurrentError> {
        context::current()
    }

    /// Makes this the calling thread's current runtime until the guard is dropped. Guards must be
    /// dropped in the reverse order of their making.
    pub fn enter(&self) -> EnterGuard<'_> {
        EnterGuard { _entered: EnteredHandle::new(self), of: PhantomData }
    }

    /// Starts a task. It runs whether or not the handle is awaited.
    ///
    /// After the runtime was shut down the future is dropped at once, and the handle says that
    /// the task was cancelled.
    #[track_caller]
    pub fn spawn<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        if is_large::<F>() {
            self.shared.spawn(Box::pin(future), Location::caller())
        } else {
            self.shared.spawn(future, Location::caller())
        }
    }

    /// Starts a task that stays on one worker of this runtime; see
    /// [`spawn_pinned`](crate::task::spawn_pinned).
    ///
    /// # Errors
    ///
    /// [`NoSuchWorker`] gives the closure back if there is no worker of that number.
    #[track_caller]
    pub fn spawn_pinned<F, Fut>(
        &self,
        worker: usize,
        create: F,
    ) -> Result<JoinHandle<Fut::Output>, NoSuchWorker<F>>
    where
        F: FnOnce() -> Fut + Send + 'static,
        Fut: Future + 'static,
        Fut::Output: Send + 'static,
    {
        self.shared.spawn_pinned(worker, create, Location::caller(), None)
    }

    /// Runs a closure that may block on a thread made for that.
    ///
    /// It can be aborted only while it waits for a thread; once started it runs to its end, and
    /// dropping the runtime waits for it.
    ///
    /// # Panics
    ///
    /// If the system refuses the thread and the runtime has no other for blocking closures; those
    /// that wait are cancelled.
    #[track_caller]
    pub fn spawn_blocking<F, R>(&self, closure: F) -> JoinHandle<R>
    where
        F: FnOnce() -> R + Send + 'static,
        R: Send + 'static,
    {
        self.shared.blocking.spawn(self, closure, Location::caller())
    }

    /// Runs a future on the calling thread and blocks until it is done. Tasks, timers and I/O are
    /// served by the runtime's own workers; on a current-thread runtime only while another thread
    /// is in [`Runtime::block_on`](super::Runtime::block_on).
    ///
    /// # Panics
    ///
    /// On a thread that drives tasks, which must not block.
    #[track_caller]
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        if is_large::<F>() { self.wait(Box::pin(future)) } else { self.wait(future) }
    }

    #[track_caller]
    fn wait<F: Future>(&self, future: F) -> F::Output {
        let _drives = DrivesTasks::enter("Handle::block_on", Drives::of(self.runtime_flavor()));
        let _entered = self.enter();
        park_on_root(&self.shared, RootFuture::new(&self.shared, future, Location::caller()))
    }

    /// Who polls the runtime's tasks.
    pub fn runtime_flavor(&self) -> RuntimeFlavor {
        self.shared.config.flavor
    }

    /// What tells the runtime from all others.
    pub fn id(&self) -> Id {
        self.shared.id
    }

    /// What the runtime [was called](super::Builder::name).
    pub fn name(&self) -> Option<&str> {
        self.shared.config.name.as_deref()
    }

    /// How many workers may run at once: all of them, unless fewer are [asked
    /// for](Self::set_worker_limit) or [allowed](super::Builder::resource_monitor).
    pub fn worker_limit(&self) -> usize {
        self.shared.worker_limit()
    }

    /// Lets at most `workers` run at once, at least 1, until it is called again. Any thread.
    ///
    /// A worker that is too many finishes its poll, leaves its tasks to the others and sleeps; it
    /// may run again as soon as another one sleeps, or the limit rises. What wakes it meanwhile for
    /// timers and sockets of its own, it passes on. [Pinned](crate::task::spawn_pinned) tasks are
    /// always polled by their worker, which then counts as one of those that run; threads that
    /// [stand in](super::Builder::max_spare_workers) for stuck workers do not count.
    ///
    /// It changes nothing without [work stealing](super::Builder::work_stealing), nor on a
    /// current-thread runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime::runtime::Builder;
    ///
    /// let runtime = Builder::new_multi_thread().worker_threads(4).build()?;
    /// runtime.handle().set_worker_limit(1);
    /// assert_eq!(runtime.handle().worker_limit(), 1);
    /// assert_eq!(runtime.block_on(runtime.spawn(async { 42 })).unwrap(), 42);
    /// # Ok::<(), graph_runtime::runtime::BuildError>(())
    /// ```
    pub fn set_worker_limit(&self, workers: usize) {
        self.shared.set_worker_limit(workers);
    }

    /// What the runtime has done so far.
    pub fn metrics(&self) -> RuntimeMetrics {
        RuntimeMetrics::of(&self.shared)
    }

    /// The monitor of the machine, if [one was asked for](super::Builder::resource_monitor). It
    /// watches the threads of the workers, by their numbers.
    pub fn resource_monitor(&self) -> Option<&Arc<ResourceMonitor>> {
        self.shared.monitor.get()
    }
}

/// While it lives, the thread has a current runtime. See [`Handle::enter`].
#[derive(Debug)]
#[must_use = "the runtime is left again when the guard is dropped"]
pub struct EnterGuard<'a> {
    _entered: EnteredHandle,
    /// Not Send, as a lock's guard: it belongs to the thread that entered.
    of: PhantomData<MutexGuard<'a, Handle>>,
}
