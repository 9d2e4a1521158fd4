//! Building the programs, and running them in turn.

use std::env;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use thiserror::Error;

use crate::options::{Allocator, Engine, Options};

/// There are no figures.
#[derive(Debug, Error)]
#[non_exhaustive]
pub(crate) enum Error {
    #[error("{program} cannot be started: {source}")]
    Start { program: String, source: io::Error },
    #[error("{what} failed:\n{words}")]
    Failed { what: String, words: String },
    #[error("{what} printed no figure, but: {words}")]
    NoFigure { what: String, words: String },
}

/// What a program runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum On {
    GraphRuntime,
    Tokio,
}

impl On {
    fn package(self) -> &'static str {
        match self {
            Self::GraphRuntime => "on-graph_runtime",
            Self::Tokio => "on-tokio",
        }
    }
}

/// The nanoseconds a task took, one figure a round, on either.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) engine: Engine,
    pub(crate) allocator: Allocator,
    pub(crate) ours: Vec<f64>,
    pub(crate) tokio: Vec<f64>,
}

/// Builds all programs, then runs them, round by round.
pub(crate) fn all(options: &Options) -> Result<Vec<Row>, Error> {
    if !options.no_build {
        for allocator in &options.allocators {
            build(options, On::GraphRuntime, *allocator)?;
            build(options, On::Tokio, *allocator)?;
        }
    }
    let mut rows: Vec<Row> = Vec::new();
    for engine in &options.engines {
        for allocator in &options.allocators {
            rows.push(Row { engine: *engine, allocator: *allocator, ours: vec![], tokio: vec![] });
        }
    }
    for round in 1..=options.rounds {
        eprintln!("round {round} of {}", options.rounds);
        for row in &mut rows {
            // Neither is always the first.
            let order = if round % 2 == 0 {
                [On::GraphRuntime, On::Tokio]
            } else {
                [On::Tokio, On::GraphRuntime]
            };
            for on in order {
                let figure = sample(options, row, on)?;
                match on {
                    On::GraphRuntime => row.ours.push(figure),
                    On::Tokio => row.tokio.push(figure),
                }
            }
        }
    }
    Ok(rows)
}

fn folder(options: &Options, allocator: Allocator) -> PathBuf {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("target/programs");
    options.folder.clone().unwrap_or_else(default).join(allocator.name())
}

fn build(options: &Options, on: On, allocator: Allocator) -> Result<(), Error> {
    eprintln!("building {} with {}", on.package(), allocator.name());
    let mut command = Command::new(env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()));
    command
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(on.package()))
        .args(["build", "--release", "--target-dir"])
        .arg(folder(options, allocator));
    if allocator == Allocator::Mimalloc {
        command.arg("--features=mimalloc");
    }
    run(&mut command).map(drop)
}

fn sample(options: &Options, row: &Row, on: On) -> Result<f64, Error> {
    let name = format!("superstep-{}", on.package());
    let mut command = Command::new(folder(options, row.allocator).join("release").join(&name));
    for (option, value) in [
        ("--width", options.width),
        ("--at-once", options.at_once),
        ("--runs", options.runs),
        ("--workers", options.workers),
    ] {
        command.arg(option).arg(value.to_string());
    }
    let printed = run(command.args(["--engine", row.engine.name()]))?;
    printed.trim().parse().map_err(|_| Error::NoFigure { what: name, words: printed })
}

/// Runs a command that must succeed; what it printed.
fn run(command: &mut Command) -> Result<String, Error> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output =
        command.output().map_err(|source| Error::Start { program: program.clone(), source })?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        Err(Error::Failed { what: program, words })
    }
}
