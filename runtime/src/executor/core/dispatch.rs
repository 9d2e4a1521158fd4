//! From ready to running, as far as the scheduler and the machine allow.

use super::{Core, Seat, Step};
use crate::executor::attempts::start::{Next, Start, Started};
use crate::executor::books::batch::TaskRef;
use primitives::Timestamp;
use scheduler::GraphId;
use std::time::Duration;

/// How many tasks a runner starts ahead at most.
const STARTS_MAX: usize = 32;

impl Core {
    /// Starts what may start, and has its memory brought near while the runners are busy.
    pub(super) fn dispatch(&mut self, step: &mut Step<'_>) {
        if let Some(control) = &mut self.control {
            control.look(&mut self.scheduler);
        }
        let (first, most) = (self.started.len(), self.starts_max(step));
        while self.started.len() < most && self.start_next(step) {}
        // One alone would not be there any sooner.
        if self.started.len() > first + 1 {
            self.prefetch(first);
        }
        if let Some(control) = &mut self.control {
            let is_full = self.scheduler.counts().running >= self.scheduler.max_in_flight();
            control.is_full = is_full || self.started.len() >= most;
        }
        self.look_again_if_held_back(step.now);
    }

    /// Has the memory of those brought near that have been started from `first` on.
    fn prefetch(&self, first: usize) {
        let mut near = None;
        for started in self.started.range(first..) {
            if let Some((graph, node)) = started.member {
                // Most are of the same graph.
                if near.is_none_or(|(known, _)| known != graph) {
                    near = self.graphs.get(&graph).map(|batch| (graph, batch.tasks()));
                }
                near.iter().for_each(|(_, tasks)| tasks.prefetch(node));
            }
            self.scheduler.prefetch(started.ticket);
        }
    }

    /// Starts the task that is next. False if none may start.
    fn start_next(&mut self, step: &Step<'_>) -> bool {
        let Some(dispatch) = self.scheduler.dispatch(step.now) else { return false };
        self.started.push_back(dispatch.into());
        true
    }

    /// How many may have been started and wait for a runner. A runner starts no more than it and
    /// the others will soon come to, so that what becomes ready meanwhile is not far behind.
    fn starts_max(&self, step: &Step<'_>) -> usize {
        if step.runner.is_some() { STARTS_MAX } else { usize::MAX }
    }

    /// What is next of what has been started, for a new runner.
    fn pop_start(&mut self) -> Option<Start> {
        self.started.pop_front().map(|started| self.start(started))
    }

    /// The same for a runner whose attempt was of a task that was submitted with `graph`.
    fn pop_next(&mut self, graph: Option<GraphId>) -> Option<Next> {
        let started = self.started.pop_front()?;
        Some(match started.member {
            Some((its, index)) if graph == Some(its) => Next::Beside(index, started),
            _ => Next::Elsewhere(self.start(started)),
        })
    }

    fn start(&self, started: Started) -> Start {
        let task = self.started_task(&started).expect("a task that runs is known");
        Start { task, started }
    }

    fn started_task(&self, started: &Started) -> Option<TaskRef> {
        match started.member {
            Some((graph, index)) => self.graphs.get(&graph).map(|batch| batch.task(index)),
            None => self.tasks.get(&started.id).and_then(|batch| batch.find(started.id)),
        }
    }

    /// Gives the started attempts runners: first the one whose step it is, then, if others may
    /// start, new ones.
    pub(super) fn man(&mut self, may_start: bool, step: &mut Step<'_>) {
        if let Some(seat) = step.runner {
            step.inner.progress.note_end(seat.worker());
            step.after.next = self.seat(seat);
        }
        if !may_start {
            return;
        }
        while !self.started.is_empty() && self.crew.join() {
            step.after.starts.extend(self.pop_start());
        }
        if !self.started.is_empty() && !self.is_watched {
            self.is_watched = true;
            step.after.watch = true;
        }
    }

    /// What the runner whose attempt has ended goes on with; if nothing, it has left the crew.
    fn seat(&mut self, seat: Seat) -> Option<Next> {
        let goes_on = seat.takes_next && !self.started.is_empty();
        let stays = match (seat.is_counted, goes_on) {
            (true, true) => self.crew.stay(),
            (true, false) => {
                self.crew.leave();
                false
            }
            (false, true) => self.crew.join(),
            (false, false) => false,
        };
        if stays { self.pop_next(seat.graph) } else { None }
    }

