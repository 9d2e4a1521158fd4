//! The result as a table.

use super::standing::Standing;
use crate::allocator::Allocator;
use crate::measure::cell;
use crate::say::say;
use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table};

const HEADER: [&str; 12] = [
    "workload",
    "peer",
    "workers",
    "median",
    "min",
    "max",
    "rounds",
    "others",
    "/ tokio",
    "/ best peer",
    "target",
    "",
];

/// Prints the table and, below it, how many targets were met.
pub fn print(standings: &[Standing]) {
    let mut table = Table::new();
    table.load_preset(NOTHING).set_header(HEADER);
    for column in 2..=9 {
        let column = table.column_mut(column).expect("there are as many columns as headings");
        column.set_cell_alignment(CellAlignment::Right);
    }
    for standing in standings {
        table.add_row(cells(standing));
    }
    say(format_args!("allocator: {}", Allocator::BUILT));
    say(table.trim_fmt());
    say(tally(standings));
}

fn cells(standing: &Standing) -> Vec<String> {
    let mut cells = vec![format!("{} [{}]", standing.row.name, standing.row.unit)];
    cells.push(standing.peer.to_string());
    cells.push(standing.workers.to_string());
    match &standing.result {
        Ok(summary) => {
            cells.extend([summary.median, summary.min, summary.max].map(cell::figure));
            cells.push(standing.quality.to_string());
            cells.push(standing.quality.others());
            cells.push(cell::ratio(standing.ratio_to_tokio()));
            cells.push(cell::ratio(standing.ratio_to_best_peer()));
        }
        Err(_) => cells.extend(std::iter::repeat_n("-".to_owned(), 7)),
    }
    cells.push(standing.target().map(|it| it.to_string()).unwrap_or_default());
    cells.push(standing.verdict());
    cells
}

/// How many targets were met.
pub fn tally(standings: &[Standing]) -> String {
    let ours: Vec<_> = standings.iter().filter(|it| it.target().is_some()).collect();
    let count = |verdict| ours.iter().filter(|it| it.meets_target() == verdict).count();
    let (met, missed, open) = (count(Some(true)), count(Some(false)), count(None));
    format!("targets: {met} met, {missed} missed, {open} not measured")
}
