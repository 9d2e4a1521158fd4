//! What can go wrong between the scheduler and its caller.

use crate::graph::{GraphId, TaskId, Ticket};
use std::fmt;
use std::sync::Arc;
use thiserror::Error;

/// Why the scheduler refused a call.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum SchedulerError {
    /// A field of a configuration makes no sense.
    #[error("invalid scheduler configuration: `{field}` {reason}")]
    InvalidConfig {
        /// The field's name.
        field: &'static str,
        /// What is wrong with its value and what would be accepted.
        reason: String,
    },
    /// A task with this id is already known, here or in the same graph.
    #[error(
        "duplicate task id {id}: another task, submitted earlier or in the same graph, has it; \
         choose another id"
    )]
    DuplicateId {
        /// The id that was used twice.
        id: TaskId,
    },
    /// A task depends on an id that was never submitted, or has been forgotten.
    #[error(
        "task {task} depends on {dependency}, which is unknown; submit {dependency} first, \
         or both in one graph"
    )]
    UnknownDependency {
        /// The task that was submitted.
        task: TaskId,
        /// The dependency nobody knows.
        dependency: TaskId,
    },
    /// Tasks that wait for each other in a ring.
    #[error("dependency cycle: {}; remove one of these dependencies", Ring(.tasks))]
    Cycle {
        /// The ring: each task is a dependency of the next one, the last one of the first.
        tasks: Vec<TaskId>,
    },
    /// A resource requirement that is not a usable number.
    #[error("task {task} requires {resource} = {value}; expected {expected}")]
    InvalidRequirement {
        /// The task that was submitted.
        task: TaskId,
        /// The field of [`ResourceRequirements`](crate::ResourceRequirements).
        resource: &'static str,
        /// Its value.
        value: f64,
        /// The values that are accepted.
        expected: &'static str,
    },
    /// A task needs more of a resource than there is when nothing else runs.
    #[error(
        "task {task} requires {resource} = {wanted}, but the whole budget is {total}; \
         it could never start"
    )]
    Unsatisfiable {
        /// The task that was submitted.
        task: TaskId,
        /// The field of [`ResourceRequirements`](crate::ResourceRequirements).
        resource: &'static str,
        /// How much the task wants.
        wanted: f64,
        /// How much there is.
        total: f64,
    },
    /// A term of a task or a graph that is not a usable value.
    #[error("{}: {term} is {value}; expected {expected}", Subject(.task))]
    InvalidTerm {
        /// The task that was submitted; a graph as a whole if there is none.
        task: Option<TaskId>,
        /// The term's name.
        term: &'static str,
        /// Its value.
        value: String,
        /// The values that are accepted.
        expected: &'static str,
    },
    /// A task, or a call, names a concurrency group that the configuration does not declare.
    #[error(
        "{}names the group {name:?}, which is not declared; {}",
        Whose(.task), Known(.known)
    )]
    UnknownGroup {
        /// The task that was submitted, if one was.
        task: Option<TaskId>,
        /// The name.
        name: Arc<str>,
        /// The names that are declared.
        known: Vec<Arc<str>>,
    },
    /// A task, or a call, names a rate that the configuration does not declare.
    #[error(
        "{}names the rate {name:?}, which is not declared; {}",
        Whose(.task), Known(.known)
    )]
    UnknownRate {
        /// The task that was submitted, if one was.
        task: Option<TaskId>,
        /// The name.
        name: Arc<str>,
        /// The names that are declared.
        known: Vec<Arc<str>>,
    },
    /// What a task costs, or has cost, is not a usable number.
    #[error(
        "{}gives {units} as a cost in {rate:?}; expected a finite number, not below 0",
        Whose(.task)
    )]
    InvalidCost {
        /// The task, if it is about one.
        task: Option<TaskId>,
        /// The name of the rate.
        rate: Arc<str>,
        /// The number.
        units: f64,
    },
    /// A task costs more than the bucket of a rate ever holds.
    #[error(
        "task {task} costs {wanted} of {rate:?}, but its bucket never holds more than {burst}; \
         it could never start"
    )]
    CostAboveBurst {
        /// The task that was submitted.
        task: TaskId,
        /// The name of the rate.
        rate: Arc<str>,
        /// Units the task costs.
        wanted: f64,
        /// The most the bucket holds.
        burst: u64,
    },
    /// There is no room for so many tasks now; there may be when some have started.
    #[error(
        "the queue is full: {pending} of at most {max_pending} tasks wait to start, \
         no room for {wanted} more; try again when some have started"
    )]
    QueueFull {
        /// How many tasks were to be added.
        wanted: usize,
        /// How many were waiting or ready.
        pending: usize,
        /// The bound.
        max_pending: usize,
    },
    /// The graph would not fit even into an empty queue.
    #[error(
        "a graph of {tasks} tasks can never fit into a queue of {max_pending}; \
         raise `max_pending` or split the graph"
    )]
    GraphTooLarge {
        /// Tasks of the graph.
        tasks: usize,
        /// The bound.
        max_pending: usize,
    },
    /// The graph has been forgotten, or never was.
    #[error("{graph} is unknown; it has ended and been forgotten")]
    UnknownGraph {
        /// The graph.
        graph: GraphId,
    },
    /// The graph takes no more tasks.
    #[error("{graph} {state}, so nothing can be added to it; submit what is left as a new graph")]
    GraphClosed {
        /// The graph.
        graph: GraphId,
        /// Why: it "has ended" or "is stopping".
        state: &'static str,
    },
    /// A task that was never submitted, or has been forgotten.
    #[error("task {task} is unknown; it was never submitted, or has ended and been forgotten")]
    UnknownTask {
        /// The task named.
        task: TaskId,
    },
    /// The task has started or ended, so it is too late to change when it does.
    #[error("task {task} has started already; only a task that has not can be held up or removed")]
    Started {
        /// The task.
        task: TaskId,
    },
    /// Nothing new is accepted any more.
    #[error("the scheduler is being drained and accepts nothing new; submit to another one")]
    Draining,
    /// The ticket's attempt has already been finished.
    #[error("{ticket} names an attempt that is not running any more; it was finished before")]
    StaleTicket {
        /// The ticket.
        ticket: Ticket,
    },
}

