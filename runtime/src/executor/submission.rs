//! The way in, and back for what is refused.

use super::books::batch::Batch;
use super::books::home::Home;
use super::books::tasks::Tasks;
use super::core::Core;
use super::graphs::backlog::Backlog;
use super::graphs::graph::GraphOptions;
use super::inner::Inner;
use super::{ExecutableTask, ExecutorError, Graph, GraphHandle, SubmitError, TaskHandle};
use primitives::Timestamp;
use primitives::shim::Mutex;
use scheduler::{GraphId, GraphPlan, SchedulerError, TaskTerms};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

/// How many tasks before it is looked at the memory of a task is asked for.
pub(super) const TASKS_AHEAD: usize = 8;

/// A plan, or what is wrong with the graph.
type Planned = Result<GraphPlan, SchedulerError>;

impl Inner {
    /// Submits one task; waits while the queue is full.
    pub(super) async fn submit_in_turn(
        self: &Arc<Self>,
        home: Home,
        task: ExecutableTask,
    ) -> Result<TaskHandle, SubmitError<ExecutableTask>> {
        let result = match self.submit_task(home.clone(), task, None) {
            Err(refused) if refused.error.is_queue_full() => {
                let place = self.room(1).await;
                self.submit_task(home, *refused.task, Some(place))
            }
            result => result,
        };
        self.count_rejected(result, |_| 1)
    }

    /// Submits one task if there is room for it now.
    pub(super) fn submit_now(
        self: &Arc<Self>,
        home: Home,
        task: ExecutableTask,
    ) -> Result<TaskHandle, SubmitError<ExecutableTask>> {
        let result = self.submit_task(home, task, None);
        self.count_rejected(result, |_| 1)
    }

    /// Submits one task that is held until a backlog has been added.
    pub(super) fn submit_held(
        self: &Arc<Self>,
        home: Home,
        task: ExecutableTask,
        backlog: Backlog,
    ) -> Result<TaskHandle, SubmitError<ExecutableTask>> {
        let after = |core: &mut Core| {
            let taken_on = core.take_on(backlog);
            debug_assert!(taken_on.is_ok(), "the task has just been accepted: {taken_on:?}");
        };
        let result = self.submit_task_and(home, task, None, after);
        self.count_rejected(result, |_| 1)
    }

    /// Submits one task, to where it belongs, with the room that `place` was granted if there is
    /// one.
    fn submit_task(
        self: &Arc<Self>,
        home: Home,
        task: ExecutableTask,
        place: Option<Place>,
    ) -> Result<TaskHandle, SubmitError<ExecutableTask>> {
        self.submit_task_and(home, task, place, |_| ())
    }

    /// Submits one task and goes on with `after` before it can start.
    fn submit_task_and(
        self: &Arc<Self>,
        home: Home,
        task: ExecutableTask,
        place: Option<Place>,
        after: impl FnOnce(&mut Core),
    ) -> Result<TaskHandle, SubmitError<ExecutableTask>> {
        let now = self.now();
        let mut tasks = Tasks::default();
        tasks.push(task);
        let batch = Batch::new(tasks, home, now);
        let estimates = self.estimates(batch.tasks());
        let terms = self.terms(batch.tasks(), &estimates, 0);
        let is_granted = place.is_some_and(Place::use_up);
        let accepted = self.step_at(now, |core, step| {
            core.accept_task(&terms, &batch, is_granted, step)?;
            after(core);
            Ok(())
        });
        match accepted {
            Ok(()) => Ok(TaskHandle::new(Arc::clone(self), batch)),
            Err(error) => {
                let task = batch.into_tasks().and_then(|tasks| tasks.take_task(0));
                Err(SubmitError::new(error, task.expect("nobody keeps a refused task")))
            }
        }
    }

    /// Submits a graph; waits while the queue has no room for all of it.
    pub(super) async fn submit_whole_in_turn(
        self: &Arc<Self>,
        home: Home,
        mut graph: Graph,
    ) -> Result<GraphHandle, SubmitError<Graph>> {
        let mut place = None;
        loop {
            let (planned, plan) = self.look_ahead(graph).await;
            match self.submit_whole(home.clone(), planned, plan, place.take()) {
                Err(refused) if refused.error.is_queue_full() => {
                    graph = *refused.task;
                    place = Some(self.room(graph.len()).await);
                }
                result => return result,
            }
        }
    }

    /// Plans a graph that asks for more than a quick look, where that holds up nobody.
    async fn look_ahead(self: &Arc<Self>, graph: Graph) -> (Graph, Option<Planned>) {
        if graph.options.look_ahead.is_none() {
            return (graph, None);
        }
        // Shared, because it must not be lost if the runtime does not come to it.
        let graph = Arc::new(Mutex::new(graph));
        let planning = {
            let (inner, graph) = (Arc::clone(self), Arc::clone(&graph));
            move || {
                let graph = graph.lock();
                inner.plan_whole(&graph.tasks, graph.options)
            }
        };
        let plan = self.handle.spawn_blocking(planning).await.ok();
        (std::mem::take(&mut *graph.lock()), plan)
    }

