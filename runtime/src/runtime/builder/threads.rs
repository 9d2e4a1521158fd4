//! Options about threads.

use super::Builder;
use crate::runtime::thread_names::ThreadNames;
use std::sync::Arc;
use std::time::Duration;

impl Builder {
    /// How many workers poll tasks, from 1 to 4096. A current-thread runtime ignores it. Default:
    /// the processors this process may use.
    pub fn worker_threads(&mut self, workers: usize) -> &mut Self {
        self.config.worker_threads = workers;
        self
    }

    /// Binds worker number `n` to the processors `processors[n]`, and if there are fewer lists than
    /// workers begins again with the first. A current-thread runtime has no threads to bind.
    /// Default: the system decides.
    ///
    /// Bound workers keep their caches, and get in each other's way with other programs: it is for
    /// machines that do nothing else. [`build`](Self::build) fails if the system refuses a list.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime::runtime::Builder;
    ///
    /// let mut builder = Builder::new_multi_thread();
    /// builder.worker_threads(1).worker_processors([vec![1_000_000]]);
    /// assert!(builder.build().unwrap_err().is_system());
    /// ```
    pub fn worker_processors(
        &mut self,
        processors: impl IntoIterator<Item = Vec<usize>>,
    ) -> &mut Self {
        self.config.worker_processors = processors.into_iter().collect();
        self
    }

    /// How many threads [`spawn_blocking`](crate::task::spawn_blocking) and
    /// [`block_in_place`](crate::task::block_in_place) may use beside the workers, at least 1.
    /// Default: 512. More closures wait in a queue.
    pub fn max_blocking_threads(&mut self, threads: usize) -> &mut Self {
        self.config.max_blocking_threads = threads;
        self
    }

    /// What the names of the runtime's threads begin with. Default: `graph-runtime`.
    pub fn thread_name(&mut self, name: impl Into<String>) -> &mut Self {
        self.config.thread_names = ThreadNames::Prefix(name.into());
        self
    }

    /// A function that gives each of the runtime's threads its whole name.
    pub fn thread_name_fn(
        &mut self,
        name: impl Fn() -> String + Send + Sync + 'static,
    ) -> &mut Self {
        self.config.thread_names = ThreadNames::Given(Arc::new(name));
        self
    }

    /// The stack size of the runtime's threads in bytes. Default: the platform's.
    pub fn thread_stack_size(&mut self, bytes: usize) -> &mut Self {
        self.config.thread_stack_size = Some(bytes);
        self
    }

    /// How long a blocking thread without work stays. Default: 10 s.
    pub fn thread_keep_alive(&mut self, duration: Duration) -> &mut Self {
        self.config.thread_keep_alive = duration;
        self
    }

    /// A closure that every worker thread and every blocking thread calls when it has started.
    /// It must not panic.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime::runtime::Builder;
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicI32, Ordering};
    ///
    /// let threads = Arc::new(AtomicI32::new(0));
    /// let [started, stopped] = [(); 2].map(|()| Arc::clone(&threads));
    /// let runtime = Builder::new_multi_thread()
    ///     .on_thread_start(move || _ = started.fetch_add(1, Ordering::SeqCst))
    ///     .on_thread_stop(move || _ = stopped.fetch_sub(1, Ordering::SeqCst))
    ///     .build()?;
    /// drop(runtime);
    /// assert_eq!(threads.load(Ordering::SeqCst), 0);
    /// # Ok::<(), graph_runtime::runtime::BuildError>(())
    /// ```
    pub fn on_thread_start(&mut self, hook: impl Fn() + Send + Sync + 'static) -> &mut Self {
        self.config.thread_hooks.start = Some(Arc::new(hook));
        self
    }

    /// A closure that every worker thread and every blocking thread calls before it ends. It must
    /// not panic.
    pub fn on_thread_stop(&mut self, hook: impl Fn() + Send + Sync + 'static) -> &mut Self {
        self.config.thread_hooks.stop = Some(Arc::new(hook));
        self
    }

    /// A closure that a worker calls before it goes to sleep. It must not panic. What it makes
    /// ready is found before the sleep begins.
    pub fn on_thread_park(&mut self, hook: impl Fn() + Send + Sync + 'static) -> &mut Self {
        self.config.thread_hooks.park = Some(Arc::new(hook));
        self
    }

    /// A closure that a worker calls when it has slept. It must not panic.
    pub fn on_thread_unpark(&mut self, hook: impl Fn() + Send + Sync + 'static) -> &mut Self {
        self.config.thread_hooks.unpark = Some(Arc::new(hook));
        self
    }
}
