//! The resource monitor against what the kernel says elsewhere, and what a sample costs. Exits
//! with status 1 if a target is missed. With `--scrape`, what it costs to export all figures.
//!
//! ```text
//! cargo run --release -p benches --bin monitor_accuracy
//! cargo run --release -p benches --bin monitor_accuracy -- --json --seconds 4
//! cargo run --release -p benches --bin monitor_accuracy -- --scrape
//! cargo run --release -p benches --bin monitor_accuracy -- --only ticks
//! ```
//!
//! The other sources are read by code that shares nothing with the monitor's. A deviation is
//! relative to what the other source says, but at least to a hundredth of a core for what a
//! process or cgroup uses, and to a twentieth of the machine for what the machine does: below that
//! one tick of the kernel's accounting is more than the tolerance.

mod accuracy;
mod cost;
mod duty;
mod files_read;
mod oracle;
mod scrape;
mod vmstat;

use benches::Findings;
use clap::{Parser, ValueEnum};
use std::process::ExitCode;

/// Holds the monitor against getrusage, cpu.stat, VmRSS, /proc/stat and vmstat.
#[derive(Debug, Parser)]
struct Options {
    /// Print one JSON object a line instead of a table
    #[arg(long)]
    json: bool,
    /// How long each load is measured
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=600))]
    seconds: u16,
    /// Measure what it costs to export all figures of busy workers, and nothing else
    #[arg(long, conflicts_with = "seconds")]
    scrape: bool,
    /// Measure only one of the two others
    #[arg(long, conflicts_with = "scrape")]
    only: Option<Part>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// What a sample costs
    Ticks,
    /// What it says
    Accuracy,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let mut findings = Findings::begin("monitor_accuracy", options.json);
    if options.scrape {
        scrape::measure(&mut findings);
        return findings.end();
    }
    let is_left_out = |part| options.only.is_some_and(|only| only != part);
    if !is_left_out(Part::Ticks) {
        cost::measure(&mut findings);
    }
    for percent in [0, 25, 50, 100].into_iter().filter(|_| !is_left_out(Part::Accuracy)) {
        eprintln!("{percent} % of each core for {} s", options.seconds);
        accuracy::measure(&mut findings, percent, options.seconds);
    }
    findings.end()
}
