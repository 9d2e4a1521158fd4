//! Printing what was measured, and whether it is what was claimed.

use crate::{Rounds, say};
use serde_json::json;
use std::process::ExitCode;

/// One benchmark's result.
#[derive(Debug, Clone)]
pub struct Row {
    /// What was measured.
    pub name: String,
    /// What ought to be true of it, in words.
    pub claim: &'static str,
    /// The claim as a number: the median must not be above it.
    pub limit: f64,
    /// What the figures are.
    pub unit: &'static str,
    /// The figures.
    pub figures: Rounds,
}

impl Row {
    /// Whether the claim holds.
    pub fn holds(&self) -> bool {
        self.figures.median <= self.limit
    }
}

/// Prints rows as they come: a table, or one JSON object a line.
#[derive(Debug)]
pub struct Report {
    json: bool,
    broken: usize,
}

impl Report {
    /// Begins, with the head of the table if it is to be one.
    pub fn begin(json: bool) -> Self {
        if !json {
            say("| benchmark | median | min | max | limit | unit | holds | claim |");
            say("|---|--:|--:|--:|--:|---|---|---|");
        }
        Self { json, broken: 0 }
    }

    /// Prints a row.
    pub fn row(&mut self, row: &Row) {
        let holds = row.holds();
        self.broken += usize::from(!holds);
        let Row { name, claim, limit, unit, figures: Rounds { median, min, max } } = row;
        let limit = (limit * 10.0).round() / 10.0;
        if self.json {
            let line = json!({
                "name": name, "median": median, "min": min, "max": max, "limit": limit,
                "unit": unit, "holds": holds, "claim": claim,
            });
            say(line);
        } else {
            let holds = if holds { "yes" } else { "NO" };
            say(format_args!(
                "| {name} | {median:.1} | {min:.1} | {max:.1} | {limit} | {unit} | {holds} | \
                 {claim} |"
            ));
        }
    }

    /// Success if every claim holds.
    pub fn end(self) -> ExitCode {
        if self.broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}
