//! The scheduler and the books, as they are under the lock.

mod accept;
mod dispatch;
mod ending;

use super::aftermath::Aftermath;
use super::batch::{Batch, TaskRef};
use super::control::Control;
use super::id_map::IdMap;
use super::record::Launch;
use super::room::Room;
use super::waker_set::WakerSet;
use super::{ExecutorConfig, ExecutorError};
use monitor::Recorder;
use primitives::Timestamp;
use scheduler::{Counts, GraphId, SchedulerError, TaskId, TaskScheduler, TaskState};
use std::collections::HashMap;
use std::sync::Arc;

/// One stay under the lock: when it is, who counts, and what it leaves to do.
pub(super) struct Step<'a> {
    pub(super) now: Timestamp,
    pub(super) recorder: Recorder<'a>,
    pub(super) after: &'a mut Aftermath,
}

/// A refused submission, with what the scheduler was given.
pub(super) type Refused<T> = Box<(ExecutorError, T)>;

/// Everything that one lock guards. No method runs user code: whatever does goes into the
/// [`Aftermath`].
pub(super) struct Core {
    scheduler: TaskScheduler<Launch>,
    /// The tasks submitted alone that are known: accepted and not forgotten.
    tasks: IdMap<Arc<Batch>>,
    /// The graphs that are known.
    graphs: HashMap<GraphId, Arc<Batch>>,
    pub(super) room: Room,
    /// Who waits for the executor to be idle.
    pub(super) idle: WakerSet,
    control: Option<Control>,
    /// Whether a timer will look at the machine again.
    is_looking: bool,
    is_closed: bool,
    max_pending: usize,
    max_in_flight: usize,
}

impl Core {
    pub(super) fn new(
        config: &ExecutorConfig,
        control: Option<Control>,
    ) -> Result<Self, SchedulerError> {
        Ok(Self {
            scheduler: TaskScheduler::new(config.scheduler())?,
            tasks: IdMap::default(),
            graphs: HashMap::new(),
            room: Room::default(),
            idle: WakerSet::default(),
            control,
            is_looking: false,
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
            None => self.tasks.get(&id).map(|batch| batch.task(0)),
        }
    }

    /// What every step ends with: starts what may start, and tells those who wait.
    pub(super) fn settle(&mut self, may_dispatch: bool, step: &mut Step<'_>) {
        if may_dispatch {
            self.dispatch(step);
        }
        let free = self.free();
        self.room.grant(free, &mut step.after.wakers);
        if self.scheduler.is_idle() {
            step.after.wakers.extend(self.idle.take());
        }
    }

    /// Places in the queue that no task takes.
    fn free(&self) -> usize {
        self.max_pending - self.scheduler.counts().pending()
    }
}
