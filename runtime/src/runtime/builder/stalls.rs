//! Options about tasks that hold their workers up.

use super::Builder;
use crate::runtime::StallReport;
use std::sync::Arc;

impl Builder {
    /// How many threads may stand in for workers that are stuck in a poll, at a time. Default: 64;
    /// with 0 nobody does.
    ///
    /// A worker that makes no step for 10 to 20 ms, while tasks wait and no worker is free, or its
    /// timers or sockets have something for theirs, is replaced by a thread of the pool that
    /// [`spawn_blocking`](crate::task::spawn_blocking) uses, beyond the
    /// [number](Self::max_blocking_threads) of those. It leaves when the worker is back, and stays
    /// in the pool for a [while](Self::thread_keep_alive). One that is stuck as well is replaced by
    /// the next. At the limit nobody is: what waits then waits until some poll returns, and
    /// [`StallMetrics::spares_refused`](crate::runtime::StallMetrics::spares_refused) counts it.
    ///
    /// Only as many as there are workers that [may run](crate::runtime::Handle::worker_limit), and
    /// one more, come for polls that compute. Those use their cores, so another thread gets nothing
    /// more done; it only keeps what is short from waiting for what is long.
    ///
    /// A shutdown waits for them as it does for workers. Pinned tasks wait for their worker. Nobody
    /// stands in without [work stealing](Self::work_stealing), nor on a current-thread runtime:
    /// tasks would change threads.
    ///
    /// # Examples
    ///
    /// Whoever blocks the only worker is released by a task that waits for it:
    ///
    /// ```
    /// use graph_runtime::runtime::Builder;
    /// use std::sync::mpsc;
    ///
    /// let runtime = Builder::new_multi_thread().worker_threads(1).max_spare_workers(8).build()?;
    /// let blocked = runtime.spawn(async {
    ///     let (release, released) = mpsc::channel();
    ///     drop(graph_runtime::spawn(async move { release.send(42) }));
    ///     released.recv()
    /// });
    /// assert_eq!(runtime.block_on(blocked).unwrap(), Ok(42));
    /// # Ok::<(), graph_runtime::runtime::BuildError>(())
    /// ```
    pub fn max_spare_workers(&mut self, threads: usize) -> &mut Self {
        self.config.max_spare_workers = threads;
        self
    }

    /// Calls `hook` when a worker has been in one poll for 100 ms, and again when it has for a
    /// second, whether anybody waits for it or not. Default: if others have waited, a line on
    /// standard error, at most one in half a second.
    ///
    /// The hook runs on a thread for blocking closures, so one that blocks holds up neither tasks
    /// nor the look-out for others that are stuck. While 16 reports wait for it to return, more are
    /// dropped. A panic of it is reported as one of a thread, and ends nothing.
    ///
    /// Without a hook workers are watched only where others could help them: not without [work
    /// stealing](Self::work_stealing), and not on a current-thread runtime. With one they are there
    /// as well, by one more thread, while somebody is in `block_on`, and others have waited if
    /// tasks were queued. All goes by the runtime's clock; while that is paused nobody is stuck.
    pub fn on_stall<F>(&mut self, hook: F) -> &mut Self
    where
        F: Fn(&StallReport) + Send + Sync + 'static,
    {
        self.config.hooks.stall = Some(Arc::new(hook));
        self
    }
}
