//! What all workers of a runtime, and everybody who wakes its tasks, share.

use super::remote::AllCounters;
use super::sampling::{Countdown, Sampling};
use super::{
    Executor, Hooks, Injected, Known, Limit, Local, Outside, Remote, Roots, Spares, Tally,
    TaskTally, Watch,
};
use crate::blocking::BlockingPool;
use crate::context;
use crate::runtime::{self, Processors, RuntimeFlavor, ThreadHooks};
use crate::seam::{ClockHold, Seams};
use crate::task::{Annotation, CoarseClock, JoinHandle, LocalShared, Runnable, new_detached};
use monitor::{PollBuckets, PollCounts, ResourceMonitor, WorkerCounters};
use primitives::Timestamp;
use primitives::rng::Rng;
use primitives::shim::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use scheduler::steal::{Idle, Injector, OrderedQueue, Pushed, WorkStealingQueue};
use std::fmt;
use std::io;
use std::panic::Location;
use std::sync::{Arc, OnceLock};

/// The numbers that steer the workers. See [`Builder`](crate::runtime::Builder).
#[derive(Debug, Clone)]
pub(crate) struct SharedConfig {
    pub(crate) workers: usize,
    /// Whether idle workers take tasks from the queues of others.
    pub(crate) work_stealing: bool,
    /// Whether the task that was woken last runs first. Otherwise tasks run in the order in which
    /// they were queued.
    pub(crate) lifo_slot: bool,
    pub(crate) flavor: RuntimeFlavor,
    /// Whether it is part of a `LocalRuntime`.
    pub(crate) is_local: bool,
    pub(crate) name: Option<String>,
    pub(crate) thread_hooks: ThreadHooks,
    pub(crate) processors: Processors,
    /// Whether a panic of a task ends the runtime.
    pub(crate) shutdown_on_panic: bool,
    /// A worker looks at the injector first on every so many steps.
    pub(crate) global_queue_interval: u32,
    /// A worker looks at its reactor on every so many steps.
    pub(crate) event_interval: u32,
    /// How many operations a poll may do before others have their turn; `None` is no limit.
    pub(crate) coop_budget: Option<u32>,
    /// Of how many polls one is timed; `None` is none.
    pub(crate) poll_sampling: Option<u32>,
    /// What the timed ones are counted in, for each worker.
    pub(crate) poll_buckets: PollBuckets,
    /// How many threads may stand in for stuck workers at a time.
    pub(crate) max_spares: usize,
}

/// The shared part of a runtime.
pub(crate) struct Shared {
    pub(crate) remotes: Box<[Remote]>,
    pub(crate) injector: Injector<Injected>,
    /// The tasks that are more, or less, urgent than ordinary ones.
    pub(crate) ordered: OrderedQueue<Runnable>,
    pub(crate) idle: Idle,
    pub(super) limit: Limit,
    pub(super) outside: Outside,
    pub(crate) config: SharedConfig,
    pub(crate) hooks: Hooks,
    pub(crate) roots: Roots,
    /// Sets of tasks that stay on one thread, and were polled in this runtime.
    pub(crate) local_sets: Known<LocalShared>,
    pub(crate) executors: Known<dyn Executor>,
    /// The time, as some worker has found it when it looked last.
    pub(crate) coarse: CoarseClock,
    pub(crate) seams: Seams,
    pub(crate) counters: AllCounters,
    /// Of each worker's polls, and those of its stand-ins; not among what the worker writes in
    /// every step, which would be in more cache lines with them.
    pub(crate) poll_counts: Box<[PollCounts]>,
    pub(crate) blocking: BlockingPool,
    /// Spawns and ends on threads that are no workers.
    pub(crate) outside_tally: Tally,
    pub(crate) monitor: OnceLock<Arc<ResourceMonitor>>,
    pub(crate) watch: Watch,
    pub(crate) spares: Arc<Spares>,
    /// Threads that have stepped aside for others to be their workers.
    pub(super) aside: AtomicUsize,
    /// Polls that were cut short because their budget was used up.
    pub(super) forced_yields: AtomicU64,
    /// Tasks that were queued by threads that are no workers.
    pub(super) remote_schedules: Countdown,
    /// Tasks that were queued by their urgency, or for the one worker that may poll them.
    pub(super) other_schedules: Countdown,
    pub(super) sampling: Sampling,
    /// Whether a task has panicked that should not have.
    panicked: AtomicBool,
    pub(crate) id: runtime::Id,
    /// Workers whose threads have not left them for good.
    workers_left: AtomicUsize,
    closing: AtomicBool,
    next_reactor: AtomicUsize,
}

