//! Tables and progress.

use benches::say;
use comfy_table::presets::ASCII_MARKDOWN;
use comfy_table::{CellAlignment, Table};
use indicatif::{ProgressBar, ProgressStyle};

/// A table whose columns but the first are numbers.
pub(crate) struct Columns(Table);

impl Columns {
    pub(crate) fn new(title: &str, head: impl IntoIterator<Item = String>) -> Self {
        say(format_args!("\n{title}\n"));
        let mut table = Table::new();
        table.load_preset(ASCII_MARKDOWN).set_header(head);
        for column in table.column_iter_mut().skip(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        Self(table)
    }

    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.0.add_row(cells);
    }

    pub(crate) fn print(self) {
        say(self.0);
    }
}

/// A bar on standard error, if that is a terminal.
pub(crate) fn progress(steps: usize, what: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {eta}");
    let bar = ProgressBar::new(steps as u64).with_message(what);
    bar.with_style(style.expect("a valid template"))
}

/// The geometric mean; nothing if one of them is nothing.
pub(crate) fn geometric_mean(numbers: &[f64]) -> f64 {
    if numbers.contains(&0.0) {
        return 0.0;
    }
    let logarithms: f64 = numbers.iter().map(|number| number.ln()).sum();
    (logarithms / numbers.len() as f64).exp()
}
