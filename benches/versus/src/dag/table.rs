//! The result as a table.

use super::standing::Standing;
use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table};

const HEADER: [&str; 12] = [
    "shape",
    "engine",
    "tasks",
    "ns/task",
    "min",
    "max",
    "rounds",
    "others",
    "/ tokio",
    "build ns/task",
    "B/task",
    "targets",
];

/// Prints the table and, below it, how many targets were met.
///
/// # Panics
///
/// If standard output is closed.
pub fn print(standings: &[Standing]) {
    let mut table = Table::new();
    table.load_preset(NOTHING).set_header(HEADER);
    for column in 2..=10 {
        let column = table.column_mut(column).expect("there are as many columns as headings");
        column.set_cell_alignment(CellAlignment::Right);
    }
    for standing in standings {
        table.add_row(cells(standing));
    }
    println!("{}", table.trim_fmt());
    let verdicts = || standings.iter().flat_map(|it| &it.verdicts);
    let met = verdicts().filter(|(_, met)| *met).count();
    println!("targets: {met} met, {} missed", verdicts().count() - met);
}

fn cells(standing: &Standing) -> Vec<String> {
    let mut cells = vec![standing.shape.to_string(), standing.engine.to_string()];
    match &standing.result {
        Ok(figures) => {
            let run = figures.run;
            cells.push(figures.tasks.to_string());
            cells.extend([run.median, run.min, run.max].map(|it| format!("{it:.1}")));
            cells.push(match standing.discarded {
                0 => standing.rounds.to_string(),
                discarded => format!("{} (-{discarded})", standing.rounds),
            });
            cells.push(format!("{:.0} %", standing.external_cpu * 100.0));
            cells.push(standing.ratio_to_tokio.map_or("-".to_owned(), |it| format!("{it:.3}")));
            cells.push(format!("{:.1}", figures.build_ns));
            cells.push(format!("{:.1}", figures.bytes));
            cells.push(verdicts(standing));
        }
        Err(reason) => {
            cells.extend(std::iter::repeat_n("-".to_owned(), 9));
            cells.push(reason.clone());
        }
    }
    cells
}

fn verdicts(standing: &Standing) -> String {
    let verdict = |(target, met): &(String, bool)| {
        format!("{target} {}", if *met { "met" } else { "MISSED" })
    };
    standing.verdicts.iter().map(verdict).collect::<Vec<_>>().join(", ")
}
