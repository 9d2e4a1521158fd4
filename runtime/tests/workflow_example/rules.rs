//! The checks after a run find each kind of broken rule.

use crate::check::{Violation, check, check_report, max_in_flight};
use crate::recorder::Span;
use proptest::prelude::*;
use std::time::{Duration, Instant};
use wfformat::Workflow;

/// `a`, then `b` and `c` side by side.
fn fork() -> Workflow {
    let text = r#"{"workflow": {"tasks": [
        {"name": "a", "runtime": 1},
        {"name": "b", "runtime": 1, "parents": ["a"]},
        {"name": "c", "runtime": 1, "parents": ["a"]}
    ]}}"#;
    Workflow::parse(text).expect("a sound workflow")
}

/// A completed run from and to so many milliseconds after `origin`.
fn span(origin: Instant, start: u64, end: u64) -> Span {
    let at = |ms| origin + Duration::from_millis(ms);
    Span { start: at(start), end: Some(at(end)), completed: true, slot: 0 }
}

/// A run of [`fork`] without fault.
fn sound() -> Vec<Vec<Span>> {
    let origin = Instant::now();
    vec![vec![span(origin, 0, 10)], vec![span(origin, 10, 20)], vec![span(origin, 11, 20)]]
}

fn verdict(spans: &[Vec<Span>]) -> Result<(), Violation> {
    check(&fork(), 2, spans, false)
}

#[test]
fn a_sound_run_passes() {
    assert_eq!(verdict(&sound()), Ok(()));
}

#[test]
fn a_task_that_never_ran() {
    let mut spans = sound();
    spans[2].clear();
    assert_eq!(verdict(&spans), Err(Violation::NeverRan { task: "c".to_owned() }));
    assert_eq!(check(&fork(), 2, &spans, true), Ok(()), "Ctrl-C keeps tasks from running");
}

#[test]
fn a_task_that_ran_twice() {
    let mut spans = sound();
    let again = spans[1][0];
    spans[1].push(again);
    let expected = Violation::RanTwice { task: "b".to_owned(), times: 2 };
    assert_eq!(verdict(&spans), Err(expected));
}

#[test]
fn a_task_that_was_left_running() {
    let mut spans = sound();
    spans[1][0].end = None;
    let expected = Err(Violation::NoEnd { task: "b".to_owned() });
    assert_eq!(verdict(&spans), expected);
    assert_eq!(check(&fork(), 2, &spans, true), expected, "Ctrl-C joins what runs");
}

#[test]
fn a_task_that_was_stopped() {
    let mut spans = sound();
    spans[1][0].completed = false;
    assert_eq!(verdict(&spans), Err(Violation::Stopped { task: "b".to_owned() }));
    assert_eq!(check(&fork(), 2, &spans, true), Ok(()));
}

#[test]
fn a_task_that_started_before_its_parent_had_ended() {
    let mut spans = sound();
    spans[2][0].start -= Duration::from_millis(2);
    let expected = Violation::TooEarly { task: "c".to_owned(), parent: "a".to_owned() };
    assert_eq!(verdict(&spans), Err(expected));
}

#[test]
fn a_task_whose_parent_was_stopped() {
    let mut spans = sound();
    spans[0][0].completed = false;
    let expected = Violation::TooEarly { task: "b".to_owned(), parent: "a".to_owned() };
    assert_eq!(check(&fork(), 2, &spans, true), Err(expected));
}

#[test]
fn more_tasks_at_once_than_slots() {
    let expected = Violation::TooMany { in_flight: 2, slots: 1 };
    assert_eq!(check(&fork(), 1, &sound(), false), Err(expected));
}

#[test]
fn a_report_that_tells_another_story() {
    let expected = Violation::WrongReport { recorded: 3, reported: 2 };
    assert_eq!(check_report(&sound(), 2, false), Err(expected));
    assert_eq!(check_report(&sound(), 2, true), Ok(()));
    assert_eq!(check_report(&sound(), 3, false), Ok(()));
}

proptest! {
    #[test]
    fn tasks_in_flight_are_counted_right(
        times in prop::collection::vec((0_u64..40, 1_u64..10), 0..30),
    ) {
        let origin = Instant::now();
        let runs = times.iter().map(|&(start, length)| vec![span(origin, start, start + length)]);
        let spans: Vec<_> = runs.collect();
        let runs_at = |ms, &&(start, len): &&(u64, u64)| (start..start + len).contains(&ms);
        let at = |ms| times.iter().filter(|run| runs_at(ms, run)).count();
        let expected = (0..50).map(at).max().unwrap_or(0);
        prop_assert_eq!(max_in_flight(&spans), expected);
    }
}
