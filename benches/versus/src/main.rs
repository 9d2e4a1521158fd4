//! `versus`: graph_runtime against its peers.

use clap::Parser;
use std::process::ExitCode;
use versus::versus::options::Options;

fn main() -> ExitCode {
    versus::versus::run(&Options::parse())
}
