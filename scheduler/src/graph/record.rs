//! What the scheduler keeps about a task that has not ended.

use super::TaskId;
use super::edges::EdgeList;
use super::spec::TaskTerms;
use super::state::Phase;
use crate::control::Demand;
use primitives::Timestamp;
use std::sync::Arc;
use std::time::Duration;

/// A job index that stands for "submitted alone".
pub(crate) const NO_JOB: u32 = u32::MAX;

/// A task between its submission and its end. Afterwards only its id and its end are kept.
#[derive(Debug)]
pub(crate) struct Record<P> {
    pub(crate) id: TaskId,
    /// The graph it belongs to, or [`NO_JOB`].
    pub(crate) job: u32,
    /// Its position in that graph.
    pub(crate) node: u32,
    pub(crate) phase: Phase,
    /// It waits for nobody any more: it is ready, or it will never run.
    pub(crate) is_detached: bool,
    /// The join counter: dependencies that have not ended.
    pub(crate) unmet: u32,
    /// Attempts started so far.
    pub(crate) attempts: u32,
    pub(crate) priority: u32,
    /// The longest chain of dependencies below it.
    pub(crate) level: u32,
    /// The effective deadline; [`Timestamp::MAX`] is none.
    pub(crate) due: Timestamp,
    /// The upward rank, in nanoseconds. Never lowered when a successor goes away.
    pub(crate) rank: u64,
    /// The caller's estimate, in nanoseconds.
    pub(crate) estimate: u64,
    /// When it became ready, in order of events.
    pub(crate) sequence: u64,
    /// When it became ready, in time.
    pub(crate) ready_at: Timestamp,
    pub(crate) demand: Demand,
    pub(crate) deadline: Option<Timestamp>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) name: Option<Arc<str>>,
    /// Gone once it has started.
    pub(crate) payload: Option<P>,
    /// Whom it depends on outside its graph. Kept only while it waits: nobody asks later.
    pub(crate) predecessors: EdgeList,
    /// Who depends on it outside its graph, in order of submission.
    pub(crate) successors: EdgeList,
}

/// What the graph around a task says about it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing {
    pub(crate) job: u32,
    pub(crate) node: u32,
    /// Dependencies inside its graph.
    pub(crate) unmet: u32,
    pub(crate) level: u32,
    pub(crate) rank: u64,
    pub(crate) due: Timestamp,
}

impl<P> Record<P> {
    pub(crate) fn new(spec: &TaskTerms<'_>, standing: Standing) -> Self {
        Self {
            id: spec.id,
            job: standing.job,
            node: standing.node,
            phase: Phase::Waiting,
            is_detached: false,
            unmet: standing.unmet,
            attempts: 0,
            priority: spec.priority,
            level: standing.level,
            due: standing.due,
            rank: standing.rank,
            estimate: nanos(spec.estimate),
            sequence: 0,
            ready_at: Timestamp::ZERO,
            demand: Demand::from(spec.requirements),
            deadline: spec.deadline,
            timeout: spec.timeout,
            name: None,
            payload: None,
            predecessors: EdgeList::default(),
            successors: EdgeList::default(),
        }
    }

    /// The record with what the driver wants back.
    pub(crate) fn carrying(self, name: Option<Arc<str>>, payload: P) -> Self {
        Self { name, payload: Some(payload), ..self }
    }
}

/// `duration` in nanoseconds, or the largest number there is (some 584 years).
pub(crate) fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