impl Shared {
    /// The shared part, and the workers' own parts for their threads.
    ///
    /// # Errors
    ///
    /// If a reactor cannot be made.
    pub(crate) fn new(
        config: SharedConfig,
        hooks: Hooks,
        seams: Seams,
        blocking: BlockingPool,
    ) -> io::Result<(Arc<Self>, Vec<Local>)> {
        let workers = config.workers;
        let queues: Vec<_> = (0..workers).map(|_| WorkStealingQueue::new()).collect();
        let remotes = queues
            .iter()
            .enumerate()
            .map(|(index, queue)| {
                let reactor = Arc::new((seams.make_reactor)(index)?);
                Ok(Remote::new(queue.stealer(), reactor))
            })
            .collect::<io::Result<_>>()?;
        let sampling = Sampling::new(config.poll_sampling, seams.seed);
        let shared = Arc::new(Self {
            remotes,
            injector: Injector::new(),
            ordered: OrderedQueue::new(),
            idle: Idle::new(workers),
            limit: Limit::new(workers),
            outside: Outside::new(workers),
            counters: (0..workers).map(|_| WorkerCounters::default()).collect(),
            poll_counts: (0..workers).map(|_| PollCounts::new(&config.poll_buckets)).collect(),
            blocking,
            outside_tally: Tally::default(),
            monitor: OnceLock::new(),
            watch: Watch::default(),
            spares: Arc::new(Spares::new(config.max_spares)),
            aside: AtomicUsize::new(0),
            forced_yields: AtomicU64::new(0),
            remote_schedules: sampling.countdown(),
            other_schedules: sampling.countdown(),
            sampling,
            panicked: AtomicBool::new(false),
            id: runtime::Id::next(),
            workers_left: AtomicUsize::new(workers),
            closing: AtomicBool::new(false),
            next_reactor: AtomicUsize::new(0),
            config,
            hooks,
            roots: Roots::default(),
            local_sets: Known::default(),
            executors: Known::default(),
            coarse: CoarseClock::default(),
            seams,
        });
        let local = |(index, queue)| {
            let rng = Rng::new(shared.seams.seed.wrapping_add(index as u64));
            Local::new(Arc::clone(&shared), index, queue, rng)
        };
        let locals = queues.into_iter().enumerate().map(local).collect();
        Ok((shared, locals))
    }

