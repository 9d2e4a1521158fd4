//! What can go wrong between a task and whoever wants its result.

use super::RootCause;
use super::root_cause::{Because, During};
use crate::runtime::BuildError;
use scheduler::adaptive::Decision;
use scheduler::{SchedulerError, TaskId, TimeLimit};
use std::error::Error;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use thiserror::Error;

/// Why there is no executor, no place in it, or no result. Cheap to clone.
///
/// # Examples
///
/// ```
/// use graph_runtime::executor::{AsyncTaskExecutor, ExecutorConfig};
///
/// let config = ExecutorConfig { cpu_target: 1.5, ..ExecutorConfig::default() };
/// let error = AsyncTaskExecutor::new(config).unwrap_err();
/// assert!(error.is_invalid_config());
/// assert!(error.to_string().contains("cpu_target is 1.5"));
/// ```
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum ExecutorError {
    /// There is no room now; there may be when some tasks have started.
    #[error(
        "the queue is full: at most {capacity} tasks may wait to start{}; await `submit`, try again \
         when some have started, or raise ExecutorConfig.max_queue_size",
        while_limited(*limited)
    )]
    QueueFull {
        /// The bound.
        capacity: usize,
        /// How many tasks may run now, and why not more, if a controller has lowered the limit.
        limited: Option<Decision>,
    },
    /// The graph would not fit even into an empty queue.
    #[error(
        "a graph of {tasks} tasks can never fit into a queue of {capacity}; raise \
         ExecutorConfig.max_queue_size or split the graph"
    )]
    GraphTooLarge {
        /// Tasks of the graph.
        tasks: usize,
        /// The bound.
        capacity: usize,
    },
    /// A field of the configuration makes no sense.
    #[error("ExecutorConfig.{field} is {value}; it must be {allowed}")]
    InvalidConfig {
        /// The field's name.
        field: &'static str,
        /// Its value.
        value: String,
        /// The values it may have.
        allowed: &'static str,
    },
    /// The executor's own runtime could not be built.
    #[error("the executor's runtime cannot start: {0}")]
    Runtime(#[source] Arc<BuildError>),
    /// The scheduler refuses what was submitted: a duplicate id, an unknown dependency, a cycle,
    /// requirements that can never be met.
    #[error(transparent)]
    Rejected(#[from] SchedulerError),
    /// The executor is being drained: nothing new is accepted and nothing starts.
    #[error("the executor is being drained and accepts nothing new; submit to another one")]
    Draining,
    /// A task that was submitted alone asked for something that only tasks of a graph can have.
    #[error("task {id} was submitted alone and has no graph to add to; submit it in a graph")]
    NoGraph {
        /// The task that asked.
        id: TaskId,
    },
    /// A loop has had as many generations as it may have, and would go on.
    #[error(
        "loop {} has not ended after {limit} generations; raise its limit if it may take longer",
        Label(.id, .name)
    )]
    GenerationLimit {
        /// The loop: the task that returns its result.
        id: TaskId,
        /// Its name for people.
        name: Option<Arc<str>>,
        /// How many generations it may have.
        limit: u64,
    },
    /// The executor has been shut down and accepts nothing more.
    #[error("the executor has been shut down; submit to another one")]
    ShutDown,
    /// The task returned an error.
    #[error("task {} failed in attempt {attempt}: {source}", Label(.id, .name))]
    Failed {
        /// The task.
        id: TaskId,
        /// Its name for people.
        name: Option<Arc<str>>,
        /// Which attempt it was; the first is 1.
        attempt: u32,
        /// What the task returned.
        source: Failure,
    },
    /// The task panicked.
    #[error("task {} panicked in attempt {attempt}: {message}", Label(.id, .name))]
    Panicked {
        /// The task.
        id: TaskId,
        /// Its name for people.
        name: Option<Arc<str>>,
        /// Which attempt it was; the first is 1.
        attempt: u32,
        /// What the panic said.
        message: Arc<str>,
    },
    /// Somebody asked for the task to stop, before or while it ran.
    #[error("task {} was cancelled", Label(.id, .name))]
    Cancelled {
        /// The task.
        id: TaskId,
        /// Its name for people.
        name: Option<Arc<str>>,
    },
    /// An attempt, or the task or its graph, ran longer than it was allowed to.
    #[error("task {} was stopped {} by its {limit}", Label(.id, .name), During(*.attempt))]
    TimedOut {
        /// The task.
        id: TaskId,
        /// Its name for people.
        name: Option<Arc<str>>,
        /// Which attempt it was, or the latest one there had been; the first is 1, and 0 is none.
        attempt: u32,
        /// What it ran into.
        limit: TimeLimit,
    },
    /// The task never ran because of how a dependency ended; usually because it did not complete.
    #[error("task {} was skipped because {}", Label(.id, .name), Because(.cause, .source))]
    Skipped {
        /// The task.
        id: TaskId,
        /// Its name for people.
        name: Option<Arc<str>>,
        /// The dependency, which may itself have been skipped.
        cause: TaskId,
        /// Where it began; `None` if the dependency completed, and should not have.
        source: Option<RootCause>,
    },
    /// A task asked for the output of a task that it does not depend on.
    #[error(
        "task {id} asks for the output of task {dependency}, which is not among its \
         dependencies; add it with `after`"
    )]
    NotADependency {
        /// The task that asks.
        id: TaskId,
        /// The task it named.
        dependency: TaskId,
    },
    /// A task asked for the output of a dependency that has not ended. It was there to start
    /// without it; see [`TriggerRule`](crate::TriggerRule).
    #[error(
        "task {id} asks for the output of task {dependency}, which has not ended; by the rule \
         `AllSucceeded` or `AllDone` it would start after that"
    )]
    NotEnded {
        /// The task that asks.
        id: TaskId,
        /// The task it named.
        dependency: TaskId,
    },
    /// An output is of another type than the one asked for.
    #[error("the output of task {id} is a {actual}, not a {expected}; ask for what it returns")]
    WrongType {
        /// The task whose output it is.
        id: TaskId,
        /// The name of the type asked for.
        expected: &'static str,
        /// The name of the output's type.
        actual: &'static str,
    },
    /// The task named is not part of the graph.
    #[error(
        "task {id} is not part of this graph; ask the report or the handle of what it was \
         submitted with"
    )]
    NotInGraph {
        /// The task named.
        id: TaskId,
    },
}

