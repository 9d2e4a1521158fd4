//! What the executor, its handles and its attempts share.

use super::ExecutorConfig;
use super::aftermath::Aftermath;
use super::alarm::Alarm;
use super::attempts::roster::Roster;
use super::attempts::start::Next;
use super::attempts::trampoline::Acting;
use super::attempts::watch::{Progress, watch};
use super::core::{Core, Seat, Step};
use super::event::Audience;
use super::steer::learner::Learner;
use crate::context;
use crate::runtime::Handle;
use crate::task;
use crate::worker::Local;
use monitor::{ExecutionMetrics, ResourceMonitor};
use primitives::Timestamp;
use primitives::biased_lock::BiasedLock;
use primitives::shim::CachePadded;
use primitives::shim::atomic::{AtomicBool, Ordering};
use scheduler::SchedulerConfig;
use std::sync::Arc;
use std::time::Instant;

/// The core behind its lock, and the way in and out.
pub(super) struct Inner {
    /// Biased, because while attempts are short one worker runs them all.
    pub(super) core: BiasedLock<Core>,
    pub(super) progress: CachePadded<Progress>,
    pub(super) roster: Roster,
    pub(super) handle: Handle,
    pub(super) metrics: ExecutionMetrics,
    pub(super) monitor: Option<Arc<ResourceMonitor>>,
    pub(super) config: ExecutorConfig,
    /// The part of it that the scheduler knows.
    pub(super) scheduler: SchedulerConfig,
    pub(super) alarm: Arc<Alarm>,
    /// Whether somebody drains the executor.
    is_draining: AtomicBool,
    pub(super) audience: Audience,
    /// If run times are learnt.
    pub(super) learner: Option<Learner>,
}

impl Inner {
    pub(super) fn new(
        core: Core,
        handle: Handle,
        monitor: Option<Arc<ResourceMonitor>>,
        config: ExecutorConfig,
    ) -> Self {
        let metrics = ExecutionMetrics::with_workers(handle.shared().counters.clone());
        let workers = handle.shared().config.workers;
        Self {
            core: BiasedLock::new(core),
            progress: CachePadded::default(),
            roster: Roster::new(workers),
            scheduler: config.scheduler(handle.shared().seams.seed),
            learner: config.history.clone().map(|history| Learner::new(history, workers)),
            handle,
            metrics,
            monitor,
            alarm: Arc::default(),
            is_draining: AtomicBool::new(false),
            audience: Audience::default(),
            config,
        }
    }

    /// Steps the core: `work`, then everything that follows from it.
    pub(super) fn step<R>(self: &Arc<Self>, work: impl FnOnce(&mut Core, &mut Step<'_>) -> R) -> R {
        self.step_at(self.now(), work)
    }

    /// Like [`step`](Self::step), at a moment that has just been read.
    pub(super) fn step_at<R>(
        self: &Arc<Self>,
        now: Timestamp,
        work: impl FnOnce(&mut Core, &mut Step<'_>) -> R,
    ) -> R {
        let acting = Acting::enter();
        let (result, next) = self.step_once(now, &acting, work);
        debug_assert!(next.is_none(), "nobody asked for it");
        acting.work_off();
        result
    }

    /// Steps the core for an attempt that ends. Returns what its runner goes on with.
    pub(super) fn finish(
        self: &Arc<Self>,
        now: Timestamp,
        seat: Seat,
        work: impl FnOnce(&mut Core, &mut Step<'_>),
    ) -> Option<Next> {
        let acting = Acting::enter();
        let work = |core: &mut Core, step: &mut Step<'_>| {
            step.runner = Some(seat);
            work(core, step);
        };
        let ((), next) = self.step_once(now, &acting, work);
        acting.work_off();
        next
    }

    /// Dispatches what an inner step has left to the outer one.
    pub(super) fn dispatch_later(self: &Arc<Self>, acting: &Acting) {
        self.step_once(self.now(), acting, |_, _| ());
    }

    fn step_once<R>(
        self: &Arc<Self>,
        now: Timestamp,
        acting: &Acting,
        work: impl FnOnce(&mut Core, &mut Step<'_>) -> R,
    ) -> (R, Option<Next>) {
        let mut after = Aftermath::new();
        let mut step = Step { now, inner: self, after: &mut after, runner: None };
        let mut core = self.core.lock();
        let result = work(&mut core, &mut step);
        core.settle(acting.may_dispatch(self), &mut step);
        drop(core);
        (result, after.act(self))
    }

    /// Starts nothing from now on; what runs may go on until `deadline`.
    pub(super) fn begin_drain(self: &Arc<Self>, deadline: Option<Instant>) {
        // ORDERING: Relaxed; the core's lock, which the next line takes, orders it before the
        // stops.
        self.is_draining.store(true, Ordering::Relaxed);
        let deadline = deadline.map(|deadline| self.timestamp(deadline));
        self.step(|core, step| core.begin_drain(deadline, step));
    }

    pub(super) fn is_draining(&self) -> bool {
        // ORDERING: Relaxed, see `begin_drain`.
        self.is_draining.load(Ordering::Relaxed)
    }

    /// Has somebody look after the runners.
    #[track_caller]
    pub(super) fn watch(self: &Arc<Self>) {
        self.spawn_helper("executor's watch", watch(Arc::downgrade(self)));
    }

    /// Starts a task of the executor's own, by whose name dumps tell it from the user's. It is
    /// cancelled with the runtime.
    #[track_caller]
    pub(super) fn spawn_helper(
        &self,
        name: &str,
        helper: impl Future<Output = ()> + Send + 'static,
    ) {
        // No task can be refused.
        drop(task::Builder::new().name(name).spawn_on(helper, &self.handle));
    }

    /// Accepts nothing more, cancels everything, and switches the alarm off.
    pub(super) fn close(self: &Arc<Self>) {
        self.step(|core, step| core.close(step));
        self.alarm.switch_off();
    }

    pub(super) fn now(&self) -> Timestamp {
        self.handle.shared().now()
    }

    pub(super) fn timestamp(&self, instant: Instant) -> Timestamp {
        self.handle.shared().seams.clock.timestamp(instant)
    }

    pub(super) fn instant(&self, timestamp: Timestamp) -> Instant {
        self.handle.shared().seams.clock.instant(timestamp)
    }

    /// The number of the calling thread, if it is one of the runtime's workers.
    pub(super) fn worker(&self) -> Option<usize> {
        context::with_worker(self.handle.shared(), |local| local.map(Local::index))
    }
}
