//! Choosing a runtime's options.

mod polls;
mod stalls;
mod threads;

use super::{
    BuildError, Config, LocalOptions, LocalRuntime, RngSeed, Runtime, TaskMeta, UnhandledPanic,
};
use crate::seam::Seams;
use monitor::ResourceMonitorConfig;
use reactor::{MioDriver, Reactor};
use std::sync::Arc;

/// Builds a [`Runtime`].
///
/// # Examples
///
/// ```
/// use graph_runtime::runtime::Builder;
///
/// let runtime = Builder::new_multi_thread()
///     .worker_threads(2)
///     .thread_name("pregel")
///     .build()?;
/// assert_eq!(runtime.block_on(async { 1 + 1 }), 2);
/// # Ok::<(), graph_runtime::runtime::BuildError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Builder {
    config: Config,
    current_thread: bool,
}

impl Builder {
    /// A runtime with worker threads of its own, by default one per processor.
    pub fn new_multi_thread() -> Self {
        Self { config: Config::default(), current_thread: false }
    }

    /// A runtime without worker threads: tasks run on the thread that is in
    /// [`Runtime::block_on`], and only then. A task that blocks holds up all others: nobody
    /// [stands in](Self::max_spare_workers) for that thread, or [reports](Self::on_stall) it.
    pub fn new_current_thread() -> Self {
        Self { config: Config::default(), current_thread: true }
    }

    /// The runtime's name, for whoever reports on several, not blank; see [`Handle::name`].
    /// Default: none.
    ///
    /// [`Handle::name`]: super::Handle::name
    pub fn name(&mut self, name: impl Into<String>) -> &mut Self {
        self.config.name = Some(name.into());
        self
    }

    /// For programs that say it: I/O and time are always there.
    pub fn enable_all(&mut self) -> &mut Self {
        self
    }

    /// For programs that say it: I/O is always there.
    pub fn enable_io(&mut self) -> &mut Self {
        self
    }

    /// For programs that say it: time is always there.
    pub fn enable_time(&mut self) -> &mut Self {
        self
    }

    /// A worker looks at the tasks spawned from outside before its own on every so many polls, so
    /// that neither starves the other. Default: 31.
    pub fn global_queue_interval(&mut self, polls: u32) -> &mut Self {
        self.config.global_queue_interval = polls;
        self
    }

    /// A worker looks for I/O and timers on every so many polls, also when it never runs out of
    /// tasks, and earlier where polls are long: about every 100 us. Default: 61.
    pub fn event_interval(&mut self, polls: u32) -> &mut Self {
        self.config.event_interval = polls;
        self
    }

    /// How many operations on locks, channels, timers and sockets a poll may do before it has to
    /// let other tasks run, at least 1; `None` is no limit. Default: 128. See
    /// [`task::coop`](crate::task::coop).
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime::runtime::Builder;
    ///
    /// let runtime = Builder::new_current_thread().coop_budget(None).build()?;
    /// # Ok::<(), graph_runtime::runtime::BuildError>(())
    /// ```
    pub fn coop_budget(&mut self, operations: impl Into<Option<u32>>) -> &mut Self {
        self.config.coop_budget = operations.into();
        self
    }

    /// Whether idle workers take tasks from the queues of busy ones. Default: yes. Without, a
    /// task stays with the worker that spawned or woke it, unless its queue overflows, and while
    /// one blocks the others there wait: nobody [stands in](Self::max_spare_workers).
    pub fn work_stealing(&mut self, enabled: bool) -> &mut Self {
        self.config.work_stealing = enabled;
        self
    }

    /// Whether a task that was woken or spawned last runs next, in front of those that wait
    /// already. Default: yes, with several workers. Without, tasks run in the order in which they
    /// were woken.
    pub fn disable_lifo_slot(&mut self) -> &mut Self {
        self.config.lifo_slot = false;
        self
    }

    /// How many I/O events a worker fetches by one system call, at least 1. Default: 1024. What is
    /// more comes with the next. It replaces the drivers of [`Seams`], if there are others.
    pub fn max_io_events_per_tick(&mut self, events: usize) -> &mut Self {
        self.config.max_io_events = Some(events);
        self
    }

    /// What a panic of a task means to the others; for a current-thread runtime only. Default:
    /// nothing.
    pub fn unhandled_panic(&mut self, behavior: UnhandledPanic) -> &mut Self {
        self.config.unhandled_panic = behavior;
        self
    }

    /// What every random choice follows from. Default: it differs from process to process.
    pub fn rng_seed(&mut self, seed: RngSeed) -> &mut Self {
        self.config.seams.seed = seed.number();
        self
    }