    /// An attempt has held its worker for so long.
    pub(in crate::executor) fn observe(&mut self, held: Duration) {
        self.crew.observe(held);
    }

    /// The attempt of a runner has to wait, and others may use the worker.
    pub(in crate::executor) fn leave_crew(&mut self) {
        self.crew.leave();
    }

    /// Calls all workers if the runners are stuck, and so many that stand in for them. Whether not
    /// all workers are wanted otherwise; `None` if nobody needs looking after any more.
    pub(in crate::executor) fn look_after_runners(
        &mut self,
        are_stuck: bool,
        stand_ins: usize,
    ) -> Option<bool> {
        self.is_watched = !self.started.is_empty();
        self.crew.note_stand_ins(if self.is_watched { stand_ins } else { 0 });
        if !self.is_watched {
            return None;
        }
        if are_stuck {
            self.crew.forget_mean();
        }
        Some(self.crew.is_short_handed())
    }

    /// While the controller or the machine's memory holds ready tasks back, and running ones may
    /// take long, the alarm has to look for better times; otherwise the ends of tasks are occasion
    /// enough.
    fn look_again_if_held_back(&mut self, now: Timestamp) {
        let Some(control) = &self.control else { return };
        let counts = self.scheduler.counts();
        if counts.ready == 0 || self.look_at.is_some() {
            return;
        }
        let limit = self.scheduler.max_in_flight();
        let by_limit = limit < self.max_in_flight && counts.running >= limit;
        if by_limit || self.scheduler.is_short_of_memory() {
            self.look_at = Some(now + control.interval());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::runtime::Runtime;
    use crate::{AsyncTaskExecutor, ExecutableTask, ExecutorConfig, ResourceRequirements};
    use crate::{TaskError, task_fn};
    use monitor::{ResourceMonitor, ResourceMonitorConfig, Sample, Sampler};
    use primitives::Timestamp;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::mpsc;
    use std::thread;
    use std::time::Duration;

    const THRESHOLD: usize = 1_000;

    /// A machine on which memory gets short, and is free again, with each sample.
    struct Unsteady {
        used: u64,
    }

    impl Sampler for Unsteady {
        fn sample(&mut self, now: Timestamp) -> Sample {
            self.used = 1_000 - self.used;
            Sample { memory_used_bytes: Some(self.used), ..Sample::unknown(now) }
        }
    }

    fn needs_memory(done: mpsc::Sender<()>) -> ExecutableTask {
        let task = task_fn(move |_| {
            let done = done.clone();
            async move {
                done.send(()).unwrap();
                Ok::<_, TaskError>(())
            }
        });
        let needs = ResourceRequirements { memory_bytes: 200, ..Default::default() };
        ExecutableTask::new(task).requires(needs)
    }

    #[test]
    fn figures_that_change_during_a_step_hold_nobody_back_for_good() {
        let config = ResourceMonitorConfig {
            monitoring_interval: Duration::from_millis(10),
            memory_threshold: THRESHOLD,
            ..ResourceMonitorConfig::default()
        };
        let (monitor, mut ticker) = ResourceMonitor::builder(config)
            .sampler(Box::new(Unsteady { used: 900 }))
            .manual()
            .unwrap();
        let runtime = Runtime::new().unwrap();
        let config = ExecutorConfig { memory_threshold: THRESHOLD, ..ExecutorConfig::default() };
        let handle = runtime.handle().clone();
        let executor =
            AsyncTaskExecutor::monitored(handle, Some(Arc::new(monitor)), config).unwrap();
        let endless = task_fn(|_| std::future::pending::<Result<(), TaskError>>());
        let needs = ResourceRequirements { memory_bytes: 1, ..Default::default() };
        let _running = executor.try_submit(ExecutableTask::new(endless).requires(needs)).unwrap();

        let stop = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    ticker.tick(Timestamp::from_nanos(0));
                }
            });
            let (done, ended) = mpsc::channel();
            let all_ended = (0..100).all(|_| {
                drop(executor.try_submit(needs_memory(done.clone())).unwrap());
                ended.recv_timeout(Duration::from_secs(20)).is_ok()
            });
            stop.store(true, Ordering::Relaxed);
            assert!(all_ended, "one was held back, and nobody looked again");
        });
    }
}
