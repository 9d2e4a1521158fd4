//! Without `--json` there is a table for people.

use crate::support::workflow;

#[test]
fn the_table_has_a_row_for_each_policy_and_says_what_it_shows() {
    let finished = workflow(["--time-scale", "0.0005"]).success();
    for words in ["200 tasks", "makespan", "lower", "ratio", "predicted", "wait p99", "--help"] {
        assert!(finished.stdout.contains(words), "{words} in {}", finished.stdout);
    }
    for policy in ["critical-path", "fifo", "level-barrier"] {
        let row = finished.stdout.lines().find(|line| line.starts_with(&format!("| {policy}")));
        let row = row.unwrap_or_else(|| panic!("{policy} in {}", finished.stdout));
        assert!(row.contains("200/200"), "{row}");
    }
}

#[test]
fn progress_goes_to_standard_error_in_plain_lines() {
    let finished = workflow(["--mode", "instant", "--policy", "fifo"]).success();
    let lines: Vec<_> = finished.stderr.lines().collect();
    assert!(lines[0].starts_with("fifo: 200 tasks submitted"), "{lines:?}");
    assert!(lines[lines.len() - 1].starts_with("fifo: 200 of 200 done after "), "{lines:?}");
    assert!(!finished.stderr.contains('\u{1b}'), "no escape sequences: {}", finished.stderr);
}
