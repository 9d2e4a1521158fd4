//! What the order of tasks is worth: makespans, missed deadlines and memory under several
//! policies, on a virtual clock.
//!
//! ```text
//! cargo run --release -p benches --bin policy
//! cargo run --release -p benches --bin policy -- FOLDER --slots 4,16 --estimates noisy
//! cargo run --release -p benches --bin policy -- --random 100,10000 --estimates history
//! cargo run --release -p benches --bin policy -- --json
//! ```
//!
//! Each policy but work stealing is the scheduler that runs in production. Everything is
//! deterministic: the same options print the same figures.

mod contender;
mod estimates;
#[path = "../../../../scheduler/tests/behaviour/families.rs"]
mod families;
mod makespans;
mod memory;
mod output;
mod random;
mod shuffled;
mod stealing;
mod stream;
mod trace;

// The random graphs are those of the scheduler's tests, which call it by its full name.
extern crate scheduler as graph_runtime_scheduler;

use clap::{Parser, ValueEnum};
use estimates::Estimates;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use trace::{Trace, TraceError};

/// Where published workflows lie, beside the repository.
const FOLDER_USUAL: &str = "../shared/data/workflows";

/// Compares policies on workflows in WfFormat.
#[derive(Debug, Parser)]
struct Options {
    /// A folder of WfFormat files, or one such file [default: ../shared/data/workflows if it is
    /// there, else generated workflows]
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Instead: random workflows of several shapes, with so many tasks; a list
    #[arg(long, value_name = "TASKS", value_delimiter = ',', value_parser = count,
          conflicts_with = "folder")]
    random: Vec<usize>,
    /// How many tasks may run at once; a list
    #[arg(long, value_delimiter = ',', default_values_t = [2, 4, 16, 64], value_parser = count)]
    slots: Vec<usize>,
    /// What the scheduler is told about run times
    #[arg(long, value_enum, default_value_t)]
    estimates: Estimates,
    /// How many task starts may be rehearsed to improve an order, if estimates are exact
    #[arg(long, value_name = "STARTS", default_value_t = 1_000_000)]
    look_ahead: u64,
    /// Makespans with noisy estimates or a history are geometric means over so many draws
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=10_000))]
    draws: u64,
    /// What all random numbers follow from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print one JSON object a line instead of tables
    #[arg(long)]
    json: bool,
    /// Which tables to print [default: all of them, with --json the makespans]
    #[arg(long, value_enum, value_delimiter = ',')]
    tables: Vec<Table>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Table {
    /// One workflow at a time
    Makespans,
    /// A stream of workflows with deadlines on 16 slots
    Stream,
    /// One workflow at a time, with four times the memory of its largest task
    Memory,
}

impl Options {
    fn wants(&self, table: Table) -> bool {
        match self.tables.as_slice() {
            [] => table == Table::Makespans || !self.json,
            tables => tables.contains(&table),
        }
    }
}

fn count(text: &str) -> Result<usize, String> {
    let count = text.parse().map_err(|_| "it is not a whole number".to_owned())?;
    if (1..=1 << 20).contains(&count) { Ok(count) } else { Err("it is not in 1 to 2^20".into()) }
}

fn main() -> ExitCode {
    let options = Options::parse();
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), TraceError> {
    let traces = match options.random.as_slice() {
        [] => traces(options.folder.as_deref())?,
        sizes => random::traces(sizes, options.seed),
    };
    if options.wants(Table::Makespans) {
        makespans::measure(&traces, options);
    }
    if options.wants(Table::Stream) {
        stream::measure(&traces, options);
    }
    if options.wants(Table::Memory) {
        memory::measure(&traces, options);
    }
    Ok(())
}

fn traces(folder: Option<&Path>) -> Result<Vec<Trace>, TraceError> {
    let usual = Path::new(FOLDER_USUAL);
    match folder {
        Some(folder) => trace::read(folder),
        None if usual.is_dir() => trace::read(usual),
        None => {
            eprintln!("{FOLDER_USUAL} is not there: using generated workflows");
            Ok(trace::generated())
        }
    }
}
