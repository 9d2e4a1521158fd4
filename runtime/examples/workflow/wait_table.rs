//! With `--explain`: what the tasks of the runs waited for, in a table that fits 80 columns.

use crate::figures::{Figures, WaitFigures};
use crate::job::Job;
use crate::options::Mode;
use crate::run::Run;
use crate::table::brief;
use crate::wording::wrapped;
use comfy_table::{CellAlignment, Table, presets};

const COLUMNS: usize = 6;
/// As much of a task's name as there is room for.
const NAME_WIDTH: usize = 28;

/// The table, and how to read it; `None` if nobody has asked for it.
pub(crate) fn of(job: &Job, runs: &[Run]) -> Option<String> {
    let rows: Vec<_> = runs.iter().flat_map(|run| rows(job, run)).collect();
    if runs.iter().all(|run| run.waits.is_none()) {
        return None;
    }
    let unit = if job.mode == Mode::Instant { "real s" } else { "rec. s" };
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header([
        "\npolicy".to_owned(),
        "\nwaited for".to_owned(),
        "\ntasks".to_owned(),
        format!("in all\n{unit}"),
        format!("longest\n{unit}"),
        "\nby".to_owned(),
    ]);
    table.add_rows(rows);
    for column in table.column_iter_mut() {
        column.set_padding((0, 1));
        if (2..5).contains(&column.index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    Some(format!("{}\n\n{}", table.trim_fmt(), wrapped(FOOT)))
}

const FOOT: &str = "What tasks waited for between the submission and their start, by the reason \
                    that the executor gave whenever all of them were looked at.";

fn rows(job: &Job, run: &Run) -> Vec<[String; COLUMNS]> {
    let policy = run.policy.to_string();
    let waits = Figures::of(job, run).waits.unwrap_or_default();
    let row = |(nth, wait): (usize, WaitFigures<'_>)| {
        [
            if nth == 0 { policy.clone() } else { String::new() },
            wait.reason.to_owned(),
            wait.tasks.to_string(),
            brief(wait.total_s, 1),
            brief(wait.longest_s, 1),
            wait.longest_task.chars().take(NAME_WIDTH).collect(),
        ]
    };
    waits.into_iter().enumerate().map(row).collect()
}
