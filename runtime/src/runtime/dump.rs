//! What every task is doing, for who looks for the one that is stuck.

use super::Handle;
use crate::blocking::ClosureReport;
use crate::task::{Doing, Id, Pinned};
use crate::worker::{NotBegun, RootReport, Shared, Submitted};
use primitives::Timestamp;
use scheduler::TaskId;
use std::collections::HashMap;
use std::fmt;
use std::panic::Location;
use std::time::Duration;

/// Of each executor, how many of the tasks that have not begun are listed at most.
const NOT_BEGUN_MAX: usize = 1_000;

/// What the tasks of a runtime were doing at one moment; see [`Handle::dump`].
///
/// It displays as one line for each, those that wait longest first.
///
/// # Examples
///
/// A task that locks what it has locked already:
///
/// ```
/// use graph_runtime::runtime::{Builder, TaskState};
/// use graph_runtime::sync::Mutex;
/// use graph_runtime::task;
/// use std::sync::Arc;
///
/// let runtime = Builder::new_current_thread().build()?;
/// let mutex = Arc::new(Mutex::new(0));
/// runtime.block_on(async {
///     let agent = async move {
///         let _held = mutex.lock().await;
///         let _again = mutex.lock().await;
///     };
///     let agent = task::Builder::new().name("agent").spawn(agent).unwrap();
///     task::yield_now().await;
///     let dump = runtime.handle().dump();
///     let stuck = dump.tasks().iter().find(|task| task.name() == Some("agent")).unwrap();
///     assert_eq!(stuck.state(), TaskState::Waiting);
///     assert_eq!(stuck.waits_for(), Some("a Mutex"));
///     println!("{dump}");
///     agent.abort();
/// });
/// # Ok::<(), graph_runtime::runtime::BuildError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Dump {
    tasks: Vec<TaskDump>,
    not_listed: usize,
}

/// What one task was doing, or a blocking closure, or the future that `block_on` was given.
#[derive(Debug, Clone)]
pub struct TaskDump {
    kind: TaskKind,
    id: Option<Id>,
    executor_task: Option<TaskId>,
    name: Option<String>,
    site: &'static Location<'static>,
    state: TaskState,
    since: Duration,
    waits_for: Option<&'static str>,
    why: Option<String>,
    worker: Option<usize>,
    root_of: Option<String>,
}

/// Who runs a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TaskKind {
    /// Any worker.
    Spawned,
    /// The one worker that it is [pinned](crate::task::spawn_pinned) to.
    Pinned,
    /// Whoever polls the [`LocalSet`](crate::task::LocalSet) that it is in.
    Local,
    /// A thread for closures that block.
    Blocking,
    /// The thread that is in `block_on` with this future.
    Root,
    /// Any worker: it is an attempt of a [task of an executor](TaskDump::executor_task).
    Attempt,
    /// Nobody yet: a task that its executor has not begun, or will try again.
    NotBegun,
}

/// What a task is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TaskState {
    /// It is being polled.
    Running,
    /// It can run, and waits for a worker.
    Queued,
    /// It waits to be woken; one that its executor has not begun, until it may begin.
    Waiting,
}

impl Dump {
    pub(super) fn of(shared: &Shared) -> Self {
        let now = shared.now();
        let mut tasks: Vec<_> =
            shared.roots.report().into_iter().map(|root| TaskDump::of_root(root, now)).collect();
        let running = shared.running();
        let executors = shared.executors.all();
        let mut not_listed = 0;
        for executor in &executors {
            let (not_begun, others) = executor.not_begun(NOT_BEGUN_MAX);
            tasks.extend(not_begun.into_iter().map(|task| TaskDump::of_not_begun(task, now)));
            not_listed += others;
        }
        let mut attempts: HashMap<_, _> = executors.iter().flat_map(|it| it.attempts()).collect();
        let pinned = [
            (TaskKind::Spawned, shared.pin_tasks()),
            (TaskKind::Pinned, shared.pin_pinned_tasks()),
            (TaskKind::Local, shared.pin_local_tasks()),
        ];
        for (kind, pinned) in pinned {
            let of_task = |it: &Pinned| {
                let task = TaskDump::of_task(kind, it, &running, now)?;
                Some(task.at(attempts.remove(&it.task().id())))
            };
            tasks.extend(pinned.iter().filter_map(of_task));
        }
        let closures = shared.blocking.closures();
        tasks.extend(closures.into_iter().map(|closure| TaskDump::of_closure(closure, now)));
        tasks.sort_by_key(|task| std::cmp::Reverse(task.since));
        Self { tasks, not_listed }
    }

