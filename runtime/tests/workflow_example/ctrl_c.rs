//! Ctrl-C: what runs is cancelled and joined, what was done is printed, exit status 130.

use crate::support::{count, interrupt, number, started};
use serde_json::Value;
use std::io::Read;
use std::process::Child;

/// Starts a run that would take minutes, waits until it says that it has begun, and interrupts it.
fn interrupted(args: &[&str]) -> (Child, String) {
    let (child, mut stderr, first) = started(args);
    assert!(first.contains("tasks submitted"), "{first}");
    interrupt(&child);
    let mut rest = String::new();
    stderr.read_to_string(&mut rest).expect("standard error is text");
    (child, rest)
}

#[test]
fn a_json_run_counts_what_was_cancelled_and_leaves_the_other_policies_out() {
    let (child, stderr) = interrupted(&["--json", "--time-scale", "10"]);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(130));
    assert!(stderr.contains("workflow: interrupted"), "{stderr}");

    let stdout = String::from_utf8(output.stdout).expect("text");
    let runs: Vec<Value> = stdout.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    let [run] = runs.as_slice() else { panic!("one run: {stdout}") };
    let ends = ["completed", "failed", "cancelled", "skipped"].map(|field| count(run, field));
    assert_eq!(ends.iter().sum::<u64>(), 200, "every task has ended: {run}");
    assert_eq!(ends[1], 0, "{run}");
    assert!(ends[2] > 0, "{run}");
    assert_eq!(run["ratio"], Value::Null, "{run}");
    assert_eq!(run["overhead_us_per_task"], Value::Null, "{run}");
    assert!(number(run, "wall_s") < 60.0, "{run}");
}

#[test]
fn a_run_that_burns_cpu_is_interrupted_too() {
    let (child, _) = interrupted(&["--mode", "cpu", "--time-scale", "10"]);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(130));
    let stdout = String::from_utf8(output.stdout).expect("text");
    assert!(stdout.contains("Interrupted: under critical-path, "), "{stdout}");
    assert!(!stdout.contains("\nfifo"), "{stdout}");
}
