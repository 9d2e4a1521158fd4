//! What is printed on standard output when the runs are over.

use crate::figures::Figures;
use crate::job::Job;
use crate::options::Mode;
use crate::run::Run;
use comfy_table::{CellAlignment, Table, presets};
use std::io::{self, Write};

/// Two lines each, so that the table fits a terminal.
const HEADER: [&str; 11] = [
    "policy",
    "makespan\ns",
    "lower\nbound s",
    "ratio",
    "predicted\ns",
    "wait p50\nms",
    "wait p99\nms",
    "in\nflight",
    "imbalance",
    "overhead\nus/task",
    "completed",
];

/// One line of JSON.
pub(crate) fn print_json(job: &Job, run: &Run) -> io::Result<()> {
    let line = serde_json::to_string(&Figures::of(job, run))?;
    writeln!(io::stdout().lock(), "{line}")
}

/// All runs in one table, and how to read it.
pub(crate) fn print_table(job: &Job, runs: &[Run]) -> io::Result<()> {
    let mut table = Table::new();
    table.load_preset(presets::ASCII_FULL_CONDENSED).set_header(HEADER);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.add_rows(runs.iter().map(|run| row(job, run)));
    let mut out = io::stdout().lock();
    writeln!(out, "{}\n\n{table}\n\n{}", head(job), foot(job))?;
    if let Some(run) = runs.iter().find(|run| !run.is_complete()) {
        writeln!(out, "\nInterrupted: {}", ends(run))?;
    }
    Ok(())
}

fn head(job: &Job) -> String {
    let work = match job.mode {
        Mode::Wait => format!("Each waits {:?} of its recorded runtime.", job.time_scale),
        Mode::Cpu => {
            format!("Each keeps a worker busy for {:?} of its recorded runtime.", job.time_scale)
        }
        Mode::Instant => "Each does nothing and ends at once.".to_owned(),
    };
    format!(
        "{}: {} tasks, {} dependencies, at most {} in flight on {} worker threads. {work}",
        job.file,
        job.workflow.tasks.len(),
        job.edges,
        job.slots,
        job.workers,
    )
}

fn foot(job: &Job) -> &'static str {
    match job.mode {
        Mode::Wait | Mode::Cpu => {
            "Makespan is how long the whole took, in seconds of the recorded run. No order of the \
             tasks can\nbeat the lower bound, so a ratio of 1 is perfect; the policies differ only \
             in which ready task\nstarts first. Predicted is what the same scheduler does on a \
             virtual clock, without any overhead.\nThe other columns: see --help."
        }
        Mode::Instant => {
            "The tasks do nothing, so makespan (here in real seconds) and overhead per task are \
             the cost of\nscheduling them. The lower bound is that of the recorded runtimes and \
             does not apply.\nThe other columns: see --help."
        }
    }
}

fn row(job: &Job, run: &Run) -> [String; 11] {
    let figures = Figures::of(job, run);
    let or_dash = |figure: Option<f64>, digits: usize| {
        figure.map_or_else(|| "-".to_owned(), |figure| format!("{figure:.digits$}"))
    };
    let applies = (job.mode != Mode::Instant).then_some(run.predicted.as_secs_f64());
    let makespan_digits = if job.mode == Mode::Instant { 4 } else { 1 };
    [
        figures.policy,
        format!("{:.makespan_digits$}", figures.makespan_s),
        format!("{:.1}", figures.lower_bound_s),
        or_dash(figures.ratio, 3),
        or_dash(applies, 1),
        format!("{:.2}", figures.queue_wait_us.p50 / 1e3),
        format!("{:.2}", figures.queue_wait_us.p99 / 1e3),
        figures.max_in_flight.to_string(),
        format!("{:.2}", figures.imbalance),
        or_dash(figures.overhead_us_per_task, 1),
        format!("{}/{}", figures.completed, figures.tasks),
    ]
}

fn ends(run: &Run) -> String {
    let ends = &run.ends;
    format!(
        "under {}, {} tasks had completed and {} were cancelled; {} failed, {} were skipped.",
        run.policy, ends.completed, ends.cancelled, ends.failed, ends.skipped,
    )
}
