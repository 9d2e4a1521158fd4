//! What goes wrong is tried again, as often as it should be, and not too early.

use crate::common::{NOW, Scheduler, at, events, id, scheduler, spec};
use graph_runtime_scheduler::{
    Cancelled, Dispatch, EndState, FailurePolicy, Jitter, Reason, ResourceRequirements,
    RetryPolicy, TaskSpec, TaskState,
};
use std::time::Duration;

/// So many attempts; waits of 1, 2, 4 ... seconds.
fn policy(attempts: u32) -> RetryPolicy {
    let base = Duration::from_secs(1);
    RetryPolicy { base, jitter: Jitter::None, ..RetryPolicy::attempts(attempts) }
}

fn tried(number: u64, after: &[u64], attempts: u32) -> TaskSpec<&'static str> {
    spec(number, after).retry(policy(attempts))
}

/// Starts the next task at so many seconds.
fn start(scheduler: &mut Scheduler, seconds: u64) -> Dispatch<&'static str> {
    scheduler.pass_time(at(seconds));
    scheduler.dispatch(at(seconds)).expect("something is ready")
}

/// The attempt fails at so many seconds; when the next one may begin.
fn fail(
    scheduler: &mut Scheduler,
    attempt: &Dispatch<&'static str>,
    seconds: u64,
) -> Result<u64, &'static str> {
    let until = scheduler.retry(attempt.ticket, EndState::Failed, attempt.payload, at(seconds))?;
    Ok((until - NOW).as_secs())
}

#[test]
fn a_waiting_retry_takes_nothing_and_comes_back_as_it_was() {
    let mut scheduler = scheduler(|config| {
        config.max_in_flight = 1;
        config.cpu_cores = 1.0;
    });
    let whole = ResourceRequirements { cpu_cores: 1.0, ..Default::default() };
    let urgent = tried(1, &[], 3).priority(5).named("urgent").requirements(whole);
    scheduler.submit(urgent.deadline(at(60)), NOW).unwrap();
    scheduler.submit(spec(2, &[]).requirements(whole), NOW).unwrap();
    let first = start(&mut scheduler, 0);
    assert_eq!((first.id, first.attempt), (id(1), 1));
    assert_eq!(fail(&mut scheduler, &first, 10), Ok(11));

    let state = TaskState::BackingOff { until: at(11), attempts: 1 };
    assert_eq!(scheduler.state(id(1)), Some(state));
    let reason = Reason::Backoff { left: Duration::from_secs(1), attempts: 1 };
    assert_eq!(scheduler.why(id(1), at(10)), Some(reason));
    let counts = scheduler.counts();
    assert_eq!((counts.backing_off, counts.running, counts.unfinished()), (1, 0, 2));
    let other = start(&mut scheduler, 10);
    assert_eq!(other.id, id(2), "the slot and the core are free");
    scheduler.finish(other.ticket, EndState::Completed, at(10)).unwrap();

    assert_eq!(scheduler.next_wake(), Some(at(11)));
    scheduler.pass_time(at(11).saturating_sub(Duration::from_nanos(1)));
    assert!(scheduler.dispatch(at(11)).is_none(), "not early");
    scheduler.submit(spec(3, &[]).priority(4), at(10)).unwrap();
    let second = start(&mut scheduler, 12);
    assert_eq!((second.id, second.attempt, second.ready_at), (id(1), 2, at(11)));
    assert_eq!(second.name.as_deref(), Some("urgent"));
    assert_eq!(second.deadline, Some(at(60)));
    assert_ne!(second.ticket, first.ticket);
    let late = scheduler.finish(first.ticket, EndState::Completed, at(12));
    assert!(late.unwrap_err().is_stale(), "the first attempt is over");
    assert_eq!(fail(&mut scheduler, &first, 12), Err("payload"));
}

#[test]
fn the_last_failure_counts_and_only_that() {
    let mut scheduler = scheduler(|_| {});
    let graph = vec![tried(1, &[], 3), spec(2, &[1]), spec(3, &[])];
    scheduler.submit_graph(graph, FailurePolicy::FailFast, NOW).unwrap();
    let first = start(&mut scheduler, 0);
    let bystander = start(&mut scheduler, 0);
    assert_eq!((first.id, bystander.id), (id(1), id(3)));
    assert_eq!(fail(&mut scheduler, &first, 0), Ok(1));
    let second = start(&mut scheduler, 1);
    assert_eq!(fail(&mut scheduler, &second, 1), Ok(3));
    assert_eq!(events(&mut scheduler), [""; 0], "nothing has failed yet");
    let third = start(&mut scheduler, 3);
    assert_eq!(fail(&mut scheduler, &third, 3), Err("payload"), "no attempt is left");
    scheduler.finish(third.ticket, EndState::Failed, at(3)).unwrap();
    let told = events(&mut scheduler);
    let stop = format!("stop {}", bystander.ticket);
    assert_eq!(told, ["1 failed", "2 skipped because of 1, payload returned", &stop]);
}

