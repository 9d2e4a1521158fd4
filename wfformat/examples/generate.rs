//! Writes the generated mosaic workflow as WfFormat 1.5.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use graph_runtime_wfformat::{SEED_DEFAULT, generate};

/// Writes a generated workflow, shaped like a sky mosaic, as WfFormat 1.5.
#[derive(Parser)]
struct Args {
    /// The runtimes follow from this number.
    #[arg(long, default_value_t = SEED_DEFAULT)]
    seed: u64,
    /// The file to write; standard output if not given.
    #[arg(long)]
    out: Option<PathBuf>,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let json = generate(args.seed).to_json();
    let (place, written) = match &args.out {
        Some(path) => (path.display().to_string(), fs::write(path, json)),
        None => ("standard output".to_owned(), io::stdout().write_all(json.as_bytes())),
    };
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{place}: cannot be written: {error}");
            ExitCode::from(2)
        }
    }
}
