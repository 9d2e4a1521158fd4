//! Whatever is wrong is said in one line: the file, the place, the reason.

use std::path::{Path, PathBuf};
use std::{env, fs, process};

use graph_runtime_wfformat::{Error, Problem, Workflow};

/// A file that is gone when the test is.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str, bytes: &[u8]) -> Self {
        let path = env::temp_dir().join(format!("wfformat-{}-{name}", process::id()));
        fs::write(&path, bytes).unwrap();
        Self(path)
    }

    fn refusal(&self) -> Error {
        Workflow::read(&self.0).unwrap_err()
    }

    fn says(&self, expected: &str) {
        let shown = self.refusal().to_string();
        assert_eq!(shown.strip_prefix(&format!("{}: ", self.0.display())), Some(expected));
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // A leftover in the temporary folder is no reason to fail.
        let _ = fs::remove_file(&self.0);
    }
}

fn refusal(json: &str) -> Error {
    let error = Workflow::parse(json).unwrap_err();
    assert!(!error.to_string().contains(['\n', '\r']), "one line: {error}");
    error
}

fn tasks(tasks: &str) -> String {
    format!(r#"{{"workflow": {{"tasks": [{tasks}]}}}}"#)
}

#[test]
fn a_missing_file() {
    let error = Workflow::read(Path::new("no-such-file.json")).unwrap_err();
    assert!(error.is_io());
    assert_eq!(error.file(), Some(Path::new("no-such-file.json")));
    assert_eq!(
        error.to_string(),
        "no-such-file.json: cannot be read: No such file or directory (os error 2)"
    );
}

#[test]
fn a_directory() {
    let error = Workflow::read(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap_err();
    assert!(error.is_io());
    assert!(error.to_string().ends_with(": is a directory; name a file inside it"));
}

#[test]
fn a_file_beyond_the_bound() {
    let file = Scratch::new("huge", b"");
    // Sparse: it takes no room, and must not be read.
    let sparse = fs::File::options().write(true).open(&file.0).unwrap();
    sparse.set_len(Workflow::FILE_BYTES_MAX + 1).unwrap();
    assert!(file.refusal().is_io());
    file.says("is larger than 1073741824 bytes, the most that is read");
}

#[test]
fn a_file_name_cannot_break_the_line() {
    let error = Workflow::read(Path::new("a\nb.json")).unwrap_err();
    assert!(error.to_string().starts_with(r"a\nb.json: cannot be read"), "{error}");
}

#[test]
fn bytes_that_are_not_text() {
    let file = Scratch::new("latin1", b"{\"name\": \"caf\xe9\"}");
    assert!(file.refusal().is_syntax());
    file.says("byte 13: not UTF-8; save the file as UTF-8");
}

#[test]
fn text_that_is_not_json() {
    let file = Scratch::new("syntax", b"{\n  \"workflow\": oops\n}");
    assert!(file.refusal().is_syntax());
    file.says("line 2, column 15: not JSON: expected value");
    let nothing = "line 1, column 1: not JSON: EOF while parsing a value; the file is empty";
    Scratch::new("empty", b"").says(nothing);
    let error = refusal(r#"{"workflow": {}} {}"#);
    assert_eq!(error.to_string(), "line 1, column 18: not JSON: trailing characters");
}

#[test]
fn a_byte_order_mark_is_fine() {
    let file = Scratch::new("bom", "\u{feff}{\"workflow\": {\"tasks\": []}}".as_bytes());
    file.says("workflow.tasks: the workflow is empty; it needs at least one task");
}

#[test]
fn json_without_a_workflow() {
    let shown = |json: &str| {
        let error = refusal(json);
        assert!(error.is_shape(), "{error:?}");
        error.to_string()
    };
    assert_eq!(shown("[1]"), "top level: expected an object, found a list");
    assert_eq!(
        shown("{}"),
        "top level: no workflow here; expected an object `workflow` as in WfFormat"
    );
    assert_eq!(
        shown(r#"{"workflow": {"name": 1}}"#),
        "workflow: no workflow here; expected `specification` and `execution` (WfFormat 1.5) or \
         `tasks` (up to 1.4)"
    );
    assert_eq!(shown(r#"{"workflow": []}"#), "workflow: expected an object, found a list");
}

#[test]
fn an_empty_workflow() {
    assert!(refusal(&tasks("")).is_empty());
    let error = refusal(r#"{"workflow": {"specification": {"tasks": []}, "execution": {}}}"#);
    assert!(error.is_empty());
    assert!(error.to_string().starts_with("workflow.specification.tasks: "), "{error}");
}

#[test]
fn values_of_the_wrong_type() {
    for (task, expected) in [
        ("3", "workflow.tasks[0]: expected an object, found a number"),
        (r#"{"name": 7}"#, "workflow.tasks[0].name: expected a string, found a number"),
        (
            r#"{"name": "a", "runtime": "1.5"}"#,
            "workflow.tasks[0].runtime: expected a number, found a string",
        ),
        (
            r#"{"name": "a", "runtime": 1, "parents": "b"}"#,
            "workflow.tasks[0].parents: expected a list, found a string",
        ),
        (
            r#"{"name": "a", "runtime": 1, "parents": ["b", true]}"#,
            "workflow.tasks[0].parents[1]: expected a string, found a boolean",
        ),
        (
            r#"{"name": "a", "runtime": 1, "command": "sh"}"#,
            "workflow.tasks[0].command: expected an object, found a string",
        ),
        (
            r#"{"name": "a", "runtime": 1, "memory": -1}"#,
            "workflow.tasks[0].memory: -1.0 is negative; give 0 or more",
        ),
    ] {
        let error = refusal(&tasks(task));
        assert!(error.is_shape(), "{error:?}");
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn runtimes_beyond_belief() {
    for (runtime, reason) in [
        ("-0.5", "-0.5 s is negative; give seconds, 0 or more"),
        (
            "315360000.1",
            "315360000.1 s is more than ten years; give seconds, not milliseconds or nanoseconds",
        ),
    ] {
        let error = refusal(&tasks(&format!(r#"{{"name": "a", "runtimeInSeconds": {runtime}}}"#)));
        assert!(error.is_runtime());
        let expected = format!("workflow.tasks[0].runtimeInSeconds: a runtime of {reason}");
        assert_eq!(error.to_string(), expected);
    }
    for sound in ["0", "-0.0", "1e-300", "315360000"] {
        Workflow::parse(&tasks(&format!(r#"{{"name": "a", "runtime": {sound}}}"#))).unwrap();
    }
}

#[test]
fn an_unknown_parent() {
    let error = refusal(&tasks(r#"{"name": "a", "runtime": 1, "parents": ["b\nc"]}"#));
    assert!(error.is_edge());
    assert!(
        matches!(error.problem(), Problem::UnknownTask { reference, .. } if reference == "b\nc")
    );
    assert_eq!(
        error.to_string(),
        r#"workflow.tasks[0].parents[0]: task "a" names an unknown parent "b\nc"; add that task or leave it out here"#
    );
}

#[test]
fn what_goes_wrong_most_often_comes_with_advice() {
    let cut = "; the file is cut off, so fetch or write it again";
    let whole = tasks(r#"{"name": "a", "runtime": 1}"#);
    for end in 1..whole.len() {
        let shown = refusal(&whole[..end]).to_string();
        assert!(shown.ends_with(cut), "{shown}");
    }
    assert!(refusal("\n ").to_string().ends_with("; the file is empty"));
    for number in ["NaN", "-NaN", "Infinity", "-Infinity", "nan", "-inf"] {
        let shown =
            refusal(&tasks(&format!(r#"{{"name": "a", "runtime": {number}}}"#))).to_string();
        assert!(shown.ends_with("; JSON has no NaN and no infinity, so give a number"), "{shown}");
    }
    for other in ["oops", "'1'", "1.", "0x1"] {
        let shown = refusal(&tasks(&format!(r#"{{"name": "a", "runtime": {other}}}"#))).to_string();
        assert!(!shown.contains("; "), "{shown}");
    }
}
