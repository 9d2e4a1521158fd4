//! The result as a table.

use super::standing::Standing;
use crate::allocator::Allocator;
use crate::peers::PeerName;
use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table};

const HEADER: [&str; 11] = [
    "workload",
    "peer",
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
///
/// # Panics
///
/// If standard output is closed.
pub fn print(standings: &[Standing]) {
    let mut table = Table::new();
    table.load_preset(NOTHING).set_header(HEADER);
    for column in 2..=8 {
        let column = table.column_mut(column).expect("there are as many columns as headings");
        column.set_cell_alignment(CellAlignment::Right);
    }
    for standing in standings {
        table.add_row(cells(standing));
    }
    println!("allocator: {}", Allocator::BUILT);
    println!("{}", table.trim_fmt());
    print_verdict(standings);
}

fn cells(standing: &Standing) -> Vec<String> {
    let ours = standing.peer == PeerName::GraphRuntime;
    let target = if ours { standing.row.target().to_string() } else { String::new() };
    let mut cells = vec![format!("{} [{}]", standing.row.name, standing.row.unit)];
    cells.push(standing.peer.to_string());
    match &standing.result {
        Ok(summary) => {
            cells.extend([summary.median, summary.min, summary.max].map(figure));
            cells.push(rounds(standing));
            cells.push(format!("{:.0} %", standing.external_cpu * 100.0));
            cells.extend([standing.ratio_to_tokio(), standing.ratio_to_best_peer()].map(ratio));
            cells.push(target);
            cells.push(verdict(standing).to_owned());
        }
        Err(reason) => {
            cells.extend(std::iter::repeat_n("-".to_owned(), 7));
            cells.push(target);
            cells.push(reason.clone());
        }
    }
    cells
}

fn rounds(standing: &Standing) -> String {
    match standing.discarded {
        0 => standing.rounds.to_string(),
        discarded => format!("{} (-{discarded})", standing.rounds),
    }
}

fn verdict(standing: &Standing) -> &'static str {
    match standing.meets_target() {
        Some(true) => "met",
        Some(false) => "MISSED",
        None => "",
    }
}

fn figure(figure: f64) -> String {
    if figure >= 100.0 { format!("{figure:.0}") } else { format!("{figure:.2}") }
}

fn ratio(ratio: Option<f64>) -> String {
    ratio.map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.2}"))
}

fn print_verdict(standings: &[Standing]) {
    let ours: Vec<_> = standings.iter().filter(|it| it.peer == PeerName::GraphRuntime).collect();
    let count = |verdict| ours.iter().filter(|it| it.meets_target() == verdict).count();
    let (met, missed, open) = (count(Some(true)), count(Some(false)), count(None));
    println!("targets: {met} met, {missed} missed, {open} not measured");
}
