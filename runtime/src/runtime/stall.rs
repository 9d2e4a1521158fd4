//! What is told of a task that holds its worker up.

use crate::task::Id;
use scheduler::TaskId;
use std::fmt;
use std::panic::Location;
use std::time::Duration;

/// A worker has been in one poll for long; see
/// [`Builder::on_stall`](super::Builder::on_stall).
///
/// # Examples
///
/// ```
/// use graph_runtime::runtime::{Builder, StallCause};
/// use std::sync::mpsc;
/// use std::time::Duration;
///
/// let (tell, told) = mpsc::channel();
/// let runtime = Builder::new_multi_thread()
///     .worker_threads(1)
///     .on_stall(move |report| _ = tell.send(report.clone()))
///     .build()?;
/// let (release, blocked) = mpsc::channel::<()>();
/// // What should be within `spawn_blocking`, or `block_in_place`.
/// let task = runtime.spawn(async move { blocked.recv().is_err() });
/// let report = told.recv_timeout(Duration::from_secs(30)).unwrap();
/// drop(release);
/// assert!(runtime.block_on(task).unwrap());
/// assert_eq!(report.cause, StallCause::Blocked);
/// assert!(report.lasted >= Duration::from_millis(100));
/// println!("{report}");
/// # Ok::<(), graph_runtime::runtime::BuildError>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct StallReport {
    /// The number of the worker.
    pub worker: usize,
    /// Whether the task is polled by a thread that stands in for the worker.
    pub by_spare: bool,
    /// What the thread is doing.
    pub cause: StallCause,
    /// How long it has been seen in this poll; up to 10 ms less than it was.
    pub lasted: Duration,
    /// How much CPU time it has used in that time.
    pub cpu: Duration,
    /// The task. `None` if the worker is held up by something else: a waker, a hook, or the future
    /// that `block_on` of a current-thread runtime was given.
    pub task: Option<Id>,
    /// The task of an executor that it is an attempt of, if it is one.
    pub executor_task: Option<TaskId>,
    /// The name of that, or of the task itself, if it has [one](crate::task::Builder::name).
    pub name: Option<String>,
    /// Where it was spawned. Of a task of an executor: where that was submitted, or the graph that
    /// it is part of.
    pub spawned_at: Option<&'static Location<'static>>,
    /// Whether tasks, timers or sockets had to wait for somebody else meanwhile.
    pub others_waited: bool,
}

/// Why a poll takes so long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StallCause {
    /// It waits for something: a lock, a file, a sleep. Also where the system does not tell.
    Blocked,
    /// It computes.
    CpuBound,
    /// It would compute, but the operating system has something else to do. Another thread of this
    /// process would fare no better, so none is called.
    Preempted,
}

/// How often workers were stuck, and what was done about it; of the whole runtime.
///
/// A worker is stuck when it has been in one poll for 10 to 20 ms; one that stands in for another,
/// when it has been for 2.5 to 5 ms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct StallMetrics {
    /// Polls that were found to wait for something.
    pub blocked: u64,
    /// Polls that were found to compute.
    pub cpu_bound: u64,
    /// Polls that the operating system was found not to run.
    pub preempted: u64,
    /// The longest, so far.
    pub longest: Duration,
    /// Threads that stand in for workers at this moment, or are about to.
    pub spares: usize,
    /// How many times one was called.
    pub spares_called: u64,
    /// How many times one was not, because there were [as many as there may
    /// be](super::Builder::max_spare_workers) of that kind.
    pub spares_refused: u64,
    /// Polls by these threads.
    pub spare_polls: u64,
}

impl StallMetrics {
    /// How many polls were found to take long, for whatever reason.
    pub fn stalls(&self) -> u64 {
        self.blocked + self.cpu_bound + self.preempted
    }
}

impl fmt::Display for StallCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Blocked => "blocked",
            Self::CpuBound => "computing",
            Self::Preempted => "not run by the system",
        })
    }
}

impl fmt::Display for StallReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { worker, cause, lasted, .. } = self;
        match (self.executor_task, self.task) {
            (Some(id), _) => write!(f, "task {id} of an executor")?,
            (None, Some(id)) => write!(f, "task {id}")?,
            (None, None) => write!(f, "something that is no task")?,
        }
        if let Some(name) = &self.name {
            write!(f, " ({name})")?;
        }
        if let Some(site) = self.spawned_at {
            let verb = if self.executor_task.is_some() { "submitted" } else { "spawned" };
            write!(f, ", {verb} at {site},")?;
        }
        let spare = if self.by_spare { "a spare of " } else { "" };
        write!(f, " has held {spare}worker {worker} for {} ms, {cause}", lasted.as_millis())?;
        if self.others_waited {
            write!(
                f,
                ", while others waited; `spawn_blocking` is for what blocks or computes long"
            )?;
        }
        Ok(())
    }
}
