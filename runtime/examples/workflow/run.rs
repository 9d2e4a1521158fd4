//! One run: the workflow as a graph of tasks, executed under one policy.

use crate::explain::Explainer;
use crate::failure::Failure;
use crate::history_file::stretched;
use crate::interrupt::{self, Interrupt};
use crate::job::Job;
use crate::options::{Mode, Options};
use crate::progress::{self, Progress};
use crate::recorder::{Recorder, Recording};
use crate::waits::Waits;
use crate::work;
use futures_lite::future::or;
use graph_runtime::runtime::{Builder, Handle};
use graph_runtime::{
    AsyncTaskExecutor, Counts, ExecutorConfig, ExecutorError, Graph, GraphHandle, GraphReport,
    History, Policy, TaskContext, TaskId, TaskReport,
};
use std::convert::Infallible;
use std::future::pending;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What one run came to.
pub(crate) struct Run {
    pub(crate) policy: Policy,
    /// The simulated makespan, in trace time.
    pub(crate) predicted: Duration,
    /// What the tasks saw.
    pub(crate) recording: Recording,
    /// What the executor says about each task.
    pub(crate) times: Vec<Times>,
    pub(crate) ends: Counts,
    pub(crate) submitted: Instant,
    /// From submission until everything was joined.
    pub(crate) wall: Duration,
    /// Each worker's time spent polling tasks.
    pub(crate) busy: Vec<Duration>,
    /// What tasks waited for, if that was asked for.
    pub(crate) waits: Option<Waits>,
    /// The history it began with, and what it has added, in recorded seconds.
    pub(crate) history: Option<History>,
}

/// When a task was ready and when it started, as far as it came.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    pub(crate) ready: Option<Instant>,
    pub(crate) started: Option<Instant>,
}

impl Run {
    /// From submission to the end of the last task.
    pub(crate) fn makespan(&self) -> Duration {
        let ends = self.recording.spans.iter().flatten().filter_map(|span| span.end);
        ends.max().map_or(Duration::ZERO, |end| end.saturating_duration_since(self.submitted))
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.ends.completed == self.times.len()
    }

    /// How long each task that started had been ready.
    pub(crate) fn queue_waits(&self) -> Vec<Duration> {
        let wait = |times: &Times| Some(times.started?.saturating_duration_since(times.ready?));
        self.times.iter().filter_map(wait).collect()
    }
}

/// Runs the whole workflow, or as much of it as Ctrl-C lets it, on a runtime made for it: no policy
/// finds the workers warmed up by another.
///
/// # Errors
///
/// If there is no runtime to be had, if the executor refuses the graph, or if a task fails.
pub(crate) fn run(
    job: &Arc<Job>,
    policy: Policy,
    options: &Options,
    history: Option<&History>,
    interrupt: &Interrupt,
) -> Result<Run, Failure> {
    let runtime =
        Builder::new_multi_thread().worker_threads(job.workers).thread_name("workflow").build()?;
    let tasks = job.workflow.tasks.len();
    let recorder = Arc::new(Recorder::new(tasks, options.trace.is_some()));
    let explainer = options.explain.then(|| Explainer::new(tasks));
    let expected = Expected::of(job, policy, history);
    let watch = Watch { explainer: explainer.as_ref(), interrupt };
    let executed = runtime.block_on(execute(job, policy, &expected, &recorder, history, watch));
    let Executed { submitted, wall, report, history } =
        executed.map_err(|source| Failure::Executor { policy, source })?;
    let handle = runtime.handle().clone();
    // Workers that have been joined have counted everything they did.
    drop(runtime);
    let workers = handle.metrics().workers;

    let times = |task: &TaskReport| Times { ready: task.ready_at, started: task.started_at };
    let ends = report.counts();
    progress::announce_end(policy, tasks, &ends, wall);
    Ok(Run {
        policy,
        predicted: expected.makespan,
        recording: recorder.take(),
        times: report.tasks().map(|task| times(&task)).collect(),
        ends,
        submitted,
        wall,
        busy: workers.iter().map(|worker| worker.busy).collect(),
        waits: explainer.map(Explainer::into_waits),
        history,
    })
}

/// What is known before the run.
struct Expected {
    /// In trace time.
    makespan: Duration,
    /// In real time, if tasks take any.
    wall: Option<Duration>,
}

