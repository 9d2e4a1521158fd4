//! Controllers of concurrency against every fixed limit, on real work and real threads.
//!
//! ```text
//! cargo run --release -p benches --bin adaptive
//! cargo run --release -p benches --bin adaptive -- --quick
//! cargo run --release -p benches --bin adaptive -- --case timers-server --work 2 --json
//! ```
//!
//! Each case is fixed work in phases, and the figure is how long it takes:
//!
//! 1. Short runs find out which fixed limits are worth a comparison, from the powers of two to
//!    limits beside the best one.
//! 2. The prober and the best of them run in turns, each beginning every other round. What the
//!    prober is compared with in a round is the limit that was the best in the *other* rounds: the
//!    best of several noisy figures is better than it would be another time.
//! 3. Everybody else runs once.
//!
//! A run that takes half as long again as a first one of the prober is cut off, printed as such,
//! and its contender is not run again.

mod case;
mod contender;
mod hindsight;
mod load;
mod race;
mod rule;
mod server;
mod standing;

use case::{Case, Phase};
use clap::{Parser, ValueEnum};
use contender::Contender;
use hindsight::Hindsight;
use race::Race;
use standing::{Runs, Standing};
use std::error::Error;
use std::process::ExitCode;

/// Of fixed limits that run in turns with the prober.
const FINALISTS: usize = 2;
/// A run is cut off when it takes so many times as long as a first one of the prober.
const CUT_OFF: f64 = 1.5;
/// Nobody takes longer than this over its first run.
const LONGEST: f64 = 30.0;

/// Compares controllers of concurrency with fixed limits.
#[derive(Debug, Parser)]
struct Options {
    /// Which cases to run [default: all]
    #[arg(long, value_enum, value_delimiter = ',')]
    case: Vec<Case>,
    /// How often the prober and the best fixed limits run in turns
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(2..=50))]
    rounds: u32,
    /// How many times as much work as usual
    #[arg(long, default_value_t = 1.0, value_parser = work)]
    work: f64,
    /// A third of the work, in two rounds
    #[arg(long)]
    quick: bool,
    /// Print one JSON object a line instead of a table
    #[arg(long)]
    json: bool,
}

fn work(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(work) if (0.01..=100.0).contains(&work) => Ok(work),
        _ => Err("from 0.01 to 100".to_owned()),
    }
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
    let (rounds, work) =
        if options.quick { (2, options.work / 3.0) } else { (options.rounds, options.work) };
    let cores = std::thread::available_parallelism()?.get();
    let race = Race::new(cores)?;
    if !options.json {
        standing::head();
    }
    let mut is_met = true;
    for case in cases {
        is_met &= compare(&race, case, rounds, work, cores)?.print(options.json);
    }
    Ok(is_met)
}

fn compare(
    race: &Race,
    case: Case,
    rounds: u32,
    work: f64,
    cores: usize,
) -> Result<Standing, Box<dyn Error>> {
    let phases = case.phases(work);
    // Caches, connections and buffers, and what only the first run of a process costs.
    race.run(&Contender::Prober, &case.phases(work / 4.0), LONGEST)?;
    let most = CUT_OFF * race.run(&Contender::Prober, &phases, LONGEST)?.seconds;
    eprintln!("{}: looking for the best fixed limits", case.name());
    let hindsight = Hindsight::gain(race, &phases, cores, LONGEST)?;
    let rival = |contender| Runs { contender, runs: Vec::new() };
    let mut finals = vec![rival(Contender::Prober)];
    finals.extend(hindsight.finalists(FINALISTS).into_iter().map(Contender::Fixed).map(rival));
    if phases.len() > 1 {
        finals.push(rival(Contender::Oracle(hindsight.limits())));
    }
    for round in 0..rounds {
        take_turns(race, &mut finals, round, &phases, most)?;
        eprintln!("{}: round {} of {rounds}", case.name(), round + 1);
    }
    let others = [Contender::Gradient2, Contender::Vegas, Contender::Aimd, Contender::Rule];
    let others = others.into_iter().chain([cores, 2 * cores].map(Contender::Fixed));
    let mut others: Vec<_> = others.map(rival).collect();
    others.retain(|runs| finals.iter().all(|it| it.contender != runs.contender));
    take_turns(race, &mut others, 0, &phases, most)?;
    Ok(Standing { case, finals, others, hindsight })
}

/// Everybody runs once, unless cut off before; in odd rounds in reverse order.
fn take_turns(
    race: &Race,
    contenders: &mut [Runs],
    round: u32,
    phases: &[Phase],
    most: f64,
) -> Result<(), Box<dyn Error>> {
    let count = contenders.len();
    for turn in 0..count {
        let runs = &mut contenders[if round.is_multiple_of(2) { turn } else { count - 1 - turn }];
        if !runs.is_cut_off() {
            runs.runs.push(race.run(&runs.contender, phases, most)?);
        }
    }
    Ok(())
}
