//! The figures of one run, in the order in which `--json` prints them.

use crate::check::max_in_flight;
use crate::job::Job;
use crate::options::Mode;
use crate::run::Run;
use crate::statistics::{imbalance, percentile};
use crate::waits::{Wait, Waits};
use serde::Serialize;
use std::time::Duration;

/// One run in figures. What each means is in the text of `--help`.
#[derive(Debug, Serialize)]
pub(crate) struct Figures<'a> {
    pub(crate) file: &'a str,
    pub(crate) tasks: usize,
    pub(crate) edges: usize,
    pub(crate) policy: String,
    pub(crate) slots: usize,
    pub(crate) workers: usize,
    pub(crate) mode: String,
    pub(crate) time_scale: f64,
    pub(crate) makespan_s: f64,
    pub(crate) lower_bound_s: f64,
    pub(crate) ratio: Option<f64>,
    pub(crate) completed: usize,
    pub(crate) failed: usize,
    pub(crate) cancelled: usize,
    pub(crate) skipped: usize,
    pub(crate) max_in_flight: usize,
    pub(crate) queue_wait_us: QueueWait,
    pub(crate) overhead_us_per_task: Option<f64>,
    pub(crate) imbalance: f64,
    pub(crate) wall_s: f64,
    /// With `--explain`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) waits: Option<Vec<WaitFigures<'a>>>,
}

/// What tasks waited for.
#[derive(Debug, Serialize)]
pub(crate) struct WaitFigures<'a> {
    pub(crate) reason: &'static str,
    pub(crate) tasks: usize,
    pub(crate) total_s: f64,
    pub(crate) longest_s: f64,
    pub(crate) longest_task: &'a str,
}

/// How long tasks were ready before they started.
#[derive(Debug, Serialize)]
pub(crate) struct QueueWait {
    pub(crate) p50: f64,
    pub(crate) p99: f64,
}

impl<'a> Figures<'a> {
    pub(crate) fn of(job: &'a Job, run: &Run) -> Self {
        let makespan = run.makespan();
        let makespan_s = job.to_trace_secs(makespan);
        let lower_bound_s = job.lower_bound.as_secs_f64();
        let comparable = run.is_complete() && job.mode != Mode::Instant && lower_bound_s > 0.0;
        Self {
            file: &job.file,
            tasks: job.workflow.tasks.len(),
            edges: job.edges,
            policy: run.policy.to_string(),
            slots: job.slots,
            workers: job.workers,
            mode: job.mode.to_string(),
            time_scale: job.time_scale,
            makespan_s,
            lower_bound_s,
            ratio: comparable.then(|| makespan_s / lower_bound_s),
            completed: run.ends.completed,
            failed: run.ends.failed,
            cancelled: run.ends.cancelled,
            skipped: run.ends.skipped,
            max_in_flight: max_in_flight(&run.recording.spans),
            queue_wait_us: QueueWait::of(run.queue_waits()),
            overhead_us_per_task: run.is_complete().then(|| overhead_us(job, run)),
            imbalance: imbalance(&run.busy),
            wall_s: run.wall.as_secs_f64(),
            waits: run.waits.as_ref().map(|waits| WaitFigures::of(job, waits)),
        }
    }
}

impl<'a> WaitFigures<'a> {
    fn of(job: &'a Job, waits: &Waits) -> Vec<Self> {
        let figures = |wait: Wait| Self {
            reason: wait.reason,
            tasks: wait.tasks,
            total_s: job.to_trace_secs(wait.total),
            longest_s: job.to_trace_secs(wait.longest),
            longest_task: &job.workflow.tasks[wait.longest_task].id,
        };
        waits.summary().into_iter().map(figures).collect()
    }
}

impl QueueWait {
    fn of(mut waits: Vec<Duration>) -> Self {
        waits.sort_unstable();
        let micros = |percent| percentile(&waits, percent).as_nanos() as f64 / 1e3;
        Self { p50: micros(50), p99: micros(99) }
    }
}

/// What a task cost beyond its own work, in real microseconds.
fn overhead_us(job: &Job, run: &Run) -> f64 {
    let beyond = match job.mode {
        Mode::Instant => run.wall.as_secs_f64(),
        Mode::Wait | Mode::Cpu => {
            run.makespan().as_secs_f64() - job.to_real(run.predicted).as_secs_f64()
        }
    };
    beyond * 1e6 / job.workflow.tasks.len() as f64
}