impl SchedulerError {
    /// Whether the same submission may succeed later, when other tasks have started.
    pub fn is_queue_full(&self) -> bool {
        matches!(self, Self::QueueFull { .. })
    }

    /// Whether the dependencies named form a ring.
    pub fn is_cycle(&self) -> bool {
        matches!(self, Self::Cycle { .. })
    }

    /// Whether an id was used twice.
    pub fn is_duplicate_id(&self) -> bool {
        matches!(self, Self::DuplicateId { .. })
    }

    /// Whether a dependency is unknown.
    pub fn is_unknown_dependency(&self) -> bool {
        matches!(self, Self::UnknownDependency { .. })
    }

    /// Whether a group or a rate is named that is not declared.
    pub fn is_unknown_name(&self) -> bool {
        matches!(self, Self::UnknownGroup { .. } | Self::UnknownRate { .. })
    }

    /// Whether the task or graph could never run with this configuration.
    pub fn is_unsatisfiable(&self) -> bool {
        matches!(
            self,
            Self::Unsatisfiable { .. } | Self::CostAboveBurst { .. } | Self::GraphTooLarge { .. }
        )
    }

    /// Whether a value in a configuration, a requirement or another term makes no sense.
    pub fn is_invalid(&self) -> bool {
        matches!(
            self,
            Self::InvalidConfig { .. }
                | Self::InvalidRequirement { .. }
                | Self::InvalidTerm { .. }
                | Self::InvalidCost { .. }
        )
    }

    /// Whether it is too late: the graph has ended or is stopping, or the task has started.
    pub fn is_too_late(&self) -> bool {
        matches!(self, Self::UnknownGraph { .. } | Self::GraphClosed { .. } | Self::Started { .. })
    }

