//! What runs out of time ends, and what falls silent is reported.

use crate::common::{NOW, Scheduler, at, events, id, scheduler, spec};
use graph_runtime_scheduler::{
    Dispatch, EndState, Event, FailurePolicy, GraphId, GraphPlan, Jitter, LimitKind, RetryPolicy,
    SchedulerConfig, TaskSpec, TaskState, TriggerRule,
};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

fn start(scheduler: &mut Scheduler, seconds: u64) -> Dispatch<&'static str> {
    scheduler.pass_time(at(seconds));
    scheduler.dispatch(at(seconds)).expect("something is ready")
}

fn steady(attempts: u32, wait: u64) -> RetryPolicy {
    let base = Duration::from_secs(wait);
    RetryPolicy { base, cap: base, jitter: Jitter::None, ..RetryPolicy::attempts(attempts) }
}

/// What a pass of time at so many seconds tells.
fn told_at(scheduler: &mut Scheduler, seconds: u64) -> Vec<String> {
    scheduler.pass_time(at(seconds));
    events(scheduler)
}

#[test]
fn a_task_s_time_begins_with_its_first_start_and_covers_all_attempts() {
    let mut scheduler = scheduler(|_| {});
    let task = spec(1, &[]).total_timeout(10 * SECOND).retry(steady(9, 2));
    scheduler.submit(task, NOW).unwrap();
    let first = start(&mut scheduler, 5);
    let until = scheduler.retry(first.ticket, EndState::Failed, "payload", at(6)).unwrap();
    let second = start(&mut scheduler, 8);
    assert_eq!((until, second.attempt), (at(8), 2));
    assert_eq!(scheduler.next_wake(), Some(at(15)));
    assert_eq!(told_at(&mut scheduler, 14), [""; 0]);
    let stop = format!("stop {}: total timeout of 10s", second.ticket);
    assert_eq!(told_at(&mut scheduler, 15), [stop]);
    assert_eq!(scheduler.next_wake(), None, "told once");
    let again = scheduler.retry(second.ticket, EndState::TimedOut, "payload", at(15));
    assert!(again.is_err(), "its time is over, not only the attempt's");
    scheduler.finish(second.ticket, EndState::TimedOut, at(15)).unwrap();
    assert_eq!(scheduler.state(id(1)), Some(TaskState::Ended(EndState::TimedOut)));
}

#[test]
fn a_wait_that_would_outlast_the_limit_is_not_begun() {
    let mut scheduler = scheduler(|_| {});
    let task = |number| spec(number, &[]).total_timeout(3 * SECOND);
    scheduler.submit(task(1).retry(steady(9, 3)), NOW).unwrap();
    scheduler.submit(task(2).retry(steady(9, 2)), NOW).unwrap();
    let (first, second) = (start(&mut scheduler, 0), start(&mut scheduler, 0));
    assert!(scheduler.retry(first.ticket, EndState::Failed, "payload", NOW).is_err());
    assert!(scheduler.retry(second.ticket, EndState::Failed, "payload", NOW).is_ok());
}

#[test]
fn a_task_may_run_out_of_time_while_it_waits_for_its_turn() {
    let mut scheduler = scheduler(|config| config.max_in_flight = 1);
    let task = spec(1, &[]).priority(1).total_timeout(5 * SECOND).retry(steady(9, 1));
    scheduler.submit(task, NOW).unwrap();
    scheduler.submit(spec(2, &[]), NOW).unwrap();
    scheduler.submit(spec(3, &[1]), NOW).unwrap();
    let first = start(&mut scheduler, 0);
    scheduler.retry(first.ticket, EndState::Failed, "payload", NOW).unwrap();
    assert_eq!(start(&mut scheduler, 0).id, id(2));
    assert_eq!(told_at(&mut scheduler, 4), [""; 0]);
    assert_eq!(scheduler.state(id(1)), Some(TaskState::Ready));
    let told = [
        "1 timed out, total timeout of 5s, payload returned",
        "3 skipped because of 1, payload returned",
    ];
    assert_eq!(told_at(&mut scheduler, 5), told);
}

fn submit_with_timeout(
    scheduler: &mut Scheduler,
    specs: Vec<TaskSpec<&'static str>>,
    timeout: Duration,
) -> GraphId {
    let plan = GraphPlan::new(&SchedulerConfig::default(), specs.len(), |n| specs[n].terms());
    let plan = plan.unwrap().timeout(timeout);
    scheduler.submit_plan(plan, |_| "payload", FailurePolicy::ContinueIndependent, NOW).unwrap()
}