    /// Each task, blocking closure, and future that `block_on` was given, and of each executor up
    /// to 1,000 of the tasks that it has not begun; what has been as it is longest comes first.
    pub fn tasks(&self) -> &[TaskDump] {
        &self.tasks
    }

    /// How many tasks there are besides that executors have not begun.
    pub fn not_listed(&self) -> usize {
        self.not_listed
    }
}

impl TaskDump {
    fn of_root(root: RootReport, now: Timestamp) -> Self {
        Self {
            kind: TaskKind::Root,
            id: None,
            executor_task: None,
            name: None,
            site: root.site,
            state: if root.is_running { TaskState::Running } else { TaskState::Waiting },
            since: root.since.age(now),
            waits_for: if root.is_running { None } else { root.waits_for.name() },
            why: None,
            worker: None,
            root_of: Some(root.thread.unwrap_or_else(|| "a thread without a name".to_owned())),
        }
    }

    /// `running` is what each worker has polled last. `None` if the task has ended meanwhile.
    fn of_task(kind: TaskKind, pinned: &Pinned, running: &[u64], now: Timestamp) -> Option<Self> {
        let (task, glimpse) = (pinned.task(), pinned.glimpse());
        let state = match glimpse.doing {
            Doing::Running => TaskState::Running,
            Doing::Queued => TaskState::Queued,
            Doing::Waiting => TaskState::Waiting,
            Doing::Ended => return None,
        };
        let is_waiting = state == TaskState::Waiting;
        let is_running = state == TaskState::Running;
        let worker = || running.iter().position(|&id| id == task.id().as_u64());
        Some(Self {
            kind,
            id: Some(task.id()),
            executor_task: None,
            name: pinned.name().map(str::to_owned),
            site: task.site(),
            state,
            since: glimpse.since.age(now),
            waits_for: if is_waiting { pinned.waits_for().name() } else { None },
            why: None,
            worker: if is_running { worker() } else { None },
            root_of: None,
        })
    }

    fn of_closure(closure: ClosureReport, now: Timestamp) -> Self {
        Self {
            kind: TaskKind::Blocking,
            id: Some(closure.id),
            executor_task: None,
            name: closure.name.map(|name| name.to_string()),
            site: closure.site,
            state: if closure.is_running { TaskState::Running } else { TaskState::Queued },
            since: now - closure.since,
            waits_for: None,
            why: None,
            worker: None,
            root_of: None,
        }
    }

    fn of_not_begun(not_begun: NotBegun, now: Timestamp) -> Self {
        let NotBegun { task: Submitted { id, name, site }, submitted_at, is_queued, why } =
            not_begun;
        Self {
            kind: TaskKind::NotBegun,
            id: None,
            executor_task: Some(id),
            name: name.map(|name| name.to_string()),
            site,
            state: if is_queued { TaskState::Queued } else { TaskState::Waiting },
            since: now - submitted_at,
            waits_for: None,
            why: Some(why),
            worker: None,
            root_of: None,
        }
    }

    /// The same, if it is at a task of an executor.
    fn at(self, task: Option<Submitted>) -> Self {
        let Some(Submitted { id, name, site }) = task else { return self };
        let name = name.map(|name| name.to_string());
        Self { kind: TaskKind::Attempt, executor_task: Some(id), name, site, ..self }
    }

    /// Who runs it.
    pub fn kind(&self) -> TaskKind {
        self.kind
    }

    /// The task's id in the runtime; none for the future that `block_on` was given, and for a task
    /// that its executor has not begun.
    pub fn id(&self) -> Option<Id> {
        self.id
    }

    /// The task of an executor that it is, or is an attempt of.
    pub fn executor_task(&self) -> Option<TaskId> {
        self.executor_task
    }

    /// The name of that, or of the task itself, if it has [one](crate::task::Builder::name).
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Where it was spawned, or where `block_on` was called. Of a task of an executor: where that
    /// was submitted, or the graph that it is part of, also if it was added later.
    pub fn spawned_at(&self) -> &'static Location<'static> {
        self.site
    }

