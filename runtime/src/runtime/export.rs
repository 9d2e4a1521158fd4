//! All figures of a runtime for other programs.

use super::{Handle, RuntimeMetrics};
use monitor::{Export, RuntimeSnapshot};

impl RuntimeMetrics {
    /// All of it at this moment, as plain values.
    pub fn snapshot(&self) -> RuntimeSnapshot {
        let now = Self::of(&self.shared);
        let (poll_delay, poll_time) = self.poll_delays_and_times();
        let depth = |worker| now.worker_local_queue_depth(worker) as u64;
        RuntimeSnapshot {
            spawned: now.tasks.spawned,
            finished: now.tasks.finished,
            cancelled: now.tasks.cancelled,
            panicked: now.tasks.panicked,
            live: now.tasks.live,
            global_queue_depth: now.global_queue_depth() as u64,
            blocking_queue_depth: now.blocking_queue_depth() as u64,
            blocking_threads: now.num_blocking_threads() as u64,
            idle_blocking_threads: now.num_idle_blocking_threads() as u64,
            pending_timers: now.pending_timers as u64,
            awake_workers: now.awake_workers as u64,
            worker_limit: self.shared.worker_limit() as u64,
            blocked_polls: now.stalls.blocked,
            cpu_bound_polls: now.stalls.cpu_bound,
            preempted_polls: now.stalls.preempted,
            spare_workers: now.stalls.spares as u64,
            spare_workers_refused: now.stalls.spares_refused,
            poll_delay,
            poll_time,
            queue_depths: (0..now.num_workers()).map(depth).collect(),
            workers: now.workers,
        }
    }
}

impl Handle {
    /// All there is to be measured of the runtime at this moment, for
    /// [Prometheus](Export::to_prometheus) or as [JSON](Export::to_json): tasks, workers, polls,
    /// the machine if there is a [monitor](super::Builder::resource_monitor), and the runtime's
    /// [name](super::Builder::name), if it has one, as the label `runtime`. Some 0.2 ms,
    /// with two workers as with 64, none of which takes part.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime::runtime::Builder;
    ///
    /// let runtime = Builder::new_current_thread().name("web").build()?;
    /// runtime.block_on(async { graph_runtime::spawn(async {}).await.unwrap() });
    /// let text = runtime.handle().export().to_prometheus();
    /// assert!(text.contains("graph_runtime_spawned_tasks_total{runtime=\"web\"} 1\n"));
    /// # Ok::<(), graph_runtime::runtime::BuildError>(())
    /// ```
    pub fn export(&self) -> Export {
        self.add_to(Export::default())
    }

    /// Adds what there is to be measured of the runtime.
    pub(crate) fn add_to(&self, export: Export) -> Export {
        let mut export = export.runtime(self.metrics().snapshot());
        if let Some(monitor) = self.resource_monitor() {
            export = export.sample(monitor.latest());
        }
        match self.name() {
            Some(name) => export.label("runtime", name).expect("no figure has this label"),
            None => export,
        }
    }
}