    /// Whether nothing new is accepted any more.
    pub fn is_draining(&self) -> bool {
        matches!(self, Self::Draining)
    }

    /// Whether a completion came late or twice.
    pub fn is_stale(&self) -> bool {
        matches!(self, Self::StaleTicket { .. })
    }
}

/// Prints whose term it is.
struct Subject<'a>(&'a Option<TaskId>);

impl fmt::Display for Subject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(task) => write!(f, "task {task}"),
            None => f.write_str("the graph"),
        }
    }
}

/// Prints whose mistake it is.
struct Whose<'a>(&'a Option<TaskId>);

impl fmt::Display for Whose<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(task) => write!(f, "task {task} "),
            None => f.write_str("the call "),
        }
    }
}

/// Prints names that would have been right, the first few of many.
struct Known<'a>(&'a [Arc<str>]);

/// So many names are printed.
const KNOWN_PRINTED: usize = 16;

impl fmt::Display for Known<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("there are none");
        }
        let printed = &self.0[..self.0.len().min(KNOWN_PRINTED)];
        write!(f, "there is {}", printed.join(", "))?;
        match self.0.len() - printed.len() {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

/// Prints a cycle in order, first task repeated at the end, long ones shortened in the middle.
struct Ring<'a>(&'a [TaskId]);

/// Rings up to this length are printed whole.
const RING_PRINTED_WHOLE: usize = 16;

impl fmt::Display for Ring<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (start, end) = if self.0.len() <= RING_PRINTED_WHOLE {
            (self.0, &[][..])
        } else {
            let half = RING_PRINTED_WHOLE / 2;
            (&self.0[..half], &self.0[self.0.len() - half..])
        };
        for id in start {
            write!(f, "{id} -> ")?;
        }
        if !end.is_empty() {
            write!(f, "... ({} more) -> ", self.0.len() - start.len() - end.len())?;
        }
        for id in end {
            write!(f, "{id} -> ")?;
        }
        match self.0.first() {
            Some(first) => write!(f, "{first}"),
            None => Ok(()),
        }
    }
}

/// A refused submission: the reason, and what was submitted, untouched.
///
/// Nothing is lost and nothing is dropped inside the scheduler: payloads are user values, and
/// dropping them is user code that must not run under the caller's lock.
pub struct Refused<T> {
    /// Why.
    pub error: SchedulerError,
    /// What was submitted. Boxed, so that the happy path does not carry its size around.
    pub rejected: Box<T>,
}

impl<T> Refused<T> {
    pub(crate) fn new(error: SchedulerError, rejected: T) -> Self {
        Self { error, rejected: Box::new(rejected) }
    }

    /// The reason and the submission.
    pub fn into_parts(self) -> (SchedulerError, T) {
        (self.error, *self.rejected)
    }
}

impl<T> fmt::Debug for Refused<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refused").field("error", &self.error).finish_non_exhaustive()
    }
}

impl<T> fmt::Display for Refused<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.error, f)
    }
}

impl<T> std::error::Error for Refused<T> {}

#[cfg(test)]
mod tests {
    use super::SchedulerError;
    use crate::graph::TaskId;

    fn ring(n: u64) -> String {
        SchedulerError::Cycle { tasks: (0..n).map(TaskId::new).collect() }.to_string()
    }

    #[test]
    fn a_cycle_is_named_task_by_task() {
        assert!(ring(3).contains("0 -> 1 -> 2 -> 0;"), "{}", ring(3));
        assert!(ring(1).contains(": 0 -> 0;"), "{}", ring(1));
    }

    #[test]
    fn a_long_cycle_is_shortened_in_the_middle() {
        let text = ring(1_000);
        assert!(text.contains("7 -> ... (984 more) -> 992 ->"), "{text}");
        assert!(text.contains("999 -> 0;"), "{text}");
    }
}
