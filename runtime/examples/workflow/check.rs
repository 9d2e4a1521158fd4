//! Whether a run kept the rules, judged by what its tasks recorded.

use crate::recorder::Span;
use std::time::Instant;
use thiserror::Error;
use wfformat::Workflow;

/// A rule that was broken. Names are the tasks' ids.
#[derive(Debug, Error, PartialEq, Eq)]
pub(crate) enum Violation {
    #[error("task {task} did not run")]
    NeverRan { task: String },
    #[error("task {task} was started {times} times")]
    RanTwice { task: String, times: usize },
    #[error("task {task} was started and has no end")]
    NoEnd { task: String },
    #[error("task {task} was stopped although nobody cancelled it")]
    Stopped { task: String },
    #[error("task {task} started before its parent {parent} had completed")]
    TooEarly { task: String, parent: String },
    #[error("{in_flight} tasks were in flight at once, on {slots} slots")]
    TooMany { in_flight: usize, slots: usize },
    #[error("{recorded} tasks completed, and the executor reports {reported}")]
    WrongReport { recorded: usize, reported: usize },
}

/// Checks that every task ran once (of an interrupted run: at most once, and nothing was left
/// running), that no task started before its parents had completed, and that no more than `slots`
/// tasks ran at the same time.
pub(crate) fn check(
    workflow: &Workflow,
    slots: usize,
    spans: &[Vec<Span>],
    interrupted: bool,
) -> Result<(), Violation> {
    for (task, runs) in spans.iter().enumerate() {
        check_once(workflow, task, runs, interrupted)?;
        if let Some(span) = runs.first() {
            check_parents(workflow, task, span, spans)?;
        }
    }
    match max_in_flight(spans) {
        in_flight if in_flight > slots => Err(Violation::TooMany { in_flight, slots }),
        _ => Ok(()),
    }
}

/// Checks that the executor reports as many completed tasks as there were. An interrupted run is
/// excused: a task may complete at the moment at which it is cancelled.
pub(crate) fn check_report(
    spans: &[Vec<Span>],
    reported: usize,
    interrupted: bool,
) -> Result<(), Violation> {
    let recorded = spans.iter().flatten().filter(|span| span.completed).count();
    if recorded == reported || interrupted {
        return Ok(());
    }
    Err(Violation::WrongReport { recorded, reported })
}

fn check_once(
    workflow: &Workflow,
    task: usize,
    runs: &[Span],
    interrupted: bool,
) -> Result<(), Violation> {
    let task = workflow.tasks[task].id.clone();
    match runs {
        [] if interrupted => Ok(()),
        [] => Err(Violation::NeverRan { task }),
        [run] if run.end.is_none() => Err(Violation::NoEnd { task }),
        [run] if !run.completed && !interrupted => Err(Violation::Stopped { task }),
        [_] => Ok(()),
        _ => Err(Violation::RanTwice { task, times: runs.len() }),
    }
}

fn check_parents(
    workflow: &Workflow,
    task: usize,
    span: &Span,
    spans: &[Vec<Span>],
) -> Result<(), Violation> {
    let completed_before = |parent: usize| {
        let mut runs = spans[parent].iter().filter(|run| run.completed);
        runs.any(|run| run.end.is_some_and(|end| end <= span.start))
    };
    let id = |task: usize| workflow.tasks[task].id.clone();
    match workflow.tasks[task].parents.iter().find(|&&parent| !completed_before(parent)) {
        Some(&parent) => Err(Violation::TooEarly { task: id(task), parent: id(parent) }),
        None => Ok(()),
    }
}

/// The most spans that overlap. One that ends at the instant at which another starts does not
/// overlap it.
pub(crate) fn max_in_flight(spans: &[Vec<Span>]) -> usize {
    let mut steps: Vec<(Instant, bool)> = Vec::new();
    for span in spans.iter().flatten() {
        steps.push((span.start, true));
        steps.extend(span.end.map(|end| (end, false)));
    }
    // `false` sorts before `true`: at one instant the ends come first.
    steps.sort_unstable();
    let mut in_flight = 0_isize;
    let mut most = 0;
    for (_, starts) in steps {
        in_flight += if starts { 1 } else { -1 };
        most = most.max(in_flight);
    }
    most.unsigned_abs()
}
