//! Runs the tests of a published crate with tokio taken out from under it.
//!
//! ```text
//! cargo run --manifest-path compat/conformance/Cargo.toml -- CRATE VERSION
//! ```
//!
//! gets the crate's source through cargo, copies it, puts `compat/tokio` in tokio's place, checks
//! that no other tokio is left in the tree, runs the crate's own tests, which nobody has changed,
//! and holds the figures against those on real tokio.
//!
//! Exit status: 0 if the figures are the same, 1 if they are not, 2 if there was nothing to
//! compare.

mod baseline;
mod build;
mod cargo;
mod compare;
mod error;
mod facade;
mod figures;
mod options;
mod process;
mod run;
mod source;
mod suite;
mod tree;

use std::process::ExitCode;

use clap::Parser;

use crate::compare::Verdict;
use crate::error::Error;
use crate::options::Options;
use crate::suite::{Suite, Under};

fn main() -> ExitCode {
    match compare(&Options::parse()) {
        Ok(Verdict::Same) => ExitCode::SUCCESS,
        Ok(Verdict::Different) => ExitCode::from(1),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn compare(options: &Options) -> Result<Verdict, Error> {
    let source = source::find(options)?;
    let ours = measure(options, &source, Under::Facade)?;
    let real = if options.real {
        Some(measure(options, &source, Under::Tokio)?.figures)
    } else {
        baseline::of(options)?
    };
    Ok(compare::report(options, &ours, real.as_ref()))
}

/// Builds the crate's tests on one of the two and runs them.
fn measure(
    options: &Options,
    source: &source::Source,
    under: Under,
) -> Result<run::Outcome, Error> {
    let suite = Suite::prepare(options, source, under)?;
    let built = build::tests(options, &suite)?;
    run::all(options, &suite, &built)
}