/// What the controller of the limit has to do with it.
fn while_limited(limited: Option<Decision>) -> String {
    limited.map_or_else(String::new, |Decision { limit, reason }| {
        format!(", and now {limit} may run at once ({reason})")
    })
}

impl ExecutorError {
    /// Whether the same submission may succeed later.
    pub fn is_queue_full(&self) -> bool {
        matches!(self, Self::QueueFull { .. })
    }

    /// Whether a field of the configuration makes no sense.
    pub fn is_invalid_config(&self) -> bool {
        matches!(self, Self::InvalidConfig { .. })
    }

    /// Whether the scheduler refused what was submitted, and always will.
    pub fn is_rejected(&self) -> bool {
        matches!(self, Self::Rejected(_) | Self::GraphTooLarge { .. })
    }

    /// Whether the executor is being drained.
    pub fn is_draining(&self) -> bool {
        matches!(self, Self::Draining)
    }

    /// Whether it was too late: the graph has ended or is stopping, or the task has started.
    pub fn is_too_late(&self) -> bool {
        matches!(self, Self::Rejected(error) if error.is_too_late())
    }

    /// Whether a loop has had as many generations as it may have.
    pub fn is_generation_limit(&self) -> bool {
        matches!(self, Self::GenerationLimit { .. })
    }

    /// Whether the executor has been shut down.
    pub fn is_shut_down(&self) -> bool {
        matches!(self, Self::ShutDown)
    }

    /// Whether the task returned an error or panicked.
    pub fn is_failed(&self) -> bool {
        matches!(self, Self::Failed { .. } | Self::Panicked { .. })
    }

    /// Whether the task panicked.
    pub fn is_panicked(&self) -> bool {
        matches!(self, Self::Panicked { .. })
    }

    /// Whether the task was cancelled.
    pub fn is_cancelled(&self) -> bool {
        matches!(self, Self::Cancelled { .. })
    }

    /// Whether an attempt ran into its timeout.
    pub fn is_timed_out(&self) -> bool {
        matches!(self, Self::TimedOut { .. })
    }

    /// Whether the task never ran because of another one.
    pub fn is_skipped(&self) -> bool {
        matches!(self, Self::Skipped { .. })
    }
}

/// What a task returned as its error. It derefs to the error itself, and
/// [`Error::source`] of [`ExecutorError::Failed`] is that very error, so it can be downcast.
#[derive(Clone)]
pub struct Failure(Arc<dyn Error + Send + Sync>);

impl Failure {
    pub(super) fn new(error: super::TaskError) -> Self {
        Self(Arc::from(error))
    }
}

impl Deref for Failure {
    type Target = dyn Error + Send + Sync + 'static;

    fn deref(&self) -> &Self::Target {
        &*self.0
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// A task as people know it.
pub(super) struct Label<'a>(pub(super) &'a TaskId, pub(super) &'a Option<Arc<str>>);

impl fmt::Display for Label<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.1 {
            Some(name) => write!(f, "{} ({name})", self.0),
            None => write!(f, "{}", self.0),
        }
    }
}
