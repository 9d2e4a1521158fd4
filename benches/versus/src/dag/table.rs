//! The result as a table.

use super::standing::Standing;
use crate::measure::cell;
use crate::say::say;
use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table};

const HEADER: [&str; 14] = [
    "shape",
    "engine",
    "workers",
    "tasks",
    "ns/task",
    "min",
    "max",
    "rounds",
    "others",
    "/ tokio",
    "/ best peer",
    "build ns/task",
    "B/task",
    "targets",
];

/// Prints the table and, below it, how many targets were met.
pub fn print(standings: &[Standing]) {
    let mut table = Table::new();
    table.load_preset(NOTHING).set_header(HEADER);
    for column in 2..=12 {
        let column = table.column_mut(column).expect("there are as many columns as headings");
        column.set_cell_alignment(CellAlignment::Right);
    }
    for standing in standings {
        table.add_row(cells(standing));
    }
    say(table.trim_fmt());
    say(tally(standings));
}

fn cells(standing: &Standing) -> Vec<String> {
    let mut cells = vec![standing.shape.to_string(), standing.engine.to_string()];
    cells.push(standing.workers.to_string());
    match &standing.result {
        Ok(figures) => {
            let run = figures.run;
            cells.push(figures.tasks.to_string());
            cells.extend([run.median, run.min, run.max].map(|it| format!("{it:.1}")));
            cells.push(standing.quality.to_string());
            cells.push(standing.quality.others());
            cells.push(cell::ratio(standing.ratio_to_tokio()));
            cells.push(cell::ratio(standing.ratio_to_best_peer()));
            cells.push(format!("{:.1}", figures.build_ns));
            cells.push(format!("{:.1}", figures.bytes));
        }
        Err(_) => cells.extend(std::iter::repeat_n("-".to_owned(), 10)),
    }
    cells.push(standing.verdict());
    cells
}

/// How many targets were met.
pub fn tally(standings: &[Standing]) -> String {
    let verdicts = || standings.iter().flat_map(|it| &it.verdicts);
    let met = verdicts().filter(|(_, met)| *met).count();
    format!("targets: {met} met, {} missed", verdicts().count() - met)
}
