//! Options that make no sense are refused before anything runs.

use crate::support::workflow;

fn refused(args: &[&str], parts: &[&str]) {
    let finished = workflow(args);
    assert_eq!(finished.code, 2, "{finished:?}");
    assert_eq!(finished.stdout, "", "{args:?}");
    for part in parts {
        assert!(finished.stderr.contains(part), "{part} in {}", finished.stderr);
    }
}

#[test]
fn numbers_out_of_range() {
    refused(&["--slots", "0"], &["--slots", "'0'", "at least 1"]);
    refused(&["--slots", "-1"], &["--slots", "'-1'", "at least 1"]);
    refused(&["--slots", "1.5"], &["--slots", "whole number"]);
    refused(&["--slots", "18446744073709551616"], &["--slots", "at most"]);
    refused(&["--workers", "0"], &["--workers", "'0'", "at least 1"]);
    refused(&["--workers", "-2"], &["--workers", "'-2'", "at least 1"]);
    refused(&["--workers", "100000"], &["--workers", "4096"]);
    refused(&["--workers", "two"], &["--workers", "two"]);
}

#[test]
fn time_scales_that_scale_nothing() {
    for scale in ["0", "-1", "NaN", "inf", "1e7", "fast"] {
        refused(&[&format!("--time-scale={scale}")], &["--time-scale", scale]);
    }
    refused(&["--time-scale", "-1"], &["'-1'", "at least 1e-9"]);
    refused(&["--time-scale", "9e-10"], &["at least 1e-9"]);
    refused(&["--time-scale", "1000001"], &["at most 1e6"]);
}

#[test]
fn unknown_words() {
    refused(&["--policy", "random"], &["random", "critical-path", "fifo", "level-barrier"]);
    refused(&["--mode", "sleep"], &["sleep", "wait", "cpu", "instant"]);
    refused(&["--colour"], &["--colour"]);
}

#[test]
fn the_version_is_told() {
    let version = workflow(["--version"]).success().stdout;
    assert_eq!(version, format!("workflow {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn help_explains_every_option_and_figure() {
    let help = workflow(["--help"]).success().stdout;
    for option in [
        "--workers",
        "--slots",
        "--policy",
        "--mode",
        "--time-scale",
        "--history",
        "--explain",
        "--trace",
        "--json",
        "[FILE]",
    ] {
        assert!(help.contains(option), "{option}");
    }
    for figure in [
        "makespan_s",
        "lower_bound_s",
        "ratio",
        "overhead_us_per_task",
        "imbalance",
        "waits",
        "Exit status",
    ] {
        assert!(help.contains(figure), "{figure}");
    }
}

#[test]
fn a_trace_that_cannot_be_written_is_noticed_before_the_run() {
    let finished = workflow(["--trace", "no/such/folder/out.json", "--time-scale", "1000"]);
    assert_eq!(finished.code, 2);
    let expected = "workflow: no/such/folder/out.json: cannot be written: No such file";
    assert!(finished.stderr.starts_with(expected), "{}", finished.stderr);
}
