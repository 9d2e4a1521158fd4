//! The comparison of engines for graphs of tasks: options, samples, table.
//!
//! All engines execute the same [`shape`]s of no-op tasks. Each sample first executes a small
//! graph of the same shape whose tasks check that everything they depend on is done, and then the
//! full one, whose tasks only count themselves.

pub mod body;
pub mod engine;
pub mod engines;
pub mod json;
pub mod options;
pub mod pending;
pub mod shape;
pub mod standing;
pub mod table;
pub mod target;

use crate::measure::campaign::{self, Contest, Entrant};
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
        Some(Errand::Sample(errand)) => take_sample(errand),
        None => compare(options),
    }
    ExitCode::SUCCESS
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
fn compare(options: &Options) {
    let (shapes, engines) = (options.shapes(), options.engines());
    let no_tbb = if engines.contains(&EngineName::Tbb) { tbb::build().err() } else { None };
    let contest = |shape: &ShapeName| {
        let entrants = engines.iter().map(|&engine| {
            let missing = no_tbb.clone().filter(|_| engine == EngineName::Tbb);
            entrant(*shape, engine, options.settings.workers, missing)
        });
        Contest { name: shape.to_string(), entrants: entrants.collect() }
    };
    let contests: Vec<_> = shapes.iter().map(contest).collect();
    let gathered = campaign::run(&contests, &options.settings);
    let standings: Vec<_> = shapes
        .iter()
        .zip(&gathered)
        .flat_map(|(&shape, gathered)| Standing::of_all(shape, &engines, gathered))
        .collect();
    if options.settings.json {
        json::print(&standings);
    } else {
        table::print(&standings);
    }
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
