//! Without `--json` there is a table for people.

use crate::support::{Folder, workflow};

#[test]
fn the_table_has_a_row_for_each_policy_and_says_what_it_shows() {
    let finished = workflow(["--time-scale", "0.0005"]).success();
    for words in [
        "200 tasks",
        "makespan",
        "bound",
        "ratio",
        "dicted",
        "p50",
        "p99",
        "flight",
        "balance",
        "done",
        "rec. s",
        "real ms",
        "Predicted",
        "--help",
    ] {
        assert!(finished.stdout.contains(words), "{words} in {}", finished.stdout);
    }
    for policy in ["critical-path", "fifo", "level-barrier"] {
        let row = finished.stdout.lines().find(|line| line.starts_with(&format!("{policy} ")));
        let row = row.unwrap_or_else(|| panic!("{policy} in {}", finished.stdout));
        let figures: Vec<_> = row.split_whitespace().collect();
        assert_eq!((figures.len(), figures[9]), (10, "200"), "{row}");
        assert_eq!(figures[2], "111.0", "the lower bound: {row}");
    }
}

#[test]
fn a_terminal_of_80_columns_is_wide_enough() {
    let texts = [
        workflow(["--mode=instant"]).success().stdout,
        workflow(["--mode=cpu", "--time-scale=0.0001", "--policy=fifo"]).success().stdout,
        workflow(["--time-scale=1e-9"]).success().stdout,
    ];
    assert!(texts.iter().flat_map(|text| text.lines()).all(|line| !line.ends_with(' ')));
    let help = workflow(["--help"]).success().stdout;
    for line in texts.iter().chain([&help]).flat_map(|text| text.lines()) {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn an_instant_run_shows_its_cost_and_no_ratio() {
    let finished = workflow(["--mode=instant", "--policy=fifo"]).success();
    let row = finished.stdout.lines().find(|line| line.starts_with("fifo ")).expect("a row");
    let figures: Vec<_> = row.split_whitespace().collect();
    assert_eq!(figures[3], "-", "{row}");
    assert!(figures[4].parse::<f64>().expect("overhead per task") > 0.0, "{row}");
    assert!(finished.stdout.contains("us/task"), "{}", finished.stdout);
}

#[test]
fn one_task_is_no_tasks() {
    let folder = Folder::new();
    let text = r#"{"workflow": {"tasks": [{"name": "a", "runtime": 1}]}}"#;
    let path = folder.file("one.json", text.as_bytes());
    let args = ["--mode=instant", "--policy=fifo", "--workers=1"].map(AsRef::as_ref);
    let finished = workflow(args.into_iter().chain([path.as_os_str()])).success();
    let words = finished.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains(": 1 task, 0 dependencies, "), "{words}");
    assert!(words.contains(" on 1 worker thread. "), "{words}");
    assert!(finished.stderr.starts_with("fifo: 1 task submitted"), "{}", finished.stderr);
}

#[test]
fn progress_goes_to_standard_error_in_plain_lines() {
    let finished = workflow(["--mode", "instant", "--policy", "fifo"]).success();
    let lines: Vec<_> = finished.stderr.lines().collect();
    assert!(lines[0].starts_with("fifo: 200 tasks submitted"), "{lines:?}");
    assert!(lines[lines.len() - 1].starts_with("fifo: 200 of 200 done after "), "{lines:?}");
    assert!(!finished.stderr.contains('\u{1b}'), "no escape sequences: {}", finished.stderr);
}
