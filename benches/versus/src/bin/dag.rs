//! `dag`: engines for graphs of tasks, side by side.

use clap::Parser;
use std::process::ExitCode;
use versus::dag::options::Options;

fn main() -> ExitCode {
    versus::dag::run(&Options::parse())
}
