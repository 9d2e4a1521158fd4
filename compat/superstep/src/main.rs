//! A fan-out superstep of an engine that was written for tokio, on graph_runtime and on tokio.
//!
//! ```text
//! cargo run --release --manifest-path compat/superstep/Cargo.toml
//! ```
//!
//! builds one program twice, on either, each with glibc's malloc and with mimalloc, runs them in
//! turn, each time in a fresh process, and prints the medians. The claim it guards: on
//! graph_runtime an engine does 1.3 times as many tasks a second.

mod measure;
mod options;
mod summary;

use std::process::ExitCode;

use clap::Parser;

use crate::options::Options;

fn main() -> ExitCode {
    let options = Options::parse();
    match measure::all(&options) {
        Ok(rows) => {
            println!("{}", summary::table(&options, &rows));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}
