//! The first benchmark: what the parts of the main job cost. Exits with status 1 if a claim does
//! not hold.
//!
//! ```text
//! cargo run --release -p benches --bin spine
//! cargo run --release -p benches --bin spine -- --json --rounds 9
//! cargo run --release -p benches --bin spine -- --overhead         everything on against off
//! cargo run --release -p benches --bin spine -- --traces FOLDER     also published workflows
//! ```

mod agreement;
mod graphs;
mod overhead;
mod probe;
mod tasks;
mod timers;

use benches::{Report, say, workflow_files};
use clap::Parser;
use probe::Probe;
use std::path::PathBuf;
use std::process::ExitCode;

/// Measures tasks, timers, graphs and how well the simulator predicts.
#[derive(Debug, Parser)]
struct Options {
    /// Print one JSON object a line instead of a table
    #[arg(long)]
    json: bool,
    /// How often each figure is measured
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,
    /// Compare with the simulator on each WfFormat file of this folder, too
    #[arg(long, value_name = "FOLDER")]
    traces: Option<PathBuf>,
    /// Real seconds for each second of a published workflow
    #[arg(long, default_value_t = 0.01, value_parser = time_scale)]
    time_scale: f64,
    /// Compare a runtime on which everything is on that watches and adapts with one without, and
    /// nothing else
    #[arg(long)]
    overhead: bool,
    /// Measure one graph in this process and print its figures: how the others are measured
    #[arg(long, hide = true, value_name = "SHAPE:TASKS")]
    probe: Option<Probe>,
}

fn time_scale(text: &str) -> Result<f64, String> {
    let scale = text.parse().ok().filter(|scale| (1e-6..=1e3).contains(scale));
    scale.ok_or_else(|| "it must be a number from 1e-6 to 1e3".to_owned())
}

fn main() -> ExitCode {
    let options = Options::parse();
    if let Some(probe) = options.probe {
        say(probe.run());
        return ExitCode::SUCCESS;
    }
    let traces = match options.traces.as_deref().map(workflow_files).transpose() {
        Ok(traces) => traces.unwrap_or_default(),
        Err(error) => {
            eprintln!("error: --traces: the folder cannot be read: {error}");
            return ExitCode::from(2);
        }
    };
    let mut report = Report::begin(options.json);
    let rounds = usize::from(options.rounds);
    if options.overhead {
        overhead::measure(&mut report, rounds);
        return report.end();
    }
    tasks::measure(&mut report, rounds);
    timers::measure(&mut report, rounds);
    graphs::measure(&mut report, rounds);
    agreement::measure(&mut report, &traces, options.time_scale);
    report.end()
}
