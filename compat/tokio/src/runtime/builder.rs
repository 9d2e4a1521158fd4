use std::io;
use std::time::Duration;

use graph_runtime::runtime::{self, BuildError, RngSeed, UnhandledPanic};

use super::histogram_option::HistogramOption;
use super::{LocalOptions, LocalRuntime, Runtime, TaskMeta};

/// Builds a [`Runtime`]: graph_runtime's builder, with tokio's kind of error, and tokio's panics
/// where a number makes no sense.
///
/// ```
/// let runtime = tokio::runtime::Builder::new_multi_thread()
///     .worker_threads(2)
///     .enable_all()
///     .build()?;
/// assert_eq!(runtime.block_on(async { 6 * 7 }), 42);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Builder {
    pub(super) inner: runtime::Builder,
    is_multi_thread: bool,
    pub(super) poll_times: HistogramOption,
    pub(super) poll_delays: HistogramOption,
}

/// Methods that only pass on what they are given.
macro_rules! pass_on {
    ($($(#[$docs:meta])* $name:ident($($argument:ident: $type:ty)?);)*) => {$(
        $(#[$docs])*
        pub fn $name(&mut self $(, $argument: $type)?) -> &mut Self {
            self.inner.$name($($argument)?);
            self
        }
    )*};
}

/// Methods that pass on a hook for threads.
macro_rules! thread_hooks {
    ($($(#[$docs:meta])* $name:ident;)*) => {$(
        $(#[$docs])*
        pub fn $name<F>(&mut self, f: F) -> &mut Self
        where
            F: Fn() + Send + Sync + 'static,
        {
            self.inner.$name(f);
            self
        }
    )*};
}

/// Methods that pass on a hook for tasks.
macro_rules! hooks {
    ($($(#[$docs:meta])* $name:ident;)*) => {$(
        $(#[$docs])*
        pub fn $name<F>(&mut self, hook: F) -> &mut Self
        where
            F: Fn(&TaskMeta<'_>) + Send + Sync + 'static,
        {
            self.inner.$name(hook);
            self
        }
    )*};
}

impl Builder {
    /// Several workers.
    pub fn new_multi_thread() -> Self {
        Self::of(runtime::Builder::new_multi_thread(), true)
    }

    /// Everything on the thread that calls [`block_on`](runtime::Runtime::block_on).
    pub fn new_current_thread() -> Self {
        Self::of(runtime::Builder::new_current_thread(), false)
    }

    fn of(inner: runtime::Builder, is_multi_thread: bool) -> Self {
        let (poll_times, poll_delays) = Default::default();
        Self { inner, is_multi_thread, poll_times, poll_delays }
    }

    /// How many workers there are. A current-thread runtime has one whatever is said here.
    ///
    /// # Panics
    ///
    /// If it is 0.
    #[track_caller]
    pub fn worker_threads(&mut self, val: usize) -> &mut Self {
        assert!(val > 0, "Worker threads cannot be set to 0");
        self.inner.worker_threads(val);
        self
    }

    /// How many threads there are at most for closures that block.
    ///
    /// # Panics
    ///
    /// If it is 0.
    #[track_caller]
    pub fn max_blocking_threads(&mut self, val: usize) -> &mut Self {
        assert!(val > 0, "Max blocking threads cannot be set to 0");
        self.inner.max_blocking_threads(val);
        self
    }

    /// What its threads are called.
    pub fn thread_name(&mut self, val: impl Into<String>) -> &mut Self {
        self.inner.thread_name(val);
        self
    }

    /// What its threads are called, one by one.
    pub fn thread_name_fn<F>(&mut self, f: F) -> &mut Self
    where
        F: Fn() -> String + Send + Sync + 'static,
    {
        self.inner.thread_name_fn(f);
        self
    }

    /// What it is called.
    ///
    /// # Panics
    ///
    /// If that is blank.
    #[track_caller]
    pub fn name(&mut self, val: impl Into<String>) -> &mut Self {
        let val = val.into();
        assert!(!val.trim().is_empty(), "runtime name shouldn't be empty");
        self.inner.name(val);
        self
    }

    pass_on! {
        /// I/O and time.
        enable_all();
        /// I/O.
        enable_io();
        /// Time.
        enable_time();
        /// Makes tasks wait for their turn that were woken by a running one.
        disable_lifo_slot();
        /// How many events are taken from the system at once.
        max_io_events_per_tick(capacity: usize);
        /// What happens when a task panics.
        unhandled_panic(behavior: UnhandledPanic);
        /// What its random numbers come from.
        rng_seed(seed: RngSeed);
        /// The size of its threads' stacks, in bytes.
        thread_stack_size(val: usize);
        /// How long an idle thread of those that block stays.
        thread_keep_alive(duration: Duration);
        /// Whether the clock stands still from the start; for a current-thread runtime.
        start_paused(start_paused: bool);
    }

    /// After how many polls a worker looks at the queue that all share.
    ///
    /// # Panics
    ///
    /// If it is 0.
    #[track_caller]
    pub fn global_queue_interval(&mut self, val: u32) -> &mut Self {
        assert!(val > 0, "global_queue_interval must be greater than 0");
        self.inner.global_queue_interval(val);
        self
    }

    /// After how many polls a worker looks for I/O and timers.
    ///
    /// # Panics
    ///
    /// If it is 0.
    #[track_caller]
    pub fn event_interval(&mut self, val: u32) -> &mut Self {
        assert!(val > 0, "event_interval must be greater than 0");
        self.inner.event_interval(val);
        self
    }

    thread_hooks! {
        /// Calls `f` on each of its threads when it starts.
        on_thread_start;
        /// Calls `f` on each of its threads when it ends.
        on_thread_stop;
        /// Calls `f` on a worker before it falls asleep.
        on_thread_park;
        /// Calls `f` on a worker after it woke up.
        on_thread_unpark;
    }

    hooks! {
        /// Calls `hook` for each task that is spawned.
        on_task_spawn;
        /// Calls `hook` before each poll of a task.
        on_before_task_poll;
        /// Calls `hook` after each poll of a task.
        on_after_task_poll;
        /// Calls `hook` for each task that ends.
        on_task_terminate;
    }

    /// Starts the runtime.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for options that make no sense, and what the system says if it refuses a
    /// thread or a descriptor.
    pub fn build(&mut self) -> io::Result<Runtime> {
        self.complete().build().map(Runtime::from).map_err(to_io_error)
    }

    /// Starts a runtime whose tasks need not be `Send`.
    ///
    /// # Errors
    ///
    /// Those of [`build`](Self::build).
    ///
    /// # Panics
    ///
    /// If it is to have several workers.
    #[track_caller]
    pub fn build_local(&mut self, options: LocalOptions) -> io::Result<LocalRuntime> {
        assert!(!self.is_multi_thread, "multi_thread is not supported for LocalRuntime");
        self.complete().build_local(options).map(LocalRuntime::from).map_err(to_io_error)
    }

    /// The builder inside, told of what several methods say together.
    fn complete(&mut self) -> &mut runtime::Builder {
        if let Some(bounds) = self.poll_times.bounds() {
            self.inner.poll_time_histogram(bounds);
        }
        if let Some(bounds) = self.poll_delays.bounds() {
            self.inner.poll_delay_histogram(bounds);
        }
        &mut self.inner
    }
}

/// As the error tokio would report; the one of graph_runtime is inside.
pub(super) fn to_io_error(error: BuildError) -> io::Error {
    let kind = match &error {
        BuildError::System { source, .. } => source.kind(),
        other if other.is_config() => io::ErrorKind::InvalidInput,
        _ => io::ErrorKind::Other,
    };
    io::Error::new(kind, error)
}
