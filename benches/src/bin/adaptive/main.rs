//! Controllers of concurrency against every fixed limit, on real work and real threads.
//!
//! ```text
//! cargo run --release -p benches --bin adaptive
//! cargo run --release -p benches --bin adaptive -- --quick
//! cargo run --release -p benches --bin adaptive -- --case timers-server --rounds 3 --json
//! ```
//!
//! Each case is fixed work in phases, and the figure is how long it takes. In each round every
//! contender runs once; one that takes 1.6 times as long as the prober is cut off, printed as
//! such, and not run again.

mod case;
mod contender;
mod load;
mod race;
mod server;
mod standing;

use case::Case;
use clap::{Parser, ValueEnum};
use contender::Contender;
use race::Race;
use standing::Runs;
use std::error::Error;
use std::process::ExitCode;

/// Compares controllers of concurrency with fixed limits.
#[derive(Debug, Parser)]
struct Options {
    /// Which cases to run [default: all]
    #[arg(long, value_enum, value_delimiter = ',')]
    case: Vec<Case>,
    /// How often to run each contender
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=10))]
    rounds: u32,
    /// A third of the work, in one round
    #[arg(long)]
    quick: bool,
    /// Print one JSON object a line instead of a table
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

/// Whether all targets are met.
fn run(options: &Options) -> Result<bool, Box<dyn Error>> {
    let all = || Case::value_variants().to_vec();
    let cases = if options.case.is_empty() { all() } else { options.case.clone() };
    let (rounds, divisor) = if options.quick { (1, 3) } else { (options.rounds, 1) };
    let cores = std::thread::available_parallelism()?.get();
    if !options.json {
        standing::head();
    }
    let mut is_met = true;
    for case in cases {
        let race = Race::new(case, cores, divisor)?;
        let runs = compare(&race, case, rounds, cores)?;
        is_met &= standing::print(case, &runs, options.json);
    }
    Ok(is_met)
}

fn compare(
    race: &Race,
    case: Case,
    rounds: u32,
    cores: usize,
) -> Result<Vec<Runs>, Box<dyn Error>> {
    let runs = |contender| Runs { contender, runs: Vec::new() };
    let mut all: Vec<_> = Contender::all(cores).into_iter().map(runs).collect();
    // Caches, connections and buffers, and what only the first run of a process costs.
    race.run(Contender::Prober, None)?;
    let mut reference = None;
    for round in 0..rounds {
        for runs in all.iter_mut().filter(|runs| !runs.is_cut_off()) {
            let run = race.run(runs.contender, reference)?;
            let seconds = run.makespan();
            eprintln!("{}, round {}: {}, {seconds:.2} s", case.name(), round + 1, runs.contender);
            if runs.contender == Contender::Prober {
                reference = Some(seconds);
            }
            runs.runs.push(run);
        }
    }
    Ok(all)
}
