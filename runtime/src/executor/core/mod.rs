//! The scheduler and the books, as they are under the lock.

mod accept;
mod alarm;
mod backlogs;
mod describe;
mod dispatch;
mod draining;
mod ending;
mod growth;
mod limits;
mod steer;
mod why;

use self::draining::Draining;
use super::ExecutorConfig;
use super::aftermath::Aftermath;
use super::attempts::crew::Crew;
use super::attempts::start::Started;
use super::books::batch::{Batch, TaskRef};
use super::books::id_map::{IdHasher, IdMap};
use super::books::room::Room;
use super::books::waker_set::WakerSet;
use super::graphs::backlog::Backlog;
use super::inner::Inner;
use super::steer::control::Control;
use crate::worker::has_lost_worker;
use monitor::Recorder;
use primitives::Timestamp;
use scheduler::{Counts, GraphId, SchedulerError, TaskId, TaskScheduler, TaskState};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::hash::BuildHasherDefault;
use std::sync::Arc;

/// One stay under the lock: when it is, who counts, and what it leaves to do.
pub(super) struct Step<'a> {
    pub(super) now: Timestamp,
    pub(super) inner: &'a Inner,
    pub(super) after: &'a mut Aftermath,
    /// The runner whose step it is.
    pub(super) runner: Option<Seat>,
}

impl Step<'_> {
    /// Where this thread counts what becomes of tasks.
    pub(super) fn recorder(&self) -> Recorder<'_> {
        self.inner.metrics.recorder(self.inner.worker())
    }
}

/// A runner in the core's eyes, when its attempt has ended.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seat {
    /// Whether it is one of the [`Crew`]; not if its attempt had to wait.
    pub(super) is_counted: bool,
    /// Whether it goes on with another attempt.
    pub(super) takes_next: bool,
    /// Whether the attempt was the first of a poll, so that the clock was read just before it.
    pub(super) is_first: bool,
    /// The worker on which the poll began.
    pub(super) began_on: Option<usize>,
    /// The graph with which its task was submitted, if any.
    pub(super) graph: Option<GraphId>,
}

impl Seat {
    /// The worker it is on; none any more if the task has blocked in place, and another thread has
    /// come for the worker: that thread records under its number now.
    pub(super) fn worker(&self) -> Option<usize> {
        self.began_on.filter(|_| !has_lost_worker())
    }
}

/// Everything that one lock guards. No method runs user code: whatever does goes into the
/// [`Aftermath`].
pub(super) struct Core {
    /// Its payloads are nothing: a task is found by its graph and position, or by its id.
    scheduler: TaskScheduler<()>,
    /// What the scheduler has started and no runner has taken yet, in that order. At most
    /// `max_in_flight`.
    started: VecDeque<Started>,
    crew: Crew,
    /// Whether somebody looks after the runners.
    is_watched: bool,
    /// The tasks without a position in a graph that are known: accepted and not forgotten.
    tasks: IdMap<Arc<Batch>>,
    /// The graphs that are known.
    graphs: HashMap<GraphId, Arc<Batch>, BuildHasherDefault<IdHasher>>,
    pub(super) room: Room,
    /// What waits in that line to be added to graphs, by the key of its place.
    backlogs: BTreeMap<u64, Backlog>,
    /// Who waits for the executor to be idle.
    pub(super) idle: WakerSet,
    control: Option<Control>,
    /// When to look at the machine again, if it holds tasks back.
    look_at: Option<Timestamp>,
    /// For when the alarm is set, or earlier. `Timestamp::MAX` is never.
    alarm_at: Timestamp,
    draining: Option<Draining>,
    is_closed: bool,
    max_pending: usize,
    max_in_flight: usize,
}

impl Core {
    pub(super) fn new(
        config: &ExecutorConfig,
        seed: u64,
        control: Option<Control>,
        runners: usize,
    ) -> Result<Self, SchedulerError> {
        let mut scheduler = TaskScheduler::new(config.scheduler(seed))?;
        if let Some(control) = &control {
            control.tell_memory(&mut scheduler);
        }
        if let Some(steering) = control.as_ref().and_then(|control| control.steering.as_ref()) {
            scheduler.set_max_in_flight(steering.limit());
        }
        Ok(Self {
            scheduler,
            started: VecDeque::new(),
            crew: Crew::new(runners),
            is_watched: false,
            tasks: IdMap::default(),
            graphs: HashMap::default(),
            room: Room::default(),
            backlogs: BTreeMap::new(),
            idle: WakerSet::default(),
            control,
            look_at: None,
            alarm_at: Timestamp::MAX,
            draining: None,
            is_closed: false,
            max_pending: config.max_queue_size,
            max_in_flight: config.max_in_flight,
        })
    }

    pub(super) fn counts(&self) -> Counts {
        self.scheduler.counts()
    }

    pub(super) fn state(&self, id: TaskId) -> Option<TaskState> {
        self.scheduler.state(id)
    }

    /// For what changes no task: whatever may start because of it starts at the end of the step.
    pub(super) fn scheduler_mut(&mut self) -> &mut TaskScheduler<()> {
        &mut self.scheduler
    }

    pub(super) fn is_idle(&self) -> bool {
        self.scheduler.is_idle()
    }

    /// Tasks that are known; none when everything has ended and been let go of.
    pub(super) fn known(&self) -> usize {
        self.scheduler.known()
    }

    /// A known task.
    fn find(&self, id: TaskId) -> Option<TaskRef> {
        match self.scheduler.member(id) {
            Some((graph, index)) => self.graphs.get(&graph).map(|batch| batch.task(index)),
            None => self.tasks.get(&id).and_then(|batch| batch.find(id)),
        }
    }

    /// What every step ends with: starts what may start, and tells those who wait.
    pub(super) fn settle(&mut self, may_dispatch: bool, step: &mut Step<'_>) {
        // A runner that finds more to do has no need of the scheduler.
        if may_dispatch && (step.runner.is_none() || self.started.is_empty()) {
            self.dispatch(step);
        }
        if !self.backlogs.is_empty() {
            self.work_off_backlogs(may_dispatch, step);
        }
        self.man(may_dispatch, step);
        self.note_concurrency(step);
        if !self.room.is_empty() {
            let free = self.free();
            self.room.grant(free, &mut step.after.wakers);
        }
        self.set_alarm(step);
        if self.draining.is_some() {
            self.go_on_draining(step);
        }
        if self.scheduler.is_idle() {
            step.after.wakers.extend(self.idle.take());
        }
    }

    /// Places in the queue that no task takes.
    fn free(&self) -> usize {
        self.max_pending.saturating_sub(self.scheduler.counts().pending())
    }
}
