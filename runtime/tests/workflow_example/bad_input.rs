//! Bad input: one line that names the file, the place in it and the reason, and exit status 2.

use crate::support::{Folder, workflow};
use std::path::Path;

/// Runs the file and expects `workflow: FILE: REST` with each of `parts` in the rest.
fn refused(path: &Path, parts: &[&str]) {
    let finished = workflow([path]);
    assert_eq!(finished.code, 2, "{finished:?}");
    assert_eq!(finished.stdout, "");
    let head = format!("workflow: {}: ", path.display());
    let line = finished.stderr.strip_suffix('\n').expect("a whole line");
    assert!(!line.contains('\n'), "one line: {line}");
    let rest = line.strip_prefix(&head).unwrap_or_else(|| panic!("{line} begins with {head}"));
    for part in parts {
        assert!(rest.contains(part), "{line} says {part}");
    }
}

fn refused_content(content: &str, parts: &[&str]) {
    let folder = Folder::new();
    refused(&folder.file("bad.json", content.as_bytes()), parts);
}

fn tasks(tasks: &str) -> String {
    format!(r#"{{"workflow": {{"tasks": [{tasks}]}}}}"#)
}

#[test]
fn a_missing_file() {
    let folder = Folder::new();
    refused(&folder.path().join("nowhere.json"), &["cannot be read", "No such file"]);
}

#[test]
fn a_folder() {
    let folder = Folder::new();
    refused(folder.path(), &["is a directory"]);
}

#[test]
fn no_text() {
    let folder = Folder::new();
    refused(&folder.file("bad.json", b"{\"a\": \xff}"), &["byte 6", "not UTF-8"]);
}

#[test]
fn no_json() {
    refused_content("{\n  \"workflow\": oops", &["line 2, column", "not JSON"]);
    refused_content("", &["line 1, column", "not JSON"]);
}

#[test]
fn no_workflow() {
    refused_content("{}", &["no workflow"]);
    refused_content("[1, 2]", &["top level: expected an object, found a list"]);
}

#[test]
fn an_empty_workflow() {
    refused_content(&tasks(""), &["workflow.tasks: ", "empty"]);
}

#[test]
fn an_unknown_parent() {
    let text = tasks(r#"{"name": "a", "runtime": 1, "parents": ["ghost"]}"#);
    refused_content(&text, &["workflow.tasks[0].parents[0]: ", "unknown parent", "ghost"]);
}

#[test]
fn a_cycle_is_named_task_by_task() {
    let text = tasks(
        r#"{"name": "a", "runtime": 1, "parents": ["c"]},
           {"name": "b", "runtime": 1, "parents": ["a"]},
           {"name": "c", "runtime": 1, "parents": ["b"]}"#,
    );
    refused_content(&text, &["workflow.tasks: ", "cycle", "a -> b -> c -> a"]);
}

#[test]
fn a_duplicate_id() {
    let text = tasks(
        r#"{"name": "a", "id": "1", "runtime": 1},
           {"name": "b", "id": "1", "runtime": 1}"#,
    );
    refused_content(&text, &["workflow.tasks[1].id: ", "duplicate id \"1\""]);
}

#[test]
fn a_negative_runtime() {
    let text = tasks(r#"{"name": "a", "runtime": -3}"#);
    refused_content(&text, &["workflow.tasks[0].runtime: ", "-3", "negative"]);
}

#[test]
fn an_absurd_runtime() {
    let text = tasks(r#"{"name": "a", "runtime": 1e300}"#);
    refused_content(&text, &["workflow.tasks[0].runtime: ", "1e300"]);
}
