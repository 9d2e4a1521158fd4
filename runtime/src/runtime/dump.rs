//! What every task is doing, for who looks for the one that is stuck.

use super::Handle;
use crate::blocking::ClosureReport;
use crate::task::{Doing, Id, Pinned};
use crate::worker::{RootReport, Shared};
use primitives::Timestamp;
use std::fmt;
use std::panic::Location;
use std::time::Duration;

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
}

/// What one task was doing, or a blocking closure, or the future that `block_on` was given.
#[derive(Debug, Clone)]
pub struct TaskDump {
    kind: TaskKind,
    id: Option<Id>,
    name: Option<String>,
    site: &'static Location<'static>,
    state: TaskState,
    since: Duration,
    waits_for: Option<&'static str>,
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
}

/// What a task is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TaskState {
    /// It is being polled.
    Running,
    /// It can run, and waits for a worker.
    Queued,
    /// It waits to be woken.
    Waiting,
}

impl Dump {
    pub(super) fn of(shared: &Shared) -> Self {
        let now = shared.now();
        let mut tasks: Vec<_> =
            shared.roots.report().into_iter().map(|root| TaskDump::of_root(root, now)).collect();
        let running = shared.running();
        let pinned = [
            (TaskKind::Spawned, shared.pin_tasks()),
            (TaskKind::Pinned, shared.pin_pinned_tasks()),
            (TaskKind::Local, shared.pin_local_tasks()),
        ];
        for (kind, pinned) in pinned {
            tasks.extend(pinned.iter().filter_map(|it| TaskDump::of_task(kind, it, &running, now)));
        }
        let closures = shared.blocking.closures();
        tasks.extend(closures.into_iter().map(|closure| TaskDump::of_closure(closure, now)));
        tasks.sort_by_key(|task| std::cmp::Reverse(task.since));
        Self { tasks }
    }

    /// Each task, blocking closure, and future that `block_on` was given; what has been as it is
    /// longest comes first.
    pub fn tasks(&self) -> &[TaskDump] {
        &self.tasks
    }
}

impl TaskDump {
    fn of_root(root: RootReport, now: Timestamp) -> Self {
        Self {
            kind: TaskKind::Root,
            id: None,
            name: None,
            site: root.site,
            state: if root.is_running { TaskState::Running } else { TaskState::Waiting },
            since: root.since.age(now),
            waits_for: if root.is_running { None } else { root.waits_for.name() },
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
            name: pinned.name().map(str::to_owned),
            site: task.site(),
            state,
            since: glimpse.since.age(now),
            waits_for: if is_waiting { pinned.waits_for().name() } else { None },
            worker: if is_running { worker() } else { None },
            root_of: None,
        })
    }

    fn of_closure(closure: ClosureReport, now: Timestamp) -> Self {
        Self {
            kind: TaskKind::Blocking,
            id: Some(closure.id),
            name: closure.name.map(|name| name.to_string()),
            site: closure.site,
            state: if closure.is_running { TaskState::Running } else { TaskState::Queued },
            since: now - closure.since,
            waits_for: None,
            worker: None,
            root_of: None,
        }
    }

    /// Who runs it.
    pub fn kind(&self) -> TaskKind {
        self.kind
    }

    /// The task's id; none for the future that `block_on` was given.
    pub fn id(&self) -> Option<Id> {
        self.id
    }

    /// The task's name, if it has [one](crate::task::Builder::name).
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Where it was spawned, or where `block_on` was called.
    pub fn spawned_at(&self) -> &'static Location<'static> {
        self.site
    }

    /// What it was doing.
    pub fn state(&self) -> TaskState {
        self.state
    }

    /// For how long: since its poll began if it is running, and otherwise since its last poll ended
    /// or it was spawned. To some 10 ms, as its worker's last look at the clock tells: where a
    /// current-thread runtime's polls are long, by one of them too long.
    pub fn since(&self) -> Duration {
        self.since
    }

    /// What had it wait, if that is something of this crate: of several the one that it polled
    /// last.
    pub fn waits_for(&self) -> Option<&'static str> {
        self.waits_for
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
        let id = self.id.map_or_else(|| "block_on".to_owned(), |id| id.to_string());
        let name = self.name().or(self.root_of()).unwrap_or("-");
        let seconds = self.since.as_secs_f64();
        write!(f, "{id:>8}  {name:<20}  {:<8}  {seconds:>9.2} s  {}", self.state, self.site)?;
        if let Some(what) = self.waits_for {
            write!(f, "  for {what}")?;
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
        self.tasks.iter().try_for_each(|task| writeln!(f, "{task}"))
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
    /// runtime that has polled the set.
    ///
    /// It polls nothing and needs no worker: it tells the truth also when all of them are stuck, or
    /// asleep. It may be called from any thread, tasks included. It holds others up only where they
    /// need new memory for tasks meanwhile, begin or end a pinned or local task, or a blocking
    /// closure. O(n log n) in what there is, and in tasks that ever lived at once; some 100 ns for
    /// each.
    pub fn dump(&self) -> Dump {
        Dump::of(self.shared())
    }
}