    /// What it was doing.
    pub fn state(&self) -> TaskState {
        self.state
    }

    /// For how long: since its poll began if it is running, and otherwise since its last poll ended
    /// or it was spawned; if its executor has not begun it, since it was submitted. To some 10 ms,
    /// as its worker's last look at the clock tells: where a current-thread runtime's polls are
    /// long, by one of them too long.
    pub fn since(&self) -> Duration {
        self.since
    }

    /// What had it wait, if that is something of this crate: of several the one that it polled
    /// last.
    pub fn waits_for(&self) -> Option<&'static str> {
        self.waits_for
    }

    /// Why its executor has not begun it, as in "waits for task 7 (sort)".
    pub fn why(&self) -> Option<&str> {
        self.why.as_deref()
    }

    /// The worker that runs it, if one does.
    pub fn worker(&self) -> Option<usize> {
        self.worker
    }

    /// The name of the thread that is in `block_on`, if this is the future that was given to that.
    pub fn root_of(&self) -> Option<&str> {
        self.root_of.as_deref()
    }
}

impl fmt::Display for TaskKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Spawned => "spawned",
            Self::Pinned => "pinned",
            Self::Local => "local",
            Self::Blocking => "blocking",
            Self::Root => "block_on",
            Self::Attempt => "attempt",
            Self::NotBegun => "not begun",
        })
    }
}

impl fmt::Display for TaskState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Running => "running",
            Self::Queued => "queued",
            Self::Waiting => "waiting",
        })
    }
}

impl fmt::Display for TaskDump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = match (self.executor_task, self.id) {
            (Some(id), _) => id.to_string(),
            (None, Some(id)) => id.to_string(),
            (None, None) => "block_on".to_owned(),
        };
        let name = self.name().or(self.root_of()).unwrap_or("-");
        let seconds = self.since.as_secs_f64();
        write!(f, "{id:>8}  {name:<20}  {:<8}  {seconds:>9.2} s  {}", self.state, self.site)?;
        if let Some(what) = self.waits_for {
            write!(f, "  for {what}")?;
        }
        if let Some(why) = &self.why {
            write!(f, "  {why}")?;
        }
        if let Some(worker) = self.worker {
            write!(f, "  on worker {worker}")?;
        }
        match self.kind {
            TaskKind::Spawned | TaskKind::Root => Ok(()),
            kind => write!(f, "  ({kind})"),
        }
    }
}

impl fmt::Display for Dump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (id, name, state, since) = ("task", "name", "state", "since");
        writeln!(f, "{id:>8}  {name:<20}  {state:<8}  {since:>11}  spawned at")?;
        self.tasks.iter().try_for_each(|task| writeln!(f, "{task}"))?;
        match self.not_listed {
            0 => Ok(()),
            others => writeln!(f, "and {others} more that have not begun"),
        }
    }
}

/// What every task of the current runtime is doing; see [`Handle::dump`].
///
/// # Panics
///
/// Outside a runtime.
///
/// # Examples
///
/// ```
/// #[graph_runtime::main]
/// async fn main() {
///     let waits = graph_runtime::spawn(std::future::pending::<()>());
///     println!("{}", graph_runtime::dump());
///     waits.abort();
/// }
/// ```
#[track_caller]
pub fn dump() -> Dump {
    Handle::current().dump()
}

impl Handle {
    /// What every task of the runtime is doing, every blocking closure, and the futures that
    /// `block_on` was given. Tasks of a [`LocalSet`](crate::task::LocalSet) are those of every
    /// runtime that has polled the set. Of each executor it tells which of its tasks are at work,
    /// and up to 1,000 of those that have not begun, with the reason.
    ///
    /// It polls nothing and needs no worker: it tells the truth also when all of them are stuck, or
    /// asleep. It may be called from any thread, tasks included. It holds others up only where they
    /// need new memory for tasks meanwhile, begin or end a pinned or local task, or a blocking
    /// closure, and executors for 128 tasks at a time, some 10 us. O(n log n) in what there is, and
    /// in tasks that ever lived at once; some 100 ns for each.
    pub fn dump(&self) -> Dump {
        Dump::of(self.shared())
    }
}
