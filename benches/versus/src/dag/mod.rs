//! The comparison of engines for graphs of tasks: options, samples, table.
//!
//! All engines execute the same [`shape`]s of no-op tasks. Each sample first executes a small
//! graph of the same shape whose tasks check that everything they depend on is done, and then the
//! full one, whose tasks only count themselves.

pub mod body;
pub mod engine;
pub mod engines;
pub mod json;
pub mod markdown;
pub mod options;
pub mod pending;
pub mod shape;
pub mod standing;
pub mod table;
pub mod target;

use crate::measure::campaign::{self, Contest, Entrant};
use crate::measure::interrupt::{self, Interrupt};
use crate::measure::settings::Form;
use crate::measure::{child, sample};
use engine::EngineName;
use engines::tbb;
use options::{Errand, Options, SampleOptions};
use shape::ShapeName;
use standing::Standing;
use std::process::{Command, ExitCode};

/// Does what the options ask for.
pub fn run(options: &Options) -> ExitCode {
    match &options.errand {
        Some(Errand::Sample(errand)) => {
            take_sample(errand);
            ExitCode::SUCCESS
        }
        None => compare(options),
    }
}

/// In the child: one shape on one engine.
fn take_sample(errand: &SampleOptions) {
    let workers = usize::from(errand.workers);
    if errand.engine == EngineName::Tbb {
        sample::measure_with(|| tbb::measure(errand.shape, workers));
    } else {
        sample::measure(|| Ok(errand.engine.measure(errand.shape, workers).into()));
    }
}

/// In the parent: all rounds, then the result.
fn compare(options: &Options) -> ExitCode {
    let engines = options.engines();
    let interrupt = match Interrupt::listen() {
        Ok(interrupt) => interrupt,
        Err(error) => {
            eprintln!("error: cannot listen to Ctrl-C: {error}");
            return ExitCode::FAILURE;
        }
    };
    let no_tbb = if engines.contains(&EngineName::Tbb) { tbb::build().err() } else { None };
    let matches = options.matches();
    let contest = |&(shape, workers): &(ShapeName, u16)| {
        let entrants = engines.iter().map(|&engine| {
            let missing = no_tbb.clone().filter(|_| engine == EngineName::Tbb);
            entrant(shape, engine, workers, missing)
        });
        Contest { name: format!("{shape}, workers: {workers}"), entrants: entrants.collect() }
    };
    let contests: Vec<_> = matches.iter().map(contest).collect();
    let settings = &options.settings;
    let gathered = campaign::run(&contests, settings, settings.seed(), &interrupt);
    let standings: Vec<_> = matches
        .iter()
        .zip(&gathered)
        .flat_map(|(&(shape, workers), it)| Standing::of_all(shape, workers, &engines, it))
        .collect();
    match settings.form() {
        Form::Table => table::print(&standings),
        Form::Json => json::print(&standings),
        Form::Markdown => markdown::print(&standings),
    }
    if interrupt.is_asked() { ExitCode::from(interrupt::STATUS) } else { ExitCode::SUCCESS }
}

fn entrant(shape: ShapeName, engine: EngineName, workers: u16, missing: Option<String>) -> Entrant {
    let command = move || -> Command {
        let mut command = child::own_binary();
        command.arg("sample").args([shape.to_string(), engine.to_string(), workers.to_string()]);
        command
    };
    Entrant {
        name: engine.to_string(),
        command: match missing {
            Some(reason) => Err(reason),
            None => Ok(Box::new(command)),
        },
    }
}
