//! The figures of all rounds in one table.

use comfy_table::{CellAlignment, Table};

use crate::measure::Row;
use crate::options::Options;

/// Tasks a second, in thousands, where a task takes so many nanoseconds.
fn thousands_per_second(ns: f64) -> f64 {
    1e6 / ns
}

fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 {
        sorted[middle]
    } else {
        f64::midpoint(sorted[middle - 1], sorted[middle])
    }
}

/// How far the figures are apart, in percent of their median.
fn spread(figures: &[f64]) -> f64 {
    let least = figures.iter().copied().fold(f64::INFINITY, f64::min);
    let most = figures.iter().copied().fold(0.0, f64::max);
    (most - least) / median(figures) * 100.0
}

/// A line for each engine and allocator, losses included.
pub(crate) fn table(options: &Options, rows: &[Row]) -> Table {
    let mut table = Table::new();
    table.load_preset(comfy_table::presets::NOTHING);
    table.set_header([
        "engine",
        "allocator",
        "graph_runtime\nns a task",
        "\nspread %",
        "tokio\nns a task",
        "\nspread %",
        "graph_runtime\n1000 tasks/s",
        "tasks/s\nof tokio's",
        "rounds\nwon",
    ]);
    for row in rows {
        let (ours, tokio) = (median(&row.ours), median(&row.tokio));
        let won = row.ours.iter().zip(&row.tokio).filter(|(ours, tokio)| ours < tokio).count();
        table.add_row([
            row.engine.name().to_owned(),
            row.allocator.name().to_owned(),
            format!("{ours:.0}"),
            format!("{:.0}", spread(&row.ours)),
            format!("{tokio:.0}"),
            format!("{:.0}", spread(&row.tokio)),
            format!("{:.0}", thousands_per_second(ours)),
            format!("{:.2}", tokio / ours),
            format!("{won} of {}", options.rounds),
        ]);
    }
    for column in table.column_iter_mut().skip(2) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_spreads() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
        assert_eq!(spread(&[90.0, 100.0, 120.0]), 30.0);
        assert_eq!(thousands_per_second(1000.0), 1000.0);
    }
}
