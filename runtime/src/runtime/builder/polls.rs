//! Options about what is measured of polls.

use super::Builder;

impl Builder {
    /// Times one poll in so many, at least 1, of those that are picked at random: how long the task
    /// has waited since it was queued, and how long the poll takes; `None` is none. Default: 1024.
    /// See [`RuntimeMetrics::poll_delays`](crate::runtime::RuntimeMetrics::poll_delays) and
    /// [`poll_times`](crate::runtime::RuntimeMetrics::poll_times).
    ///
    /// A poll that is timed takes three looks at the clock, some 25 ns each, and others none:
    /// measured with the default, less than 1 % of what it takes to spawn a task, to yield, or to
    /// wake another. With 1, every poll is timed: for whoever looks for the one that takes long.
    ///
    /// Tasks of a [`LocalSet`](crate::task::LocalSet), futures of `block_on` and blocking closures
    /// are not timed. The longest poll is
    /// [known](crate::runtime::RuntimeMetrics::worker_longest_poll) also of those that are not.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime::runtime::Builder;
    ///
    /// let runtime = Builder::new_current_thread().poll_sampling(1).build()?;
    /// runtime.block_on(async { graph_runtime::spawn(async {}).await.unwrap() });
    /// assert_eq!(runtime.handle().metrics().poll_times().count, 1);
    /// # Ok::<(), graph_runtime::runtime::BuildError>(())
    /// ```
    pub fn poll_sampling(&mut self, every: impl Into<Option<u32>>) -> &mut Self {
        self.config.poll_sampling = every.into();
        self
    }
}
