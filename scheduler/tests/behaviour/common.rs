//! What the behaviour tests share: short words for specs, events and states.

use graph_runtime_scheduler::{
    Counts, Dispatch, EndState, Event, SchedulerConfig, TaskId, TaskScheduler, TaskSpec, TaskState,
};
use primitives::Timestamp;
use std::time::Duration;

pub(crate) type Scheduler = TaskScheduler<&'static str>;

pub(crate) const NOW: Timestamp = Timestamp::ZERO;

pub(crate) fn id(number: u64) -> TaskId {
    TaskId::new(number)
}

pub(crate) fn at(seconds: u64) -> Timestamp {
    Timestamp::ZERO + Duration::from_secs(seconds)
}

/// Task `number` after the tasks `after`.
pub(crate) fn spec(number: u64, after: &[u64]) -> TaskSpec<&'static str> {
    TaskSpec::new(id(number), "payload").after_all(after.iter().copied().map(id))
}

/// Like [`spec`], with an estimate in seconds.
pub(crate) fn timed(number: u64, seconds: u64, after: &[u64]) -> TaskSpec<&'static str> {
    spec(number, after).estimate(Duration::from_secs(seconds))
}

pub(crate) fn scheduler(change: impl FnOnce(&mut SchedulerConfig)) -> Scheduler {
    let mut config = SchedulerConfig::default();
    change(&mut config);
    TaskScheduler::new(config).expect("a valid configuration")
}

/// Starts everything that may start, and returns it in order.
pub(crate) fn start_all(scheduler: &mut Scheduler) -> Vec<Dispatch<&'static str>> {
    std::iter::from_fn(|| scheduler.dispatch(NOW)).collect()
}

/// The numbers of what starts, in order.
pub(crate) fn started(scheduler: &mut Scheduler) -> Vec<u64> {
    start_all(scheduler).iter().map(|task| task.id.as_u64()).collect()
}

/// Starts and completes tasks one at a time until nothing is left to start; their order.
pub(crate) fn run_one_by_one(scheduler: &mut Scheduler) -> Vec<u64> {
    let mut order = Vec::new();
    while let Some(task) = scheduler.dispatch(NOW) {
        order.push(task.id.as_u64());
        scheduler.finish(task.ticket, EndState::Completed, NOW).expect("it runs");
    }
    order
}

/// Ends the running task `number`.
pub(crate) fn finish(scheduler: &mut Scheduler, number: u64, end: EndState) {
    let Some(TaskState::Running { ticket }) = scheduler.state(id(number)) else {
        panic!("task {number} does not run")
    };
    scheduler.finish(ticket, end, NOW).expect("it runs");
}

/// Where a model counts tasks that have ended so.
pub(crate) fn ended(counts: &mut Counts, end: EndState) -> &mut usize {
    match end {
        EndState::Completed => &mut counts.completed,
        EndState::Failed => &mut counts.failed,
        EndState::Cancelled => &mut counts.cancelled,
        EndState::TimedOut => &mut counts.timed_out,
        EndState::Skipped => &mut counts.skipped,
    }
}

/// Drains the events into one line each.
pub(crate) fn events(scheduler: &mut Scheduler) -> Vec<String> {
    std::iter::from_fn(|| scheduler.next_event()).map(|event| describe(&event)).collect()
}

fn describe(event: &Event<&'static str>) -> String {
    match event {
        Event::Ended { id, end, payload, cause, limit, .. } => {
            let because = cause.map_or(String::new(), |cause| format!(" because of {cause}"));
            let because = limit.map_or(because, |limit| format!(", {limit}"));
            let returned = payload.map_or("", |_| ", payload returned");
            format!("{id} {end}{because}{returned}")
        }
        Event::GraphEnded { counts, .. } => format!("graph ended, {} tasks", counts.ended()),
        Event::DeadlinePassed { id, deadline, .. } => {
            format!("{id} should have ended by {}", (*deadline - NOW).as_secs())
        }
        Event::CancelRunning { ticket } => format!("stop {ticket}"),
        Event::LimitReached { ticket, limit } => format!("stop {ticket}: {limit}"),
        Event::Silent { ticket, since, limit } => {
            format!("{ticket} is silent since {}: {limit}", (*since - NOW).as_secs())
        }
    }
}
