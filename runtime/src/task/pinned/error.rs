//! Why a task is not pinned.

use std::fmt;

/// A runtime has no worker of this number; this is the closure that was to run there.
///
/// # Examples
///
/// ```
/// # use graph_runtime::runtime::Builder;
/// let runtime = Builder::new_multi_thread().worker_threads(2).build().unwrap();
/// let refused = runtime.handle().spawn_pinned(2, || async {}).unwrap_err();
/// assert_eq!(refused.to_string(), "there is no worker 2: the runtime has 2, counted from 0");
/// runtime.handle().spawn_pinned(1, refused.create).unwrap();
/// ```
pub struct NoSuchWorker<F> {
    /// What was refused.
    pub create: F,
    /// The number asked for.
    pub worker: usize,
    /// How many workers there are; their numbers are below.
    pub workers: usize,
}

impl<F> fmt::Display for NoSuchWorker<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { worker, workers, .. } = self;
        write!(f, "there is no worker {worker}: the runtime has {workers}, counted from 0")
    }
}

impl<F> fmt::Debug for NoSuchWorker<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NoSuchWorker")
            .field("worker", &self.worker)
            .field("workers", &self.workers)
            .finish_non_exhaustive()
    }
}

impl<F> std::error::Error for NoSuchWorker<F> {}
