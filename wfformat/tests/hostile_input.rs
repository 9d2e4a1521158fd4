//! Input made to break the reader gets an error or an answer, never a panic or a full stack.

use std::path::Path;
use std::time::Duration;

use graph_runtime_wfformat::{Task, Workflow, generate};
use proptest::prelude::*;

#[test]
fn nesting_beyond_all_measure_is_an_error() {
    for open in ["[", r#"{"workflow":"#] {
        let error = Workflow::parse(&open.repeat(1_000_000)).unwrap_err();
        assert!(error.is_syntax());
        assert!(error.to_string().ends_with("not JSON: recursion limit exceeded"), "{error}");
    }
}

#[test]
fn numbers_beyond_all_measure_are_errors_or_saturate() {
    let parse = |runtime: &str, memory: &str| {
        Workflow::parse(&format!(
            r#"{{"workflow": {{"tasks": [{{"name": "a", "runtime": {runtime}, "memory": {memory}}}]}}}}"#
        ))
    };
    let huge = parse("1e308", "1").unwrap_err();
    assert!(huge.is_runtime());
    assert!(huge.to_string().contains("a runtime of 1e308 s"), "{huge}");
    assert!(parse("-1e308", "1").unwrap_err().is_runtime());
    assert!(parse("1e999", "1").unwrap_err().is_syntax());
    assert!(parse("NaN", "1").unwrap_err().is_syntax());
    assert!(parse("99999999999999999999999999", "1").unwrap_err().is_runtime());
    for memory in ["1e308", "18446744073709551615", "99999999999999999999999999"] {
        assert_eq!(parse("1", memory).unwrap().tasks[0].memory_bytes, Some(u64::MAX));
    }
}

#[test]
fn a_message_stays_short_whatever_the_file_holds() {
    let name = "x\\n".repeat(1_000_000);
    let json = format!(
        r#"{{"workflow": {{"tasks": [{{"name": "{name}", "runtime": 1, "parents": ["y{name}"]}}]}}}}"#
    );
    let message = Workflow::parse(&json).unwrap_err().to_string();
    assert!(message.len() < 500 && !message.contains('\n'), "{message}");
}

#[test]
fn a_chain_of_100_000_tasks_of_ten_years_has_a_critical_path() {
    let count = 100_000;
    let task = |i: usize| {
        let parent = if i == 0 { String::new() } else { format!("\"{}\"", i - 1) };
        format!(r#"{{"name": "{i}", "runtime": 315360000, "parents": [{parent}]}}"#)
    };
    // Last task first: a reader that follows parents by recursion would go all the way down.
    let tasks: Vec<String> = (0..count).rev().map(task).collect();
    let json = format!(r#"{{"workflow": {{"tasks": [{}]}}}}"#, tasks.join(","));
    let workflow = Workflow::parse(&json).unwrap();
    let expected = Task::RUNTIME_MAX * count as u32;
    assert_eq!(workflow.critical_path(), expected);
    assert_eq!(workflow.total_work(), expected);
    assert_eq!(workflow.max_width(), 1);
    assert_eq!(Workflow::parse(&workflow.to_json()).unwrap(), workflow);
}

#[test]
fn a_star_of_100_000_tasks_is_read() {
    let leaf = |i: usize| format!(r#"{{"name": "{i}", "runtime": 0.001, "parents": ["0"]}}"#);
    let mut tasks = vec![r#"{"name": "0", "runtime": 1}"#.to_owned()];
    tasks.extend((1..=100_000).map(leaf));
    let json = format!(r#"{{"workflow": {{"tasks": [{}]}}}}"#, tasks.join(","));
    let workflow = Workflow::parse(&json).unwrap();
    assert_eq!((workflow.edges(), workflow.max_width()), (100_000, 100_000));
    assert_eq!(workflow.critical_path(), Duration::from_millis(1_001));
    assert_eq!(workflow.children()[0].len(), 100_000);
}

#[test]
fn a_device_node_is_no_workflow() {
    let error = Workflow::read(Path::new("/dev/null")).unwrap_err();
    assert!(error.is_syntax(), "{error}");
}

#[test]
fn every_cut_of_a_file_is_refused() {
    let whole = generate(1).to_json();
    for end in (0..whole.trim_end().len()).step_by(97) {
        assert!(Workflow::parse(&whole[..end]).unwrap_err().is_syntax(), "cut at {end}");
    }
}

/// JSON values of every type, a few levels deep.
fn any_value() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "null", "true", "-1", "1e300", "0.5", "\"a\"", "\"b\"", "\"\"", "[]", "{}",
    ]);
    let key = prop::sample::select(vec![
        "workflow",
        "specification",
        "execution",
        "tasks",
        "jobs",
        "id",
        "name",
        "parents",
        "children",
        "runtime",
        "runtimeInSeconds",
        "command",
        "program",
        "memory",
        "runtimeSystem",
    ]);
    leaf.prop_map(str::to_owned).prop_recursive(6, 64, 6, move |inner| {
        let member =
            (key.clone(), inner.clone()).prop_map(|(key, value)| format!("\"{key}\":{value}"));
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec(member, 0..6)
                .prop_map(|fields| format!("{{{}}}", fields.join(","))),
        ]
    })
}

proptest! {
    /// Built from the format's own words in the wrong places.
    #[test]
    fn any_json_is_read_or_refused_in_one_line(value in any_value(), tasks in any_value()) {
        let wrapped = format!("{{\"workflow\":{{\"tasks\":[{tasks},{tasks}]}}}}");
        for json in [value, wrapped] {
            if let Err(error) = Workflow::parse(&json) {
                prop_assert!(!error.to_string().contains('\n'), "{}", error);
                prop_assert!(!error.is_syntax(), "it is JSON: {}", error);
            }
        }
    }

    #[test]
    fn any_text_is_refused_in_one_line(text in "\\PC*") {
        if let Err(error) = Workflow::parse(&text) {
            prop_assert!(!error.to_string().contains('\n'), "{}", error);
        }
    }
}