    /// Starts a task. On a worker it runs next, unless the poll under way starts more of them.
    #[inline]
    pub(crate) fn spawn<F>(
        self: &Arc<Self>,
        future: F,
        site: &'static Location<'static>,
    ) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.spawn_to(future, site, Local::push_woken)
    }

    /// Starts a task. On a worker `push` queues it: [`Local::push_offered`] calls for another one
    /// to run it, [`Local::push_next`] is for a poll that is about to return.
    #[inline]
    pub(crate) fn spawn_to<F>(
        self: &Arc<Self>,
        future: F,
        site: &'static Location<'static>,
        push: fn(&Local, Runnable),
    ) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let made = context::with_worker(self, |local| match local {
            Some(local) => local.spawn(future, site, push),
            None => self.spawn_from_outside(future, site, None),
        });
        made.unwrap_or_else(|future| self.refuse(future, site))
    }

    /// Starts a task with something to say. It is queued by its urgency.
    pub(crate) fn spawn_annotated<F>(
        self: &Arc<Self>,
        future: F,
        site: &'static Location<'static>,
        annotation: Annotation,
    ) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let made = context::with_worker(self, |local| match local {
            Some(local) => local.spawn_annotated(future, site, annotation),
            None => self.spawn_from_outside(future, site, Some(annotation)),
        });
        made.unwrap_or_else(|future| self.refuse(future, site))
    }

    fn spawn_from_outside<F>(
        self: &Arc<Self>,
        future: F,
        site: &'static Location<'static>,
        annotation: Option<Annotation>,
    ) -> Result<JoinHandle<F::Output>, F>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        if self.is_closing() {
            return Err(future);
        }
        let order = annotation.as_ref().and_then(Annotation::order);
        let (runnable, handle) = self.outside.spawn(self, future, site, annotation)?;
        self.outside_tally.count_spawn();
        self.count_remote_schedule(&runnable);
        self.hooks.spawned(runnable.task());
        match order {
            Some(urgency) => self.push_ordered(urgency, runnable),
            None => self.inject(Injected::One(runnable)),
        }
        Ok(handle)
    }

    /// The runtime has shut down: the future is dropped, and the handle says cancelled.
    #[cold]
    fn refuse<F>(
        self: &Arc<Self>,
        future: F,
        site: &'static Location<'static>,
    ) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.outside_tally.count_spawn();
        let (runnable, handle) = new_detached(future, Arc::clone(self), site);
        drop(runnable);
        handle
    }

    /// Queues a task from a thread that is no worker, or a batch of them from one that is.
    pub(crate) fn inject(&self, injected: Injected) {
        match self.injector.push(injected) {
            Pushed::Accepted => self.announce(),
            Pushed::Closed => self.drain_injector(),
        }
    }

    /// Wakes a worker for an item that was just queued, if none is on its way already.
    #[inline]
    pub(crate) fn announce(&self) {
        self.unpark(self.idle.wake_one());
    }

    /// Wakes a worker for what another one leaves behind that has found something by its last look.
    pub(super) fn announce_rest(&self) {
        self.unpark(self.idle.wake_for_rest());
    }

    #[inline]
    pub(super) fn unpark(&self, chosen: Option<usize>) {
        if let Some(worker) = chosen {
            self.remotes[worker].reactor.unpark();
        }
    }

    /// Cancels whatever the injector holds. Bounded: only late pushes add to it, and each of
    /// those drains as well.
    pub(crate) fn drain_injector(&self) {
        while let Some(injected) = self.injector.pop() {
            drop(injected);
        }
    }

    /// The number of the reactor for a timer or a socket that is used on this thread: the worker's
    /// own, or any, in turn.
    pub(crate) fn reactor_index(self: &Arc<Self>) -> usize {
        let own = context::with_worker(self, |local| local.map(Local::index));
        own.unwrap_or_else(|| {
            // ORDERING: Relaxed; it only spreads the load.
            self.next_reactor.fetch_add(1, Ordering::Relaxed) % self.remotes.len()
        })
    }

    /// The time on the runtime's clock.
    #[inline]
    pub(crate) fn now(&self) -> Timestamp {
        self.seams.clock.now()
    }

    /// While the result lives, a paused clock is not set forward to the next timer.
    pub(crate) fn hold_clock(&self) -> Option<ClockHold> {
        self.seams.clock.hold(|| {
            let reactor = Arc::clone(&self.remotes[0].reactor);
            Box::new(move || reactor.unpark())
        })
    }

    /// The clock was paused, resumed or set forward: whoever sleeps until some time on it has to
    /// look at it again.
    pub(crate) fn clock_changed(&self) {
        self.remotes.iter().for_each(|remote| remote.reactor.clock_changed());
    }

    /// Counts the panic of a task against the runtime, if it is configured so.
    #[cold]
    pub(super) fn note_panic(&self) {
        if self.config.shutdown_on_panic {
            // ORDERING: Release pairs with the Acquire in `has_panicked`.
            self.panicked.store(true, Ordering::Release);
            self.remotes.iter().for_each(|remote| remote.reactor.unpark());
        }
    }

    /// Whether the runtime has to shut down because a task has panicked.
    #[inline]
    pub(crate) fn has_panicked(&self) -> bool {
        // ORDERING: Acquire pairs with the Release in `note_panic`.
        self.panicked.load(Ordering::Acquire)
    }

    /// Whether the runtime is shutting down.
    #[inline]
    pub(crate) fn is_closing(&self) -> bool {
        // ORDERING: Acquire pairs with the Release in `begin_shutdown`.
        self.closing.load(Ordering::Acquire)
    }

    /// Tells every worker to leave its loop. What they hold is cancelled as they go.
    pub(crate) fn begin_shutdown(&self) {
        // ORDERING: Release pairs with the Acquire in `is_closing`. No fence is needed: the
        // permits left by unpark outlast any sleep that is just beginning.
        self.closing.store(true, Ordering::Release);
        for remote in &self.remotes {
            remote.reactor.unpark();
        }
        self.watch.stop();
    }

    /// A worker has left its loop for good. The last one clears up.
    pub(super) fn leave_worker(&self) {
        // ORDERING: AcqRel, so that the last one sees what the others left behind.
        if self.workers_left.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.finish_shutdown();
        }
    }

    /// After the workers have left: cancels whatever there still is, and ends all waiting. Doing
    /// it twice does no harm.
    pub(crate) fn finish_shutdown(&self) {
        self.outside.close();
        self.drain_ordered();
        self.injector.close();
        self.drain_injector();
        for remote in &self.remotes {
            drop(remote.lifo.take());
            while let scheduler::steal::Steal::Item(runnable) = remote.stealer.steal() {
                drop(runnable);
            }
        }
        for remote in &self.remotes {
            remote.inbox.close();
            remote.reactor.close();
        }
    }

    /// The books at this moment.
    pub(crate) fn tally(&self) -> TaskTally {
        let mut sum = TaskTally::default();
        self.outside_tally.add_to(&mut sum);
        for remote in &self.remotes {
            remote.tally.add_to(&mut sum);
        }
        sum.live = sum.spawned.saturating_sub(sum.finished + sum.cancelled + sum.panicked);
        sum
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("config", &self.config).finish_non_exhaustive()
    }
}
