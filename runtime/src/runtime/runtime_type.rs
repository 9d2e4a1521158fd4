//! The runtime as its owner holds it.

use super::current_thread::CurrentThread;
use super::multi_thread::MultiThread;
use super::processors::Processors;
use super::root::park_on_root;
use super::{
    BuildError, Builder, Config, EnterGuard, Handle, RuntimeMetrics, UnhandledPanic, Wait,
};
use crate::blocking::{BlockingConfig, BlockingPool};
use crate::context::{self, Drives, DrivesTasks, EnteredHandle};
use crate::task::{JoinHandle, is_large};
use crate::worker::{Local, RootFuture, Shared, SharedConfig};
use monitor::ResourceMonitor;
use std::fmt;
use std::io;
use std::panic::{Location, RefUnwindSafe, UnwindSafe};
use std::sync::Arc;
use std::time::Duration;

/// Owns workers, reactors and the blocking pool. Dropping it shuts all of them down.
///
/// # Shutting down
///
/// Dropping a runtime
///
/// 1. stops the workers as soon as the polls under way return, and refuses new tasks;
/// 2. drops the future of every task, so that its join handle says cancelled;
/// 3. cancels blocking closures that have not started, and waits for those that have;
/// 4. wakes whoever outside still waits for I/O or a timer of this runtime;
/// 5. joins every thread.
///
/// A thread that drives tasks cannot wait like that, and panics if it drops a runtime;
/// [`shutdown_background`](Self::shutdown_background) does all of the above but the waiting, and
/// [`shutdown_timeout`](Self::shutdown_timeout) limits it.
///
/// # Examples
///
/// ```
/// use graph_runtime::runtime::Runtime;
///
/// let runtime = Runtime::new()?;
/// let answer = runtime.block_on(async {
///     graph_runtime::spawn(async { 42 }).await.unwrap()
/// });
/// assert_eq!(answer, 42);
/// # Ok::<(), graph_runtime::runtime::BuildError>(())
/// ```
pub struct Runtime {
    handle: Handle,
    flavor: Flavor,
    /// Whether it has been shut down already, in whichever way.
    stopped: bool,
}

enum Flavor {
    CurrentThread(Box<CurrentThread>),
    MultiThread(MultiThread),
}

/// Who polls a runtime's tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RuntimeFlavor {
    /// The thread that is in `block_on`.
    CurrentThread,
    /// Worker threads.
    MultiThread,
}

impl Runtime {
    /// A multi-thread runtime with default options.
    ///
    /// # Errors
    ///
    /// If the system refuses a thread or a descriptor.
    pub fn new() -> Result<Self, BuildError> {
        Builder::new_multi_thread().build()
    }

    pub(super) fn current_thread(config: Config) -> Result<Self, BuildError> {
        let (handle, mut locals) = prepare(&config, RuntimeFlavor::CurrentThread)?;
        let local = locals.pop().expect("a current-thread runtime has one worker");
        let flavor = Flavor::CurrentThread(Box::new(CurrentThread::new(local)));
        // From here on dropping the runtime stops whatever has been started.
        let mut runtime = Self { handle, flavor, stopped: false };
        runtime.start_monitor(&config)?;
        let Flavor::CurrentThread(current) = &mut runtime.flavor else {
            unreachable!("it was made so a few lines above")
        };
        current.start_watch(&config, &runtime.handle)?;
        Ok(runtime)
    }

    pub(super) fn multi_thread(config: Config) -> Result<Self, BuildError> {
        let (handle, locals) = prepare(&config, RuntimeFlavor::MultiThread)?;
        let flavor = Flavor::MultiThread(MultiThread::empty());
        let mut runtime = Self { handle, flavor, stopped: false };
        // Before the workers: one that goes to sleep tells the monitor so only once.
        runtime.start_monitor(&config)?;
        let Flavor::MultiThread(threads) = &mut runtime.flavor else {
            unreachable!("it was made so a few lines above")
        };
        threads.start(&config, &runtime.handle, locals)?;
        Ok(runtime)
    }

    fn start_monitor(&self, config: &Config) -> Result<(), BuildError> {
        let Some(monitor_config) = &config.monitor else { return Ok(()) };
        let clock = config.seams.clock.clone();
        let monitor = ResourceMonitor::builder(monitor_config.clone())
            .sampler((config.seams.make_sampler)())
            .clock(move || clock.now())
            .start()?;
        let shared = self.handle.shared();
        let set = shared.monitor.set(Arc::new(monitor));
        debug_assert!(set.is_ok(), "the monitor is started once");
        // Now, because room may be lost before the watch comes to look.
        shared.follow_monitor();
        Ok(())
    }

    /// Runs a future on the calling thread and blocks until it is done. On a current-thread
    /// runtime the calling thread runs the spawned tasks, timers and I/O as well.
    ///
    /// Several threads may do so at once.
    ///
    /// # Panics
    ///
    /// On a thread that drives tasks already, and if the future panics.
    #[track_caller]
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        if is_large::<F>() { self.drive(Box::pin(future)) } else { self.drive(future) }
    }

    #[track_caller]
    fn drive<F: Future>(&self, future: F) -> F::Output {
        let _drives = DrivesTasks::enter("Runtime::block_on", Drives::of(self.flavor()));
        let _entered = self.handle.enter();
        let future = RootFuture::new(self.handle.shared(), future, Location::caller());
        match &self.flavor {
            Flavor::CurrentThread(current) => current.block_on(self.handle.shared(), future),
            Flavor::MultiThread(_) => park_on_root(self.handle.shared(), future),
        }
    }

    /// A handle to this runtime, for other threads.
    pub fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Who polls this runtime's tasks.
    pub fn flavor(&self) -> RuntimeFlavor {
        match self.flavor {
            Flavor::CurrentThread(_) => RuntimeFlavor::CurrentThread,
            Flavor::MultiThread(_) => RuntimeFlavor::MultiThread,
        }
    }

    /// Starts a task; see [`Handle::spawn`].
    #[track_caller]
    pub fn spawn<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.handle.spawn(future)
    }

    /// Runs a closure that may block; see [`Handle::spawn_blocking`].
    #[track_caller]
    pub fn spawn_blocking<F, R>(&self, closure: F) -> JoinHandle<R>
    where
        F: FnOnce() -> R + Send + 'static,
        R: Send + 'static,
    {
        self.handle.spawn_blocking(closure)
    }

    /// What the runtime has done so far; see [`Handle::metrics`].
    pub fn metrics(&self) -> RuntimeMetrics {
        self.handle.metrics()
    }

    /// Makes this the calling thread's current runtime; see [`Handle::enter`].
    pub fn enter(&self) -> EnterGuard<'_> {
        self.handle.enter()
    }
}