    /// Submits a graph if there is room, as it has been planned or else is planned now.
    pub(super) fn submit_whole(
        self: &Arc<Self>,
        home: Home,
        graph: Graph,
        plan: Option<Planned>,
        place: Option<Place>,
    ) -> Result<GraphHandle, SubmitError<Graph>> {
        let now = self.now();
        let Graph { tasks, options } = graph;
        let batch = Batch::new(tasks, home.due(options.deadline), now);
        let is_granted = place.is_some_and(Place::use_up);
        let accepted = self.accept_graph(&batch, options, plan, is_granted, now);
        match accepted {
            Ok(id) => Ok(GraphHandle::new(Arc::clone(self), id, batch)),
            Err(error) => {
                let tasks = batch.into_tasks().expect("nobody keeps a refused graph");
                Err(SubmitError::new(error, Graph { tasks, options }))
            }
        }
    }

    pub(super) async fn room(self: &Arc<Self>, places: usize) -> Place {
        let mut place = Place::new(self, places);
        (&mut place).await;
        place
    }

    pub(super) fn count_rejected<H, T>(
        &self,
        result: Result<H, SubmitError<T>>,
        tasks: impl FnOnce(&T) -> usize,
    ) -> Result<H, SubmitError<T>> {
        if let Err(refused) = &result {
            let recorder = self.metrics.recorder(self.worker());
            recorder.rejected(tasks(&refused.task) as u64);
        }
        result
    }

    /// Looks for room, plans the graph, and then submits it: planning takes long, and costs
    /// memory.
    fn accept_graph(
        self: &Arc<Self>,
        batch: &Arc<Batch>,
        options: GraphOptions,
        plan: Option<Planned>,
        is_granted: bool,
        now: Timestamp,
    ) -> Result<GraphId, ExecutorError> {
        if !is_granted {
            self.core.lock().check_room(batch.records().len(), is_granted)?;
        }
        let plan = plan.unwrap_or_else(|| self.plan_whole(batch.tasks(), options));
        let failure = options.failure;
        self.step_at(now, |core, step| core.accept_graph(plan, batch, failure, is_granted, step))
    }

    /// Plans a graph with all that it says about itself, without the lock.
    fn plan_whole(&self, tasks: &Tasks, options: GraphOptions) -> Planned {
        let mut plan = self.plan_part(tasks, options)?;
        if let Some(deadline) = options.deadline {
            plan = plan.due_by(self.timestamp(deadline));
        }
        Ok(match options.look_ahead {
            Some(how) => plan.look_ahead(&self.scheduler, how),
            None => plan,
        })
    }

    /// Plans what is added to a graph that runs, with what would be wrong about it.
    pub(super) fn plan_part(&self, tasks: &Tasks, options: GraphOptions) -> Planned {
        let plan = self.plan(tasks)?;
        Ok(match options.timeout {
            Some(timeout) => plan.timeout(timeout),
            None => plan,
        })
    }

    /// Plans what a batch adds, without the lock.
    pub(super) fn plan(&self, tasks: &Tasks) -> Planned {
        let estimates = self.estimates(tasks);
        let terms = |index| {
            tasks.prefetch(index + TASKS_AHEAD);
            self.terms(tasks, &estimates, index)
        };
        GraphPlan::new(&self.scheduler, tasks.records.len(), terms)
    }

    /// What is known of each task's run time, beyond what it says itself; nothing if nothing is.
    fn estimates(&self, tasks: &Tasks) -> Vec<Duration> {
        self.learner.as_ref().map_or(Vec::new(), |learner| learner.estimates(tasks))
    }

    /// What the scheduler has to know of a task.
    fn terms<'a>(&self, tasks: &'a Tasks, estimates: &[Duration], index: usize) -> TaskTerms<'a> {
        let deadline = tasks.records[index].deadline.map(|deadline| self.timestamp(deadline));
        let terms = tasks.terms(index, self.config.default_timeout);
        let estimate = estimates.get(index).copied().unwrap_or(terms.estimate);
        TaskTerms { deadline, estimate, ..terms }
    }
}

/// A place in the line for room. Awaiting it by reference waits for the room; dropping it leaves
/// the line, or gives back what was granted.
pub(super) struct Place {
    inner: Arc<Inner>,
    places: usize,
    /// `None` before the first poll and after the room was used.
    key: Option<u64>,
}

impl Place {
    fn new(inner: &Arc<Inner>, places: usize) -> Self {
        Self { inner: Arc::clone(inner), places, key: None }
    }

    /// The grant goes over to the caller, who claims it under the lock. True if there is one.
    pub(super) fn use_up(mut self) -> bool {
        self.key.take().is_some()
    }
}

impl Future for &mut Place {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let waker = context.waker().clone();
        let places = self.places;
        let Some(key) = self.key else {
            let key = self.inner.step(|core, _| core.room.enter(places, waker));
            self.key = Some(key);
            return Poll::Pending;
        };
        let (is_waiting, unused) = self.inner.core.lock().room.is_waiting(key, waker);
        drop(unused);
        if is_waiting { Poll::Pending } else { Poll::Ready(()) }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(key) = self.key {
            let waker = self.inner.step(|core, _| core.room.leave(key, self.places));
            drop(waker);
        }
    }
}