#[test]
fn a_graph_that_runs_out_of_time_stops_but_for_what_tidies_up() {
    let mut scheduler = scheduler(|config| config.max_in_flight = 2);
    let graph = vec![
        spec(1, &[]),
        spec(2, &[]).retry(steady(9, 1)),
        spec(3, &[]),
        spec(4, &[1]),
        spec(5, &[4, 3]).trigger(TriggerRule::AllDone),
    ];
    submit_with_timeout(&mut scheduler, graph, 3 * SECOND);
    let (one, two) = (start(&mut scheduler, 1), start(&mut scheduler, 1));
    scheduler.retry(two.ticket, EndState::Failed, "payload", at(1)).unwrap();
    let three = start(&mut scheduler, 1);
    let mut told = told_at(&mut scheduler, 3);
    told.sort();
    let mut stops = [one.ticket, three.ticket].map(|t| format!("stop {t}: graph's timeout of 3s"));
    stops.sort();
    let [first, second] = stops;
    let waited = |n| format!("{n} timed out, graph's timeout of 3s, payload returned");
    assert_eq!(told, [waited(2), waited(4), first, second]);
    assert!(scheduler.retry(three.ticket, EndState::Failed, "payload", at(3)).is_err());
    for ticket in [one.ticket, three.ticket] {
        scheduler.finish(ticket, EndState::TimedOut, at(3)).unwrap();
    }
    let tidy = start(&mut scheduler, 4);
    assert_eq!(tidy.id, id(5));
    scheduler.finish(tidy.ticket, EndState::Completed, at(4)).unwrap();
    assert_eq!(events(&mut scheduler).last().unwrap(), "graph ended, 5 tasks");
}

#[test]
fn a_graph_that_ends_in_time_leaves_nothing_to_wait_for() {
    let mut scheduler = scheduler(|_| {});
    let graph = submit_with_timeout(&mut scheduler, vec![spec(1, &[])], SECOND);
    let only = start(&mut scheduler, 0);
    assert_eq!(scheduler.next_wake(), Some(at(1)));
    scheduler.finish(only.ticket, EndState::Completed, NOW).unwrap();
    assert_eq!(scheduler.next_wake(), None);
    assert!(scheduler.forget_graph(graph));
    events(&mut scheduler);
    assert_eq!(told_at(&mut scheduler, 9), [""; 0]);
}

#[test]
fn a_graph_without_time_is_refused() {
    let mut scheduler = scheduler(|_| {});
    let task = spec(1, &[]);
    let plan = GraphPlan::new(&SchedulerConfig::default(), 1, |_| task.terms()).unwrap();
    let plan = plan.timeout(Duration::ZERO);
    let refused = scheduler.submit_plan(plan, |_| "", FailurePolicy::FailFast, NOW).unwrap_err();
    assert!(refused.error.is_invalid());
    assert!(refused.to_string().contains("the graph: timeout is 0 s"), "{refused}");
}

#[test]
fn silence_is_counted_from_the_last_sign_and_reported_once() {
    let mut scheduler = scheduler(|_| {});
    let task = spec(1, &[]).idle_timeout(4 * SECOND).retry(steady(2, 1));
    scheduler.submit(task, NOW).unwrap();
    let first = start(&mut scheduler, 0);
    assert_eq!(first.idle_timeout, Some(4 * SECOND));
    // Eager: every sign is passed on, in any order.
    scheduler.heartbeat(first.ticket, at(3));
    scheduler.heartbeat(first.ticket, at(2));
    assert_eq!(told_at(&mut scheduler, 4), [""; 0]);
    assert_eq!(scheduler.next_wake(), Some(at(7)));
    // Lazy: there was a sign at 5, and it is told when it is asked for.
    let silent = |since| format!("{} is silent since {since}: idle timeout of 4s", first.ticket);
    assert_eq!(told_at(&mut scheduler, 7), [silent(3)]);
    assert_eq!(scheduler.next_wake(), None, "it is the driver's turn");
    scheduler.heartbeat(first.ticket, at(5));
    assert_eq!(scheduler.next_wake(), Some(at(9)));
    assert_eq!(told_at(&mut scheduler, 9), [silent(5)]);
    scheduler.retry(first.ticket, EndState::TimedOut, "payload", at(9)).unwrap();
    scheduler.heartbeat(first.ticket, at(9));
    assert_eq!(scheduler.next_wake(), Some(at(10)), "the sign came too late");
    let second = start(&mut scheduler, 20);
    scheduler.pass_time(at(24));
    let Some(Event::Silent { ticket, since, limit }) = scheduler.next_event() else { panic!() };
    assert_eq!((ticket, since, limit.kind), (second.ticket, at(20), LimitKind::Idle));
    scheduler.finish(second.ticket, EndState::TimedOut, at(24)).unwrap();
    assert!(scheduler.is_idle());
}
