//! What the scheduler keeps about a task that has not ended.

use super::failure::resilience::NOT_RESILIENT;
use super::order::stage::USUAL;
use super::spec::TaskTerms;
use super::state::Phase;
use super::{TaskId, TriggerRule};
use crate::control::Demand;
use primitives::Timestamp;
use std::time::Duration;

/// A job index that stands for "submitted alone".
pub(crate) const NO_JOB: u32 = u32::MAX;
/// A position that stands for "none": the task was submitted alone, or added to a running graph.
pub(crate) const NO_NODE: u32 = u32::MAX;
/// A number of links that stands for none.
pub(crate) const NO_LINKS: u32 = u32::MAX;

/// A task between its submission and its end, but for what the [`Cargo`](super::cargo) holds.
/// Afterwards only its id and its end are kept.
///
/// There may be millions, and each is touched a few times in an order that no cache foresees, so
/// what few tasks have, or many have in common, is elsewhere.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) id: TaskId,
    /// The effective deadline, or what [stands in for one](super::order::due); under
    /// [`Demote`](super::Policy::Demote) the [latest start](super::order::due::slack_start).
    pub(crate) due: Timestamp,
    /// The upward rank, in nanoseconds. Never lowered when a successor goes away.
    pub(crate) rank: u64,
    /// When it became ready, in order of events.
    pub(crate) sequence: u64,
    /// When it became ready, in time.
    pub(crate) ready_at: Timestamp,
    /// The graph it belongs to, or [`NO_JOB`].
    pub(crate) job: u32,
    /// Its position in that graph, or [`NO_NODE`].
    pub(crate) node: u32,
    /// The join counter: dependencies that have not ended, and holds.
    pub(crate) unmet: u32,
    /// What its policy sorts by first: the level under a policy with barriers, otherwise the
    /// priority.
    pub(crate) class: u32,
    /// Which of its graph's [`Profile`]s it has, or of those of the tasks without a position.
    pub(crate) profile: u32,
    /// Its edges to tasks outside its graph, if it has any.
    pub(crate) links: u32,
    pub(crate) phase: Phase,
    /// What time has made of its urgency, in the terms of the [policy](super::order::stage).
    pub(crate) stage: u8,
    /// It waits for nobody any more: it is ready, or it will never run.
    pub(crate) is_detached: bool,
    /// Somebody has asked for the running attempt to stop.
    pub(crate) must_stop: bool,
    pub(crate) trigger: TriggerRule,
    /// Its rule is met, whatever becomes of dependencies that have not ended.
    pub(crate) is_triggered: bool,
    /// Attempts started so far.
    pub(crate) attempts: u16,
}

/// What many tasks of a graph have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Profile {
    pub(crate) demand: Demand,
    /// The caller's estimate, in nanoseconds.
    pub(crate) estimate: u64,
    pub(crate) timeout: Option<Duration>,
    pub(crate) trigger: TriggerRule,
    /// Which of its graph's [`Resilience`](super::Resilience)s it has, or of those of the tasks
    /// submitted alone.
    pub(crate) resilience: u32,
}

/// What the graph around a task says about it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing {
    pub(crate) job: u32,
    pub(crate) node: u32,
    /// Dependencies inside its graph.
    pub(crate) unmet: u32,
    pub(crate) class: u32,
    pub(crate) profile: u32,
    pub(crate) rank: u64,
    pub(crate) due: Timestamp,
    pub(crate) trigger: TriggerRule,
}

impl Record {
    pub(crate) fn new(id: TaskId, standing: Standing) -> Self {
        Self {
            id,
            due: standing.due,
            rank: standing.rank,
            sequence: 0,
            ready_at: Timestamp::ZERO,
            job: standing.job,
            node: standing.node,
            unmet: standing.unmet,
            class: standing.class,
            profile: standing.profile,
            links: NO_LINKS,
            phase: Phase::Waiting,
            stage: USUAL,
            is_detached: false,
            must_stop: false,
            trigger: standing.trigger,
            is_triggered: false,
            attempts: 0,
        }
    }
}

impl From<&TaskTerms<'_>> for Profile {
    fn from(terms: &TaskTerms<'_>) -> Self {
        Self {
            demand: Demand::from(terms.requirements),
            estimate: nanos(terms.estimate),
            timeout: terms.timeout,
            trigger: terms.trigger,
            resilience: NOT_RESILIENT,
        }
    }
}

/// `duration` in nanoseconds, or the largest number there is (some 584 years).
pub(crate) fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
