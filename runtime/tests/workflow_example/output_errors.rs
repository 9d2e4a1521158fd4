//! Standard output or standard error that cannot be written to: what is lost, and what is not.

use crate::support::{binary, interrupt};
use serde_json::Value;
use std::fs::File;
use std::io::{BufRead, BufReader, PipeWriter, Read, pipe};
use std::process::{Child, Command, Stdio};

/// A pipe that nobody reads.
fn closed() -> PipeWriter {
    let (_, writer) = pipe().expect("there are pipes");
    writer
}

/// A disk without room.
fn full() -> File {
    File::options().write(true).open("/dev/full").expect("Linux has it")
}

fn start(args: &[&str], stdout: impl Into<Stdio>, stderr: impl Into<Stdio>) -> Child {
    let mut command = Command::new(binary());
    command.args(args).stdin(Stdio::null()).stdout(stdout).stderr(stderr);
    command.spawn().expect("the binary starts")
}

/// Runs with a broken standard error; the exit status and what was printed.
fn without_stderr(args: &[&str], stderr: impl Into<Stdio>) -> (Option<i32>, String) {
    let output = start(args, Stdio::piped(), stderr).wait_with_output().expect("it ends");
    (output.status.code(), String::from_utf8(output.stdout).expect("text"))
}

#[test]
fn the_results_do_not_need_standard_error() {
    let args = ["--json", "--mode=instant"];
    for (code, stdout) in [without_stderr(&args, closed()), without_stderr(&args, full())] {
        assert_eq!(code, Some(0));
        assert_eq!(stdout.lines().count(), 3, "{stdout}");
    }
    // Long enough for a line in the middle.
    let args = ["--policy=fifo", "--time-scale=0.01"];
    let (code, stdout) = without_stderr(&args, closed());
    assert_eq!(code, Some(0));
    assert!(stdout.contains("\nfifo "), "{stdout}");
}

#[test]
fn a_failure_keeps_its_exit_status_without_standard_error() {
    assert_eq!(without_stderr(&["no/such/file"], closed()), (Some(2), String::new()));
    assert_eq!(without_stderr(&["no/such/file"], full()), (Some(2), String::new()));
}

/// Interrupts a run of minutes whose standard error is broken. The paragraph on standard output
/// tells when it listens for Ctrl-C.
fn interrupted_without_stderr(stderr: impl Into<Stdio>) {
    let mut child = start(&["--time-scale=10"], Stdio::piped(), stderr);
    let mut stdout = BufReader::new(child.stdout.take().expect("it was piped"));
    let mut text = String::new();
    stdout.read_line(&mut text).expect("standard output is text");
    assert!(text.contains("200 tasks"), "{text}");
    interrupt(&child);
    stdout.read_to_string(&mut text).expect("standard output is text");
    assert_eq!(child.wait().expect("it ends").code(), Some(130), "{text}");
}

#[test]
fn ctrl_c_does_not_need_standard_error() {
    interrupted_without_stderr(closed());
    interrupted_without_stderr(full());
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    // Of minutes of runs under three policies, none is started for nobody.
    for args in [&["--json", "--mode=instant"][..], &["--time-scale=10"]] {
        let output = start(args, closed(), Stdio::piped()).wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let stderr = String::from_utf8(output.stderr).expect("text");
        assert!(!stderr.contains("workflow:"), "{stderr}");
        assert!(!stderr.contains("fifo"), "what follows the first line is not run: {stderr}");
    }
}

#[test]
fn the_first_line_can_be_had_alone() {
    let mut child = start(&["--json", "--time-scale=0.001"], Stdio::piped(), Stdio::null());
    let mut line = String::new();
    let mut stdout = BufReader::new(child.stdout.take().expect("it was piped"));
    stdout.read_line(&mut line).expect("a line");
    drop(stdout);
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
    let run: Value = serde_json::from_str(&line).expect("JSON");
    assert_eq!(run["policy"], "critical-path");
}

#[test]
fn results_that_are_lost_are_an_error() {
    for args in [["--mode=instant", "--json"], ["--mode=instant", "--policy=fifo"]] {
        let output = start(&args, full(), Stdio::piped()).wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(1));
        let stderr = String::from_utf8(output.stderr).expect("text");
        let last = stderr.lines().last().expect("a reason");
        assert!(last.starts_with("workflow: standard output: cannot be written: "), "{stderr}");
    }
}
