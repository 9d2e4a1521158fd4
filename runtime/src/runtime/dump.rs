//! What every task is doing, for who looks for the one that is stuck.

use super::Handle;
use crate::task::{Doing, Id};
use crate::worker::Shared;
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

/// What one task was doing, or the future that `block_on` was given.
#[derive(Debug, Clone)]
pub struct TaskDump {
    id: Option<Id>,
    name: Option<String>,
    site: &'static Location<'static>,
    state: TaskState,
    since: Duration,
    waits_for: Option<&'static str>,
    worker: Option<usize>,
    root_of: Option<String>,
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
        let running = shared.running();
        let mut tasks: Vec<_> = shared
            .roots
            .report()
            .into_iter()
            .map(|root| TaskDump {
                id: None,
                name: None,
                site: root.site,
                state: if root.is_running { TaskState::Running } else { TaskState::Waiting },
                since: root.since.age(now),
                waits_for: if root.is_running { None } else { root.waits_for.name() },
                worker: None,
                root_of: Some(root.thread.unwrap_or_else(|| "a thread without a name".to_owned())),
            })
            .collect();
        for pinned in shared.pin_tasks() {
            let (task, glimpse) = (pinned.task(), pinned.glimpse());
            let state = match glimpse.doing {
                Doing::Running => TaskState::Running,
                Doing::Queued => TaskState::Queued,
                Doing::Waiting => TaskState::Waiting,
                Doing::Ended => continue,
            };
            let is_waiting = state == TaskState::Waiting;
            let is_running = state == TaskState::Running;
            let worker = || running.iter().position(|&id| id == task.id().as_u64());
            tasks.push(TaskDump {
                id: Some(task.id()),
                name: pinned.name().map(str::to_owned),
                site: task.site(),
                state,
                since: glimpse.since.age(now),
                waits_for: if is_waiting { pinned.waits_for().name() } else { None },
                worker: if is_running { worker() } else { None },
                root_of: None,
            });
        }
        tasks.sort_by_key(|task| std::cmp::Reverse(task.since));
        Self { tasks }
    }

    /// Each task, and each future that `block_on` was given; what has been as it is longest comes
    /// first.
    pub fn tasks(&self) -> &[TaskDump] {
        &self.tasks
    }
}

impl TaskDump {
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

    /// What had it wait, if that is something of this crate: of several the one that it polled last.
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
        self.worker.map_or(Ok(()), |worker| write!(f, "  on worker {worker}"))
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
    /// What every task of the runtime is doing, and the futures that `block_on` was given.
    ///
    /// It needs no worker: it tells the truth also when all of them are stuck, or asleep. It may be
    /// called from any thread, tasks included. It holds workers up only if they need new memory for
    /// tasks meanwhile; O(tasks that ever lived at once).
    ///
    /// Tasks of a [`LocalSet`](crate::task::LocalSet) and closures of `spawn_blocking` are not among
    /// them.
    pub fn dump(&self) -> Dump {
        Dump::of(self.shared())
    }
}
