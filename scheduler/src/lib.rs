//! Which task runs next, and where.
//!
//! The scheduler of `graph_runtime` is policy and data structures only. It starts nothing, waits
//! for nothing and asks no clock: the time is an argument, the payload is opaque, and what
//! happened is *returned* instead of calling anybody. So the very same code runs in production,
//! on the virtual clock of [`sim`], in property tests and under a model checker.
//!
//! Scheduling has two levels, and they meet only in the driver:
//!
//! * **Order** is global and exact. [`TaskScheduler`] knows dependencies, priorities, deadlines,
//!   estimates, limits and budgets, and says which task starts next.
//! * **Placement** is local and lock-free. [`steal`] decides which worker runs what has started.
//!
//! # The life of a graph task
//!
//! ```text
//!                                submit, submit_graph
//!                                         │
//!           (2) a dependency              │ (1) accepted
//!               ended badly               ▼
//!          ┌─────────────────────────  Waiting  ──────────────────────────┐
//!          │                              │                               │
//!          │           (3) dependencies ended as its rule asks,           │
//!          │               and its level is open                          │
//!          │                              ▼                               │
//!          │                ┌────────►  Ready  ───────────────────────────┤
//!          │                │             │                               │
//!          │   (7) the wait │   (4) dispatch: the first of those          │
//!          │       is over  │       that may start now                    │
//!          │                │             ▼                               │
//!          │            Backoff ◄───── Running                            │
//!          │                │   (6) retry │                               │
//!          │                │             │ (6) finish                    │ (5) cancel,
//!          │                └─────────────┼──────────────────────────────►│     out of time
//!          ▼                              ▼                               ▼
//!       Skipped              Completed, Failed, TimedOut,         Cancelled, TimedOut
//!                             Cancelled, Skipped
//! ```
//!
//! 1. [`submit`](TaskScheduler::submit) or [`submit_graph`](TaskScheduler::submit_graph). A
//!    refused task comes back in [`Refused`]; nothing has changed then.
//! 2. A dependency ended, before or after the submission, in a way that the task's [`TriggerRule`]
//!    does not put up with: by default in any way but `Completed`. To what depends on a skipped
//!    task it has ended without success.
//! 3. Inside [`finish`](TaskScheduler::finish), or at once at (1). Levels matter only under
//!    [`Policy::LevelBarrier`].
//! 4. [`dispatch`](TaskScheduler::dispatch) hands out the payload with a [`Ticket`].
//! 5. [`cancel`](TaskScheduler::cancel), [`cancel_graph`](TaskScheduler::cancel_graph),
//!    [`cancel_all`](TaskScheduler::cancel_all), another task's failure in a
//!    [`FailFast`](FailurePolicy::FailFast) graph, or a task or a graph that runs
//!    [out of time](TimeLimit).
//! 6. The driver says how the attempt ended. If that was not well, and the [`RetryPolicy`] provides
//!    for it, [`retry`](TaskScheduler::retry) has the task wait for another attempt; only when
//!    there is none left does its failure count. Cancelling a *running* task only names its ticket;
//!    the end comes through here as well, so a task that completes at the same moment has simply
//!    completed, but it is not tried again. A ticket that has been used is refused: late and
//!    repeated ends do no harm.
//! 7. [`pass_time`](TaskScheduler::pass_time), not before the end of the wait. The task keeps its
//!    priority, its deadline and its rank.
//!
//! A running graph [grows](TaskScheduler::submit_into): what is added to it counts, fails, is
//! cancelled and ends with it. A task that has not started can be made to wait for [another
//! one](TaskScheduler::connect) or for [the driver](TaskScheduler::hold), so that a ready one waits
//! again, or be [removed](TaskScheduler::remove). A scheduler that [drains](TaskScheduler::drain)
//! starts nothing more and says what [remains](TaskScheduler::remaining).
//!
//! Every task that was accepted reaches the bottom line exactly once, and one [`Event::Ended`]
//! says so. After that only its id and its end are kept, until somebody
//! [forgets](TaskScheduler::forget) it.
//!
//! # How much at once
//!
//! [`set_max_in_flight`](TaskScheduler::set_max_in_flight) may be called at any time; the
//! controllers in [`adaptive`] say with what. [`set_free_memory`](TaskScheduler::set_free_memory)
//! is for readings of the memory that the machine has free: another budget, which others use as
//! well.
//!
//! # Who may overtake whom
//!
//! Tasks with the same needs ([budgets](ResourceRequirements), [groups](GroupLimit),
//! [rates](RateLimit)) start strictly in order. Between those with different needs:
//!
//! * Who waits for a place in a group, or for enough of a rate, holds up nobody who does not need
//!   that; of a rate nothing is taken by whoever comes behind one that waits for it.
//! * Room in each budget is reserved for the first one that lacks some of it. Whoever comes behind
//!   may start if it leaves what that one needs, or if by the estimates it does not delay it (EASY
//!   backfilling: D. Lifka, JSSPP 1995); where there are no estimates, 64 others may.
//! * A task has lost patience when 64 others that need some of what it needs have started while it
//!   was first of its kind and waited, or when the time has passed twice in which room for it was
//!   expected. Then nothing starts behind it that does not leave what it needs of the budgets,
//!   groups and rates that both need. While it waits for a rate it keeps only rates, and nothing
//!   while a rate is paused. If there are several such tasks, the first in order goes first, and
//!   the first eight keep what they need.
//! * So nobody waits for one that needs nothing of the same, unless 128 kinds come before for which
//!   there is no room in the budgets: no more are looked at.
//!
//! So the wait of a task that is first of its kind is bounded by 64 starts, or twice the time that
//! was expected; then by the ends of those that run and the inflow of its rates; and by whatever is
//! more urgent, which [ageing](SchedulerConfig::patience) bounds. Tests try this against a plain
//! reference implementation.
//!
//! # Costs
//!
//! For n queued tasks:
//!
//! | call | time |
//! |---|---|
//! | [`submit`](TaskScheduler::submit) | O(dependencies + log n), and up to 64 steps upwards to keep ranks right |
//! | [`submit_into`](TaskScheduler::submit_into), [`grow`](TaskScheduler::grow) | O(tasks + dependencies + log n), and up to 64 steps upwards |
//! | [`connect`](TaskScheduler::connect) | O(log n), and up to 64 steps upwards; if both tasks wait and others wait behind, O(edges below one or above the other, whichever are fewer) |
//! | [`hold`](TaskScheduler::hold), [`release`](TaskScheduler::release), [`remove`](TaskScheduler::remove) | O(log n), and O(dependents) for a removal |
//! | [`submit_graph`](TaskScheduler::submit_graph) | O(tasks + edges), and O(log n) for each task that is ready |
//! | [`dispatch`](TaskScheduler::dispatch) | O(log c), for c different urgencies among the ready tasks; with budgets, groups or rates also O(log k) for each of k kinds of tasks that may have become free to start, or (128 at most) have no room |
//! | [`finish`](TaskScheduler::finish), completed | O(successors), and O(log c) for each that becomes ready |
//! | [`retry`](TaskScheduler::retry), [`heartbeat`](TaskScheduler::heartbeat) | O(log n), for n things on the agenda |
//! | [`finish`](TaskScheduler::finish), otherwise; [`cancel`](TaskScheduler::cancel) | O(tasks that end and their edges) |
//! | [`cancel_graph`](TaskScheduler::cancel_graph) | O(tasks of the graph) |
//! | [`forget_graph`](TaskScheduler::forget_graph) | O(r log r), for r runs of consecutive ids in the graph |
//! | [`reestimate`](TaskScheduler::reestimate) | O(tasks and edges of the graph), and O(log n) for each ready task |
//! | [`next_wake`](TaskScheduler::next_wake), [`pass_time`](TaskScheduler::pass_time) | O(log n) for each thing that has come about or has become void |
//! | [`cancel_all`](TaskScheduler::cancel_all) | O(most tasks ever live at once) |
//! | [`why`](TaskScheduler::why) | O(dependencies) |
//! | [`set_free_memory`](TaskScheduler::set_free_memory) | O(1), and O(n log n) the first time |
//! | [`state`](TaskScheduler::state), [`counts`](TaskScheduler::counts), [`next_event`](TaskScheduler::next_event) | O(1) |
//!
//! No table of ids is touched when a task of a graph starts or ends: inside a graph, edges and
//! places are rows of arrays.
//!
//! Memory is linear: some 180 bytes, the payload and 20 for its places in the graph for a task
//! that has not ended, 8 for an edge inside a graph and 16 for any other, 4 for an ended task of a
//! remembered graph and some 20 for any other that is remembered. A graph whose ids are
//! consecutive takes one entry in the table of ids; every gap costs another. Slots are used again;
//! the tables keep the size of their largest hour.

mod control;
mod error;
mod estimate;
mod graph;
pub mod sim;
pub mod steal;

pub use control::adaptive;
pub use control::{Cost, GroupLimit, RateLimit};
pub use error::{Refused, SchedulerError};
pub use estimate::{Forecast, History, KindHistory, Pace, SizeTrend};
pub use graph::{
    Cancelled, Counts, Dependents, Dispatch, EndState, Event, FailurePolicy, GraphId, GraphPlan,
    Jitter, LimitKind, LookAhead, Overdue, Policy, Reason, Remaining, Resilience,
    ResourceRequirements, RetryPolicy, SchedulerConfig, TaskId, TaskScheduler, TaskSpec, TaskState,
    TaskTerms, Ticket, TimeLimit, TriggerRule,
};
