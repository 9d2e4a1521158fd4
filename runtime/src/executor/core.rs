//! The scheduler and the books, as they are under the lock.

use super::aftermath::Aftermath;
use super::control::Control;
use super::graph_state::GraphState;
use super::id_map::IdMap;
use super::record::{Ending, Launch, Outcome, Record};
use super::room::Room;
use super::waker_set::WakerSet;
use super::{ExecutorConfig, ExecutorError};
use monitor::{Recorder, TaskEnd};
use primitives::Timestamp;
use scheduler::{
    Cancelled, Counts, EndState, Event, FailurePolicy, GraphId, SchedulerError, TaskId,
    TaskScheduler, TaskSpec, TaskState, Ticket,
};
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
    /// The tasks that are known: submitted and not forgotten.
    tasks: IdMap<Arc<Record>>,
    /// The graphs that are known.
    graphs: HashMap<GraphId, Arc<GraphState>>,
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
        self.tasks.len()
    }

    /// Accepts one task. Its payload's record is `record`. `is_granted` says that room was set
    /// aside for it.
    pub(super) fn accept_task(
        &mut self,
        spec: TaskSpec<Launch>,
        is_granted: bool,
        step: &mut Step<'_>,
    ) -> Result<(), Refused<TaskSpec<Launch>>> {
        if let Err(error) = self.check_room(1, is_granted) {
            return Err(Box::new((error, spec)));
        }
        let record = Arc::clone(&spec.payload.record);
        let inputs = self.inputs(&spec, None);
        self.scheduler.submit(spec, step.now).map_err(|refused| {
            let (error, spec) = refused.into_parts();
            Box::new((self.refusal(error), spec))
        })?;
        step.recorder.submitted(1);
        if !inputs.is_empty() {
            record.set_inputs(inputs);
        }
        self.tasks.insert(record.id, record);
        self.drain(None, step);
        Ok(())
    }

    /// Accepts a whole graph, whose records are in `state`, or nothing of it.
    pub(super) fn accept_graph(
        &mut self,
        specs: Vec<TaskSpec<Launch>>,
        failure: FailurePolicy,
        state: &Arc<GraphState>,
        is_granted: bool,
        step: &mut Step<'_>,
    ) -> Result<GraphId, Refused<Vec<TaskSpec<Launch>>>> {
        let tasks = specs.len();
        if let Err(error) = self.check_room(tasks, is_granted) {
            return Err(Box::new((error, specs)));
        }
        let inputs: Vec<_> = specs.iter().map(|spec| self.inputs(spec, Some(state))).collect();
        let graph = self.scheduler.submit_graph(specs, failure, step.now).map_err(|refused| {
            let (error, specs) = refused.into_parts();
            Box::new((self.refusal(error), specs))
        })?;
        step.recorder.submitted(tasks as u64);
        self.tasks.reserve(tasks);
        for (record, inputs) in state.records.iter().zip(inputs) {
            if !inputs.is_empty() {
                record.set_inputs(inputs);
            }
            self.tasks.insert(record.id, Arc::clone(record));
        }
        self.graphs.insert(graph, Arc::clone(state));
        self.drain(None, step);
        Ok(graph)
    }

    /// The records of a task's dependencies, as far as they are known; if one is not, the
    /// scheduler refuses the task.
    fn inputs(&self, spec: &TaskSpec<Launch>, graph: Option<&GraphState>) -> Vec<Arc<Record>> {
        let inside = |id| graph.and_then(|graph| graph.get(id));
        let known = |id| inside(id).or_else(|| self.tasks.get(&id)).cloned();
        spec.dependencies.iter().filter_map(|&id| known(id)).collect()
    }

    fn check_room(&mut self, tasks: usize, is_granted: bool) -> Result<(), ExecutorError> {
        if is_granted {
            self.room.claim(tasks);
        }
        if self.is_closed {
            return Err(ExecutorError::ShutDown);
        }
        // What can never fit is left to the scheduler to refuse, rather than made to wait.
        if is_granted || tasks > self.max_pending || self.room.is_free(tasks, self.free()) {
            return Ok(());
        }
        Err(ExecutorError::QueueFull { capacity: self.max_pending })
    }

    fn refusal(&self, error: SchedulerError) -> ExecutorError {
        match error {
            SchedulerError::QueueFull { .. } => {
                ExecutorError::QueueFull { capacity: self.max_pending }
            }
            SchedulerError::GraphTooLarge { tasks, .. } => {
                ExecutorError::GraphTooLarge { tasks, capacity: self.max_pending }
            }
            error => ExecutorError::Rejected(error),
        }
    }

    /// Places in the queue that no task takes.
    fn free(&self) -> usize {
        self.max_pending - self.scheduler.counts().pending()
    }

    /// An attempt is over; its record knows how already.
    pub(super) fn finish(
        &mut self,
        ticket: Ticket,
        record: &Arc<Record>,
        end: EndState,
        step: &mut Step<'_>,
    ) {
        let finished = self.scheduler.finish(ticket, end, step.now);
        debug_assert!(finished.is_ok(), "an attempt reports its end once: {finished:?}");
        self.drain(Some(record), step);
    }

    /// Cancels one task. False if it has ended or nobody knows it.
    pub(super) fn cancel(&mut self, id: TaskId, step: &mut Step<'_>) -> bool {
        match self.scheduler.cancel(id, step.now) {
            Cancelled::Ended => self.drain(None, step),
            Cancelled::Running(ticket) => self.stop(ticket, step),
            Cancelled::AlreadyEnded(_) | Cancelled::Unknown => return false,
        }
        true
    }

    pub(super) fn cancel_graph(&mut self, graph: GraphId, step: &mut Step<'_>) {
        let running = self.scheduler.cancel_graph(graph, step.now);
        running.into_iter().for_each(|ticket| self.stop(ticket, step));
        self.drain(None, step);
    }

    pub(super) fn cancel_all(&mut self, step: &mut Step<'_>) {
        let running = self.scheduler.cancel_all(step.now);
        running.into_iter().for_each(|ticket| self.stop(ticket, step));
        self.drain(None, step);
    }

    /// Accepts nothing more and cancels everything.
    pub(super) fn close(&mut self, step: &mut Step<'_>) {
        self.is_closed = true;
        self.room.dismiss(&mut step.after.wakers);
        self.cancel_all(step);
    }

    fn stop(&self, ticket: Ticket, step: &mut Step<'_>) {
        let record = self.scheduler.task_of(ticket).and_then(|id| self.tasks.get(&id));
        step.after.stops.extend(record.cloned());
    }

    /// Takes a task that was submitted alone and has ended out of the books.
    pub(super) fn forget(&mut self, id: TaskId) -> Option<Arc<Record>> {
        let forgotten = self.scheduler.forget(id);
        debug_assert!(forgotten, "only ended tasks are forgotten");
        self.tasks.remove(&id)
    }

    /// Takes a graph that has ended, and its tasks, out of the books.
    pub(super) fn forget_graph(&mut self, graph: GraphId) -> Option<Arc<GraphState>> {
        let forgotten = self.scheduler.forget_graph(graph);
        debug_assert!(forgotten, "only ended graphs are forgotten");
        let state = self.graphs.remove(&graph)?;
        for record in &state.records {
            // The state holds another reference, so nothing is dropped here.
            self.tasks.remove(&record.id);
        }
        Some(state)
    }

    /// Books what the scheduler reports. `finished` is the task whose attempt is over, if that is
    /// what the step is about: the only one that can end without handing its payload back.
    fn drain(&mut self, finished: Option<&Arc<Record>>, step: &mut Step<'_>) {
        while let Some(event) = self.scheduler.next_event() {
            match event {
                Event::Ended { id, graph, end, payload, cause } => {
                    let unstarted = payload.map(|launch| end_unstarted(launch, end, cause, step));
                    let record = unstarted.as_ref().or(finished);
                    if graph.is_none() && record.is_some_and(|record| record.release.end()) {
                        step.after.forgotten.extend(self.forget(id));
                    }
                }
                Event::GraphEnded { graph, counts } => self.end_graph(graph, counts, step),
                Event::CancelRunning { ticket } => self.stop(ticket, step),
            }
        }
    }

    fn end_graph(&mut self, graph: GraphId, counts: Counts, step: &mut Step<'_>) {
        let Some(state) = self.graphs.get(&graph).cloned() else { return };
        state.end(counts);
        if state.release.end() {
            // The same state as `state`, which lives on in the aftermath.
            drop(self.forget_graph(graph));
        }
        step.after.ended_graphs.push(state);
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

    fn dispatch(&mut self, step: &mut Step<'_>) {
        self.steer();
        while self.allows_next()
            && let Some(dispatch) = self.scheduler.dispatch(step.now)
        {
            if let Some(control) = &mut self.control {
                control.started(dispatch.payload.record.memory_bytes);
            }
            step.after.starts.push(dispatch);
        }
        self.look_again_if_held_back(step);
    }

    fn steer(&mut self) {
        let running = self.scheduler.counts().running;
        let limit = self.control.as_mut().and_then(|control| control.new_limit(running));
        if let Some(limit) = limit {
            self.scheduler.set_max_in_flight(limit);
        }
    }

    /// Whether the machine has the memory for the task that is next. Something may always run.
    fn allows_next(&self) -> bool {
        let Some(control) = &self.control else { return true };
        if self.scheduler.counts().running == 0 {
            return true;
        }
        let next = self.scheduler.peek().and_then(|id| self.tasks.get(&id));
        next.is_none_or(|record| control.allows_memory(record.memory_bytes))
    }

    /// While control holds ready tasks back, and running ones may take long, a timer has to look
    /// for better times; otherwise the ends of tasks are occasion enough.
    fn look_again_if_held_back(&mut self, step: &mut Step<'_>) {
        let Some(control) = &self.control else { return };
        let counts = self.scheduler.counts();
        let limit = self.scheduler.max_in_flight();
        let by_limit = limit < self.max_in_flight && counts.running >= limit;
        if counts.ready > 0 && !self.is_looking && (by_limit || !self.allows_next()) {
            self.is_looking = true;
            step.after.look_again = Some(control.interval());
        }
    }

    /// The timer has fired.
    pub(super) fn looked_again(&mut self) {
        self.is_looking = false;
    }
}

/// A task has ended without having run.
fn end_unstarted(
    launch: Launch,
    end: EndState,
    cause: Option<TaskId>,
    step: &mut Step<'_>,
) -> Arc<Record> {
    let Launch { record, task, .. } = launch;
    let (outcome, counted) = match cause {
        Some(cause) => (Outcome::Skipped(cause), TaskEnd::Skipped),
        None => (Outcome::Cancelled, TaskEnd::Cancelled),
    };
    debug_assert_eq!(outcome.state(), end);
    step.recorder.ended(counted, None, None);
    record.end(Ending { outcome, run: None, finished_at: step.now });
    step.after.ended.push((Arc::clone(&record), task));
    record
}