/// The system does not bind workers as they should be.
pub(super) fn unbound(error: io::Error) -> BuildError {
    BuildError::system("a worker's processors", error)
}

/// The shared part, and the workers' own parts.
fn prepare(config: &Config, flavor: RuntimeFlavor) -> Result<(Handle, Vec<Local>), BuildError> {
    let blocking = BlockingPool::new(BlockingConfig {
        max_threads: config.max_blocking_threads,
        keep_alive: config.thread_keep_alive,
        thread_names: config.thread_names.clone(),
        thread_hooks: config.thread_hooks.clone(),
        stack_size: config.thread_stack_size,
        threads: Arc::clone(&config.seams.threads),
    });
    let processors = Processors::new(&config.worker_processors).map_err(unbound)?;
    let shared = SharedConfig {
        workers: config.worker_threads,
        work_stealing: config.work_stealing,
        lifo_slot: config.lifo_slot && flavor == RuntimeFlavor::MultiThread,
        flavor,
        name: config.name.clone(),
        thread_hooks: config.thread_hooks.clone(),
        processors,
        shutdown_on_panic: config.unhandled_panic == UnhandledPanic::ShutdownRuntime,
        global_queue_interval: config.global_queue_interval,
        event_interval: config.event_interval,
        coop_budget: config.coop_budget,
        poll_sampling: config.poll_sampling(),
        poll_buckets: config.poll_buckets.clone(),
        is_local: config.is_local,
        max_spares: config.max_spare_workers,
    };
    let (shared, locals) =
        Shared::new(shared, config.hooks.clone(), config.seams.clone(), blocking)
            .map_err(|error| BuildError::system("a reactor", error))?;
    Ok((Handle::new(shared), locals))
}

/// What the panic says where a thread that must not block would have to wait for others.
const CANNOT_DROP: &str = "Cannot drop a runtime on a thread that drives tasks: dropping it waits \
                           for its threads, and the tasks would stand still meanwhile; use \
                           `Runtime::shutdown_background`, or drop it within `spawn_blocking` or \
                           `block_in_place`";

/// Shutting down.
impl Runtime {
    /// Shuts down as dropping does, but waits for threads no longer than `duration`. What is not
    /// over by then (a poll that does not return, a blocking closure) is left alone, ends by itself
    /// and is accounted for then.
    ///
    /// # Panics
    ///
    /// On a thread that drives tasks, unless `duration` is zero; the runtime is shut down all the
    /// same.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime::runtime::Runtime;
    /// use std::time::Duration;
    ///
    /// let runtime = Runtime::new()?;
    /// runtime.spawn_blocking(|| std::thread::sleep(Duration::from_secs(1)));
    /// runtime.shutdown_timeout(Duration::from_millis(1));
    /// # Ok::<(), graph_runtime::runtime::BuildError>(())
    /// ```
    #[track_caller]
    pub fn shutdown_timeout(mut self, duration: Duration) {
        self.stop_from_here(Wait::at_most(duration));
    }

    /// Shuts down without waiting for anything: threads end by themselves as soon as the polls and
    /// closures under way return. It may be called everywhere, also by a task.
    pub fn shutdown_background(mut self) {
        self.stop(Wait::Not);
    }

    /// Stops, and waits if this thread may.
    #[track_caller]
    pub(super) fn stop_from_here(&mut self, wait: Wait) {
        if wait == Wait::Not || context::may_block() {
            return self.stop(wait);
        }
        self.stop(Wait::Not);
        if !std::thread::panicking() {
            std::panic::panic_any(CANNOT_DROP);
        }
    }

    fn stop(&mut self, wait: Wait) {
        self.stopped = true;
        // What is dropped below may still ask for the current runtime.
        let _entered = EnteredHandle::new(&self.handle);
        let shared = self.handle.shared();
        shared.blocking.close();
        let joined = match &mut self.flavor {
            Flavor::CurrentThread(current) => {
                current.shut_down(shared, wait);
                true
            }
            Flavor::MultiThread(threads) => threads.shut_down(shared, wait),
        };
        if joined {
            shared.blocking.join(wait);
        }
        if let Some(monitor) = shared.monitor.get() {
            match wait {
                Wait::Not => monitor.stop_in_background(),
                Wait::Forever | Wait::Until(_) => monitor.stop(),
            }
        }
    }
}

// A panic of a task is caught before it comes near what the runtime keeps.
impl UnwindSafe for Runtime {}
impl RefUnwindSafe for Runtime {}

impl Drop for Runtime {
    #[track_caller]
    fn drop(&mut self) {
        if !self.stopped {
            self.stop_from_here(Wait::Forever);
        }
    }
}

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runtime").field("flavor", &self.flavor()).finish_non_exhaustive()
    }
}