    /// Starts with the clock paused, as by [`time::pause`](crate::time::pause); for a
    /// current-thread runtime only. Default: no.
    pub fn start_paused(&mut self, paused: bool) -> &mut Self {
        self.config.start_paused = paused;
        self
    }

    /// Starts a monitor thread that samples the machine. It sleeps while the runtime is idle.
    /// Default: none.
    ///
    /// With one, no more workers [run at once](super::Handle::worker_limit) than the CPU quota, the
    /// cpuset and the affinity of this process have room for, also when these change: within about
    /// a second, or an interval of the monitor if that is longer. Where there are more [workers
    /// ](Self::worker_threads) than cores from the beginning, the same share of them remains.
    pub fn resource_monitor(&mut self, config: ResourceMonitorConfig) -> &mut Self {
        self.config.monitor = Some(config);
        self
    }

    /// Calls `hook` for each task that is spawned, before it is queued.
    ///
    /// # Panics
    ///
    /// A hook must not panic: on a worker that ends the process. This holds for all of them.
    pub fn on_task_spawn<F>(&mut self, hook: F) -> &mut Self
    where
        F: Fn(&TaskMeta<'_>) + Send + Sync + 'static,
    {
        self.config.hooks.spawn = Some(Arc::new(hook));
        self
    }

    /// Calls `hook` on the worker before each poll of a task.
    pub fn on_before_task_poll<F>(&mut self, hook: F) -> &mut Self
    where
        F: Fn(&TaskMeta<'_>) + Send + Sync + 'static,
    {
        self.config.hooks.before_poll = Some(Arc::new(hook));
        self
    }

    /// Calls `hook` on the worker after each poll of a task, also after its last.
    pub fn on_after_task_poll<F>(&mut self, hook: F) -> &mut Self
    where
        F: Fn(&TaskMeta<'_>) + Send + Sync + 'static,
    {
        self.config.hooks.after_poll = Some(Arc::new(hook));
        self
    }

    /// Calls `hook` for each task that ends, in whichever way: its future is gone then, and nobody
    /// has been told yet. Closures of `spawn_blocking` and the future that `block_on` was given are
    /// no tasks, to this and the other hooks.
    pub fn on_task_terminate<F>(&mut self, hook: F) -> &mut Self
    where
        F: Fn(&TaskMeta<'_>) + Send + Sync + 'static,
    {
        self.config.hooks.terminate = Some(Arc::new(hook));
        self
    }

    /// Replaces the runtime's view of the world. Default: the machine's own.
    pub fn seams(&mut self, seams: Seams) -> &mut Self {
        self.config.seams = seams;
        self
    }

    /// Builds the runtime and starts its workers.
    ///
    /// # Errors
    ///
    /// [`BuildError::Config`] names an option that makes no sense; [`BuildError::System`] says
    /// what the system refused. Whatever was started until then has been stopped.
    pub fn build(&mut self) -> Result<Runtime, BuildError> {
        self.build_from(self.config.clone())
    }

    fn build_from(&self, mut config: Config) -> Result<Runtime, BuildError> {
        if self.current_thread {
            config.worker_threads = 1;
            config.seams.clock = config.seams.clock.into_pausable();
        }
        config.validate()?;
        if config.unhandled_panic == UnhandledPanic::ShutdownRuntime && !self.current_thread {
            let requirement = "with several workers the others go on; use a current-thread runtime";
            return Err(BuildError::config("unhandled_panic", "ShutdownRuntime", requirement));
        }
        if let Some(events) = config.max_io_events {
            let make = move |_| Ok(Reactor::new(Box::new(MioDriver::with_events(events)?)));
            config.seams.make_reactor = Arc::new(make);
        }
        if config.start_paused {
            let refused = |reason| BuildError::config("start_paused", true, reason);
            config.seams.clock.pause().map_err(refused)?;
        }
        if self.current_thread {
            Runtime::current_thread(config)
        } else {
            Runtime::multi_thread(config)
        }
    }

    /// Builds a current-thread runtime that stays on the calling thread, with tasks that need not
    /// be `Send`.
    ///
    /// # Errors
    ///
    /// As [`build`](Self::build), and if this is a builder of a multi-thread runtime.
    pub fn build_local(&mut self, _: LocalOptions) -> Result<LocalRuntime, BuildError> {
        if !self.current_thread {
            let requirement = "a local runtime has no worker threads";
            return Err(BuildError::config(
                "build_local",
                "of a multi-thread builder",
                requirement,
            ));
        }
        let config = Config { is_local: true, ..self.config.clone() };
        self.build_from(config).map(LocalRuntime::on)
    }
}
