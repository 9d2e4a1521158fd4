//! Figures that are to meet a target each.

use crate::say;
use comfy_table::presets::ASCII_MARKDOWN;
use comfy_table::{CellAlignment, Table};
use serde_json::json;
use std::fmt;
use std::process::ExitCode;

/// What a figure is to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Target {
    /// At most this.
    AtMost(f64),
    /// At least this.
    AtLeast(f64),
    /// Anything: it is only to be known.
    None,
}

impl Target {
    /// Whether `value` meets it.
    pub fn is_met(self, value: f64) -> bool {
        match self {
            Self::AtMost(limit) => value <= limit,
            Self::AtLeast(limit) => value >= limit,
            Self::None => true,
        }
    }

    fn limit(self) -> Option<f64> {
        match self {
            Self::AtMost(limit) | Self::AtLeast(limit) => Some(limit),
            Self::None => None,
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtMost(limit) => write!(f, "<= {limit}"),
            Self::AtLeast(limit) => write!(f, ">= {limit}"),
            Self::None => Ok(()),
        }
    }
}

/// One figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// Under what circumstances.
    pub case: String,
    /// What was measured.
    pub metric: &'static str,
    /// The figure.
    pub value: f64,
    /// What it is in.
    pub unit: &'static str,
    /// What it is to be.
    pub target: Target,
}

/// Prints figures: one JSON object a line as they come, or a table at the end.
///
/// # Examples
///
/// ```
/// use benches::{Finding, Findings, Target};
/// use std::process::ExitCode;
///
/// let mut findings = Findings::begin("sleep", true);
/// findings.add(Finding {
///     case: "1 ms".to_owned(),
///     metric: "lateness",
///     value: 0.06,
///     unit: "ms",
///     target: Target::AtMost(0.5),
/// });
/// assert_eq!(findings.end(), ExitCode::SUCCESS);
/// ```
#[derive(Debug)]
pub struct Findings {
    bench: &'static str,
    /// `None` if each is printed as it comes.
    table: Option<Table>,
    missed: usize,
}

impl Findings {
    /// Begins the report of `bench`.
    pub fn begin(bench: &'static str, json: bool) -> Self {
        let table = (!json).then(|| {
            let mut table = Table::new();
            table.load_preset(ASCII_MARKDOWN);
            table.set_header(["case", "metric", "value", "unit", "target", "met"]);
            if let Some(values) = table.column_mut(2) {
                values.set_cell_alignment(CellAlignment::Right);
            }
            table
        });
        Self { bench, table, missed: 0 }
    }

    /// Adds a figure.
    pub fn add(&mut self, finding: Finding) {
        let Finding { case, metric, value, unit, target } = finding;
        let met = target.limit().map(|_| target.is_met(value));
        self.missed += usize::from(met == Some(false));
        match &mut self.table {
            Some(table) => {
                let met = met.map_or("", |met| if met { "yes" } else { "NO" });
                let (value, target) = (format!("{value:.2}"), target.to_string());
                table.add_row([&case, metric, &value, unit, &target, met]);
            }
            None => say(json!({
                "bench": self.bench, "case": case, "metric": metric, "value": value,
                "unit": unit, "target": target.limit(), "met": met,
            })),
        }
    }

    /// Prints the table, if it is to be one. Success if every target is met.
    pub fn end(self) -> ExitCode {
        if let Some(table) = self.table {
            say(table);
        }
        if self.missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

#[cfg(test)]
mod tests {
    use super::{Finding, Findings, Target};
    use std::process::ExitCode;

    #[test]
    fn a_missed_target_fails_the_program() {
        let ends = |value, target| {
            let mut findings = Findings::begin("bench", false);
            findings.add(Finding { case: "case".into(), metric: "m", value, unit: "%", target });
            findings.end()
        };
        assert_eq!(ends(1.0, Target::AtMost(1.0)), ExitCode::SUCCESS);
        assert_eq!(ends(1.1, Target::AtMost(1.0)), ExitCode::FAILURE);
        assert_eq!(ends(0.9, Target::AtLeast(1.0)), ExitCode::FAILURE);
        assert_eq!(ends(f64::NAN, Target::AtMost(1.0)), ExitCode::FAILURE, "it is no figure");
        assert_eq!(ends(1e9, Target::None), ExitCode::SUCCESS);
    }
}
