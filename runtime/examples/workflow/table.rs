//! The runs side by side in a table that fits 80 columns, and what a newcomer needs to read it.

use crate::figures::Figures;
use crate::job::Job;
use crate::options::Mode;
use crate::run::Run;
use crate::wording::{counted, wrapped};
use comfy_table::{CellAlignment, Table, presets};

const COLUMNS: usize = 10;

/// Names in two lines, so that the columns are narrow; the units in a third.
const TIMED_HEADER: [&str; COLUMNS] = [
    "\npolicy",
    "\nmakespan\nrec. s",
    "\nbound\nrec. s",
    "\nratio",
    "pre-\ndicted\nrec. s",
    "wait\np50\nreal ms",
    "wait\np99\nreal ms",
    "in\nflight",
    "im-\nbalance",
    "\ndone",
];

/// In mode instant the prediction would be 0; the cost of a task is of interest instead.
const INSTANT_HEADER: [&str; COLUMNS] = {
    let mut header = TIMED_HEADER;
    header[1] = "\nmakespan\nreal s";
    header[4] = "over-\nhead\nus/task";
    header
};

/// What is to be run.
pub(crate) fn head(job: &Job) -> String {
    let scale = job.time_scale;
    let work = match job.mode {
        Mode::Wait => format!("Each waits {scale:?} of its runtime."),
        Mode::Cpu => format!("Each keeps a worker busy for {scale:?} of its runtime."),
        Mode::Instant => "Each does nothing and ends at once.".to_owned(),
    };
    let tasks = counted(job.workflow.tasks.len(), "task", "tasks");
    let dependencies = counted(job.edges, "dependency", "dependencies");
    let threads = counted(job.workers, "worker thread", "worker threads");
    let (file, slots) = (&job.file, job.slots);
    let what = wrapped(&format!("{file}: {tasks}, {dependencies}, mode {}.", job.mode));
    let how = wrapped(&format!("At most {slots} in flight on {threads}. {work}"));
    format!("{what}\n{how}")
}

/// The table, and how to read it.
pub(crate) fn of(job: &Job, runs: &[Run]) -> String {
    let header = if job.mode == Mode::Instant { INSTANT_HEADER } else { TIMED_HEADER };
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header(header);
    table.add_rows(runs.iter().map(|run| row(job, run)));
    for column in table.column_iter_mut() {
        column.set_padding((0, 1));
        if column.index > 0 {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let mut text = format!("{}\n\n{}", table.trim_fmt(), wrapped(foot(job.mode)));
    if job.mode != Mode::Instant {
        text.push('\n');
        text.push_str(&wrapped(&units(job)));
    }
    if let Some(run) = runs.iter().find(|run| !run.is_complete()) {
        text.push_str("\n\n");
        text.push_str(&wrapped(&interruption(run)));
    }
    text
}

fn foot(mode: Mode) -> &'static str {
    match mode {
        Mode::Wait | Mode::Cpu => {
            "Makespan is how long the whole took. No order of the tasks can beat the lower bound, \
             so a ratio of 1 is perfect; the policies differ only in which ready task starts \
             first. Predicted is what the same scheduler does on a virtual clock, without any \
             overhead. Wait is how long tasks were ready before they started: half of them not \
             longer than p50, 99 in 100 not longer than p99. In flight is the most tasks at \
             once. Imbalance is the busiest worker's busy time over the mean of all."
        }
        Mode::Instant => {
            "The tasks do nothing, so makespan and overhead, both in real time, are what \
             scheduling them costs. The lower bound is that of the recorded runtimes and does not \
             apply, so there is no ratio. The other columns: see --help."
        }
    }
}

fn units(job: &Job) -> String {
    format!(
        "Times: rec. s are seconds of the recorded run, each of which takes {:?} s here; real ms \
         are milliseconds that really passed. More: see --help.",
        job.time_scale
    )
}

fn row(job: &Job, run: &Run) -> [String; COLUMNS] {
    let figures = Figures::of(job, run);
    let or_dash = |figure: Option<String>| figure.unwrap_or_else(|| "-".to_owned());
    let (makespan, fifth) = match job.mode {
        Mode::Instant => {
            let overhead = figures.overhead_us_per_task.map(|cost| brief(cost, 2));
            (brief(figures.makespan_s, 5), or_dash(overhead))
        }
        Mode::Wait | Mode::Cpu => {
            (brief(figures.makespan_s, 1), brief(run.predicted.as_secs_f64(), 1))
        }
    };
    [
        figures.policy,
        makespan,
        brief(figures.lower_bound_s, 1),
        or_dash(figures.ratio.map(|ratio| brief(ratio, 3))),
        fifth,
        brief(figures.queue_wait_us.p50 / 1e3, 2),
        brief(figures.queue_wait_us.p99 / 1e3, 2),
        figures.max_in_flight.to_string(),
        format!("{:.2}", figures.imbalance),
        figures.completed.to_string(),
    ]
}

/// A figure with so many digits behind the point, or without any if it is large: those would not
/// be read, and columns are scarce.
pub(crate) fn brief(figure: f64, digits: usize) -> String {
    let digits = if figure < 1e3 { digits } else { 0 };
    format!("{figure:.digits$}")
}

fn interruption(run: &Run) -> String {
    let ends = &run.ends;
    let completed = counted(ends.completed, "task", "tasks");
    format!(
        "Interrupted: under {}, {completed} had completed and {} did not: {} cancelled, {} \
         skipped, {} failed.",
        run.policy,
        ends.cancelled + ends.skipped + ends.failed,
        ends.cancelled,
        ends.skipped,
        ends.failed,
    )
}
