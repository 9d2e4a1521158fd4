//! Options that make no sense, and an output that nobody can write to.

use std::fs::File;
use std::process::{Command, Stdio};

/// The exit status, and what is said on standard error.
fn run(program: &str, args: &[&str], output: Stdio) -> (Option<i32>, String) {
    let mut child = Command::new(program);
    child.args(args).stdin(Stdio::null()).stdout(output);
    let output = child.stderr(Stdio::piped()).output().expect("it starts");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn numbers_out_of_range_are_refused_before_anything_is_measured() {
    let spine = env!("CARGO_BIN_EXE_spine");
    for (program, args) in [
        (env!("CARGO_BIN_EXE_stall"), ["--workers", "0"]),
        (env!("CARGO_BIN_EXE_stall"), ["--workers", "100000"]),
        (env!("CARGO_BIN_EXE_imbalance"), ["--workers", "1025"]),
        (env!("CARGO_BIN_EXE_imbalance"), ["--rounds", "0"]),
        (spine, ["--time-scale", "NaN"]),
        (spine, ["--time-scale", "0"]),
        (spine, ["--traces", "no/such/folder"]),
        (env!("CARGO_BIN_EXE_adaptive"), ["--work", "inf"]),
        (env!("CARGO_BIN_EXE_monitor_accuracy"), ["--seconds", "0"]),
        (env!("CARGO_BIN_EXE_policy"), ["--slots", "0"]),
    ] {
        let (status, said) = run(program, &args, Stdio::null());
        assert_eq!(status, Some(2), "{program} {args:?}: {said}");
        assert!(said.contains(args[0]), "{program} {args:?}: {said}");
    }
}

#[test]
fn an_output_that_is_full_is_an_error_and_one_that_is_closed_an_end() {
    let policy = env!("CARGO_BIN_EXE_policy");
    let probe = env!("CARGO_BIN_EXE_spine");
    let runs: [(&str, &[&str]); 2] =
        [(policy, &["--random=3", "--slots=2", "--json"]), (probe, &["--probe=wide:10"])];
    for (program, args) in runs {
        let full = File::options().write(true).open("/dev/full").expect("Linux has it");
        let (status, said) = run(program, args, full.into());
        assert_eq!(status, Some(1), "{said}");
        assert!(said.starts_with("error: standard output: cannot be written: "), "{said}");
        let (reader, writer) = std::io::pipe().expect("there is a descriptor left");
        drop(reader);
        assert_eq!(run(program, args, writer.into()), (Some(0), String::new()));
    }
}