impl Expected {
    fn of(job: &Job, policy: Policy, history: Option<&History>) -> Self {
        let makespan = job.predict(policy, history);
        let wall = (job.mode != Mode::Instant).then(|| job.to_real(makespan));
        Self { makespan, wall }
    }
}

/// What is known afterwards.
struct Executed {
    submitted: Instant,
    wall: Duration,
    report: GraphReport,
    history: Option<History>,
}

/// Who watches a run.
#[derive(Clone, Copy)]
struct Watch<'a> {
    explainer: Option<&'a Explainer>,
    interrupt: &'a Interrupt,
}

async fn execute(
    job: &Arc<Job>,
    policy: Policy,
    expected: &Expected,
    recorder: &Arc<Recorder>,
    history: Option<&History>,
    watch: Watch<'_>,
) -> Result<Executed, ExecutorError> {
    let graph = graph_of(job, recorder, history.is_some());
    let executor = AsyncTaskExecutor::on(Handle::current(), config(job, policy, history))?;
    let submitted = Instant::now();
    let handle = executor.submit_graph(graph).await.map_err(|refused| refused.error)?;
    let display = Progress::start(policy, job.workflow.tasks.len(), expected.wall);
    let report = attend(handle, &executor, display, watch).await;
    let wall = submitted.elapsed();
    let failed = report.tasks().filter_map(|task| task.error).find(ExecutorError::is_failed);
    match failed {
        Some(error) => Err(error),
        None => {
            let history = executor.history().map(|known| stretched(&known, 1.0 / job.time_scale));
            Ok(Executed { submitted, wall, report, history })
        }
    }
}

/// Waits for the graph to end. Meanwhile shows how far it is and what waits, and cancels it on
/// Ctrl-C.
async fn attend(
    graph: GraphHandle,
    executor: &AsyncTaskExecutor,
    display: Progress,
    Watch { explainer, interrupt }: Watch<'_>,
) -> GraphReport {
    let show = async { match display.follow(executor, explainer).await {} };
    let cancel = async {
        interrupt.requested().await;
        executor.cancel_all();
        display.say(interrupt::NOTICE);
        pending().await
    };
    let explain = async {
        let Some(explainer) = explainer else { return pending().await };
        let look = async { match explainer.follow(executor).await {} };
        or(look, explainer.answer(executor, &display)).await
    };
    or(graph, or(cancel, or(explain, show))).await
}

/// The workflow's tasks in file order, each with its recorded runtime as its estimate, unless there
/// is a history that tells by its kind. A task's id is its place in the file.
fn graph_of(job: &Arc<Job>, recorder: &Arc<Recorder>, has_history: bool) -> Graph {
    let mut graph = Graph::new();
    for (number, task) in job.workflow.tasks.iter().enumerate() {
        let body = {
            let (job, recorder) = (Arc::clone(job), Arc::clone(recorder));
            move |context| perform(Arc::clone(&job), number, Arc::clone(&recorder), context)
        };
        let task_of_graph = graph
            .task(task.id.as_str(), body)
            .with_id(id(number))
            .after_all(task.parents.iter().map(|&parent| id(parent)));
        match has_history {
            true => task_of_graph.kind(task.kind.as_str()).add(),
            false => task_of_graph.estimate(task.runtime).add(),
        };
    }
    graph
}

fn id(number: usize) -> TaskId {
    TaskId::new(number as u64)
}

async fn perform(
    job: Arc<Job>,
    task: usize,
    recorder: Arc<Recorder>,
    context: TaskContext,
) -> Result<(), Infallible> {
    let work = work::perform(&job, task, &recorder, &context);
    if recorder.keeps_polls() {
        work::observed(work, task, &recorder).await;
    } else {
        work.await;
    }
    Ok(())
}

/// An executor that takes the whole workflow at once.
fn config(job: &Job, policy: Policy, history: Option<&History>) -> ExecutorConfig {
    ExecutorConfig {
        worker_count: job.workers,
        max_queue_size: job.workflow.tasks.len(),
        max_in_flight: job.slots,
        policy,
        history: history.map(|known| stretched(known, job.time_scale)),
        ..ExecutorConfig::default()
    }
}
