//! `--history`: what is learnt about kinds of tasks is kept, and estimates come from it.

use crate::support::{Folder, generated, workflow};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use wfformat::Workflow;

/// Runs with a history, and returns what is in its file then, kind by kind.
fn learn(path: &Path, options: &[&str]) -> BTreeMap<String, Value> {
    let history = format!("--history={}", path.display());
    workflow(options.iter().copied().chain([history.as_str()])).success();
    serde_json::from_slice(&fs::read(path).unwrap()).expect("a map")
}

fn samples(known: &BTreeMap<String, Value>) -> u64 {
    known.values().map(|kind| kind["samples"].as_u64().expect("a count")).sum()
}

#[test]
fn what_runs_teach_is_kept_from_one_to_the_next() {
    let folder = Folder::new();
    let path = folder.path().join("history.json");
    let options = ["--policy=critical-path,fifo", "--time-scale=0.002", "--json"];
    let known = learn(&path, &options);
    let tasks = Workflow::read(&generated()).unwrap().tasks;
    assert_eq!(samples(&known), 2 * tasks.len() as u64, "two runs");
    for (kind, it) in &known {
        assert_eq!(it["trend"]["mean_log_time"], 0.0, "no task has told its size");
        let times = tasks.iter().filter(|task| task.kind == *kind);
        let times: Vec<f64> = times.map(|task| task.runtime.as_secs_f64()).collect();
        let least = times.iter().copied().fold(f64::INFINITY, f64::min);
        let mean = it["mean_s"].as_f64().expect("a number");
        // Recorded seconds: real ones would be 500 times less. A busy machine makes it more.
        assert!((0.99 * least..100.0 * least + 100.0).contains(&mean), "{kind}: {mean}, {times:?}");
    }
    assert_eq!(samples(&learn(&path, &options)), 4 * tasks.len() as u64);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing but the history");
}

#[test]
fn estimates_come_from_the_history() {
    let folder = Folder::new();
    let task = |name: &str| json!({ "name": name, "runtime": 1.0, "parents": [] });
    let tasks = ["short", "middle", "long"].map(task);
    let file = json!({ "workflow": { "tasks": tasks } }).to_string();
    let file = folder.file("workflow.json", file.as_bytes());
    let kind = |seconds: f64| json!({ "samples": 9, "mean_s": seconds, "estimate_s": seconds });
    let known = json!({ "short": kind(1.0), "middle": kind(5.0), "long": kind(90.0) }).to_string();
    let history = folder.file("history.json", known.as_bytes());
    let trace = folder.path().join("trace.json");
    let options = [
        file.display().to_string(),
        format!("--trace={}", trace.display()),
        "--policy=critical-path".to_owned(),
        "--slots=1".to_owned(),
    ];
    learn(&history, &options.each_ref().map(String::as_str));

    let trace: Value = serde_json::from_slice(&fs::read(trace).unwrap()).unwrap();
    let events = trace["traceEvents"].as_array().expect("a list").iter();
    let slices = events.filter(|event| event["ph"] == "X");
    let starts = slices.map(|event| (event["ts"].as_f64(), event["name"].as_str()));
    let mut starts: Vec<_> = starts.collect();
    starts.sort_by(|a, b| a.partial_cmp(b).expect("times are numbers"));
    let mut order: Vec<&str> = starts.into_iter().filter_map(|(_, name)| name).collect();
    order.dedup();
    let place = |name: &str| order.iter().position(|&it| it == name);
    assert!(place("long") < place("middle") && place("middle") < place("short"), "{order:?}");
}

/// Expects one line about the file that says all of `parts`, and no change to the file.
fn refused(path: &Path, parts: &[&str]) {
    let before = fs::read(path).ok();
    let finished = workflow([format!("--history={}", path.display())]);
    assert_eq!((finished.code, finished.stdout.as_str()), (2, ""), "{finished:?}");
    let head = format!("workflow: {}: ", path.display());
    let rest = finished.stderr.strip_prefix(&head).unwrap_or_else(|| panic!("{finished:?}"));
    assert_eq!(rest.lines().count(), 1, "{rest}");
    parts.iter().for_each(|part| assert!(rest.contains(part), "{rest} says {part}"));
    assert_eq!(fs::read(path).ok(), before);
}

#[test]
fn a_bad_file_is_noticed_before_the_run() {
    let folder = Folder::new();
    let bad = |content: &str, parts: &[&str]| {
        refused(&folder.file("bad.json", content.as_bytes()), parts);
    };
    bad("", &["line 1, column 0", "not a history"]);
    bad("{\n \"a\": 7}", &["line 2, column", "not a history", "KindHistory"]);
    bad(r#"{"a": {"samples": "many"}}"#, &["not a history", "many"]);
    bad(r#"{"a": {"samples": 1, "mean_s": -2.5}}"#, &["a: mean_s is -2.5", "no time"]);
    bad(r#"{"a": {"samples": 1, "mean_s": 1e300}}"#, &["a: mean_s is 1", "no time"]);
    refused(&generated(), &["not a history"]);
    refused(folder.path(), &["is a directory"]);
    refused(&folder.path().join("nowhere/history.json"), &["cannot be written", "No such file"]);
}

#[test]
fn a_device_keeps_no_history() {
    // One goes on for ever, the other keeps nothing.
    for device in ["/dev/zero", "/dev/null"] {
        let finished = workflow([format!("--history={device}")]);
        assert_eq!((finished.code, finished.stdout.as_str()), (2, ""), "{finished:?}");
        assert!(finished.stderr.contains(": is not a regular file"), "{finished:?}");
    }
}

#[test]
fn there_is_no_history_of_nothing() {
    let folder = Folder::new();
    let path = folder.path().join("history.json");
    let history = format!("--history={}", path.display());
    let finished = workflow([history.as_str(), "--mode=instant"]);
    assert_eq!(finished.code, 2, "{finished:?}");
    assert!(finished.stderr.contains("mode instant takes no time"), "{finished:?}");
    assert!(!path.exists());
}

#[test]
fn a_history_has_a_file_of_its_own() {
    let folder = Folder::new();
    let input = folder.file("workflow.json", &fs::read(generated()).unwrap());
    let known = folder.file("known.json", b"{}");
    let link = folder.path().join("link.json");
    std::os::unix::fs::symlink(&known, &link).unwrap();
    let new = folder.path().join("new.json");
    let detour = folder.path().join("../").join(folder.path().file_name().unwrap());
    let refused = |history: &Path, trace: Option<&Path>, reason: &str| {
        let trace = trace.map(|trace| format!("--trace={}", trace.display()));
        let history = format!("--history={}", history.display());
        let input = input.display().to_string();
        let finished =
            workflow([input, history, "--time-scale=1e-5".into()].into_iter().chain(trace));
        assert_eq!((finished.code, finished.stdout.as_str()), (2, ""), "{finished:?}");
        assert!(finished.stderr.contains(reason), "{finished:?}");
    };
    refused(&input, None, "it is the workflow to be read");
    let twice = "cannot be both the trace and the history";
    refused(&new, Some(&new), twice);
    refused(&new, Some(&detour.join("new.json")), twice);
    refused(&known, Some(&link), twice);
    refused(&link, Some(&detour.join("known.json")), twice);
    assert!(!new.exists());
    assert_eq!(fs::read(&known).unwrap(), b"{}");
    learn(&known, &[&format!("--trace={}", new.display()), "--time-scale=1e-5"]);
    assert!(new.exists(), "two files are two files");
}