#[test]
fn an_end_that_is_no_failure_is_not_tried_again() {
    let mut scheduler = scheduler(|_| {});
    let deaf = RetryPolicy { after_timeout: false, ..policy(9) };
    scheduler.submit(spec(1, &[]).retry(deaf), NOW).unwrap();
    let attempt = start(&mut scheduler, 0);
    for end in [EndState::Completed, EndState::Cancelled, EndState::Skipped, EndState::TimedOut] {
        assert!(scheduler.retry(attempt.ticket, end, "payload", NOW).is_err(), "{end}");
    }
    assert_eq!(fail(&mut scheduler, &attempt, 0), Ok(1));
    scheduler.submit(tried(2, &[], 2), NOW).unwrap();
    let attempt = start(&mut scheduler, 0);
    assert!(scheduler.retry(attempt.ticket, EndState::TimedOut, "payload", NOW).is_ok());
    scheduler.submit(spec(3, &[]), NOW).unwrap();
    let attempt = start(&mut scheduler, 0);
    assert_eq!(fail(&mut scheduler, &attempt, 0), Err("payload"), "it has no policy");
}

#[test]
fn who_was_asked_to_stop_is_not_tried_again() {
    let mut scheduler = scheduler(|_| {});
    let graph = vec![tried(1, &[], 9), tried(2, &[], 9), tried(3, &[], 9)];
    let graph = scheduler.submit_graph(graph, FailurePolicy::FailFast, NOW).unwrap();
    let attempts: Vec<_> = (0..3).map(|_| start(&mut scheduler, 0)).collect();
    assert_eq!(scheduler.cancel(id(1), NOW), Cancelled::Running(attempts[0].ticket));
    assert_eq!(fail(&mut scheduler, &attempts[0], 0), Err("payload"));
    assert_eq!(fail(&mut scheduler, &attempts[1], 0), Ok(1));
    assert_eq!(scheduler.cancel_graph(graph, NOW).len(), 2);
    assert_eq!(fail(&mut scheduler, &attempts[2], 0), Err("payload"));
    for attempt in [&attempts[0], &attempts[2]] {
        scheduler.finish(attempt.ticket, EndState::Failed, NOW).unwrap();
    }
    assert_eq!(scheduler.counts().cancelled, 1, "2 ended while it waited");
    assert!(scheduler.is_idle());
    assert_eq!(scheduler.next_wake(), None);
}

#[test]
fn a_waiting_retry_can_be_cancelled_and_gives_its_payload_back() {
    let mut scheduler = scheduler(|_| {});
    scheduler.submit(tried(1, &[], 2), NOW).unwrap();
    let attempt = start(&mut scheduler, 0);
    assert_eq!(fail(&mut scheduler, &attempt, 0), Ok(1));
    assert_eq!(scheduler.cancel(id(1), NOW), Cancelled::Ended);
    assert_eq!(events(&mut scheduler), ["1 cancelled, payload returned"]);
    assert_eq!(scheduler.next_wake(), None);
    scheduler.pass_time(at(9));
    assert!(scheduler.dispatch(at(9)).is_none());
}

#[test]
fn waiting_retries_take_room_and_are_never_refused() {
    let mut scheduler = scheduler(|config| config.max_pending = 1);
    scheduler.submit(tried(1, &[], 2), NOW).unwrap();
    let first = start(&mut scheduler, 0);
    scheduler.submit(spec(2, &[1]), NOW).unwrap();
    assert_eq!(fail(&mut scheduler, &first, 0), Ok(1), "though the queue is full");
    assert_eq!(scheduler.counts().pending(), 2);
    assert!(!scheduler.has_room(1));
    assert!(scheduler.submit(spec(3, &[]), NOW).unwrap_err().error.is_queue_full());
}

#[test]
fn nonsense_is_refused_and_handed_back() {
    let bad = [
        spec(1, &[]).retry(RetryPolicy::attempts(0)),
        spec(1, &[]).retry(RetryPolicy { factor: f64::NAN, ..policy(2) }),
        spec(1, &[]).retry(RetryPolicy { cap: Duration::ZERO, ..policy(2) }),
        spec(1, &[]).retry(RetryPolicy { base: Duration::MAX, cap: Duration::MAX, ..policy(2) }),
        spec(1, &[]).timeout(Duration::ZERO),
        spec(1, &[]).idle_timeout(Duration::ZERO),
        spec(1, &[]).total_timeout(Duration::ZERO),
    ];
    let terms = [
        "retry.max_attempts",
        "retry.factor",
        "retry.cap",
        "retry.cap",
        "timeout",
        "idle_timeout",
        "total_timeout",
    ];
    for (spec, term) in bad.into_iter().zip(terms) {
        let mut scheduler = scheduler(|_| {});
        let (error, spec) = scheduler.submit(spec, NOW).unwrap_err().into_parts();
        assert!(error.is_invalid());
        assert!(error.to_string().starts_with(&format!("task 1: {term} is ")), "{error}");
        let refused = scheduler.submit_graph(vec![spec], FailurePolicy::FailFast, NOW);
        let (same, specs) = refused.unwrap_err().into_parts();
        assert_eq!((same, specs.len()), (error, 1));
        assert_eq!(scheduler.counts().submitted, 0);
    }
}
