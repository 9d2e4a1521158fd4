//! WfFormat 1.5: specification and execution are joined by id.

use std::time::Duration;

use graph_runtime_wfformat::Workflow;

fn document(specification: &str, execution: &str) -> String {
    format!(
        r#"{{"name": "w", "schemaVersion": "1.5", "workflow": {{
            "specification": {{"tasks": [{specification}]}},
            "execution": {{"makespanInSeconds": 1, "executedAt": "now", "tasks": [{execution}]}}
        }}}}"#
    )
}

fn refusal(specification: &str, execution: &str) -> String {
    let error = Workflow::parse(&document(specification, execution)).unwrap_err();
    assert!(error.is_shape() || error.is_duplicate_id() || error.is_edge(), "{error:?}");
    error.to_string()
}

const A: &str = r#"{"name": "A", "id": "a", "parents": [], "children": ["b"]}"#;
const B: &str = r#"{"name": "B", "id": "b", "parents": ["a"], "children": []}"#;
const RAN_A: &str = r#"{"id": "a", "runtimeInSeconds": 1.25}"#;
const RAN_B: &str = r#"{"id": "b", "runtimeInSeconds": 2}"#;

#[test]
fn the_halves_may_be_in_different_orders() {
    let workflow =
        Workflow::parse(&document(&format!("{A},{B}"), &format!("{RAN_B},{RAN_A}"))).unwrap();
    assert_eq!(workflow.name, "w");
    assert_eq!(workflow.tasks[0].runtime, Duration::from_millis(1_250));
    assert_eq!(workflow.tasks[1].runtime, Duration::from_secs(2));
    assert_eq!(workflow.tasks[1].parents, [0]);
}

#[test]
fn every_field_arrives() {
    let execution = r#"{"id": "a", "runtimeInSeconds": 3, "command": {"program": "prog"},
        "coreCount": 2, "avgCPU": 153.5, "memoryInBytes": 9007199254740993, "readBytes": 1.9e3,
        "writtenBytes": 4}"#;
    let workflow = Workflow::parse(&document(r#"{"name": "A", "id": "a"}"#, execution)).unwrap();
    let task = &workflow.tasks[0];
    assert_eq!((task.id.as_str(), task.name.as_str(), task.kind.as_str()), ("a", "A", "prog"));
    assert_eq!((task.cores, task.avg_cpu), (Some(2.0), Some(153.5)));
    assert_eq!(task.memory_bytes, Some(9_007_199_254_740_993), "not rounded through a float");
    assert_eq!((task.read_bytes, task.written_bytes), (Some(1_900), Some(4)));
}

#[test]
fn names_need_not_be_unique_and_are_no_references() {
    let twin = r#"{"name": "A", "id": "b"}"#;
    let ran = format!("{RAN_A},{RAN_B}");
    let alone = r#"{"name": "A", "id": "a"}"#;
    assert_eq!(Workflow::parse(&document(&format!("{twin},{alone}"), &ran)).unwrap().edges(), 0);
    let by_name = r#"{"name": "B", "id": "b", "parents": ["A"]}"#;
    assert_eq!(
        refusal(&format!("{alone},{by_name}"), &ran),
        r#"workflow.specification.tasks[1].parents[0]: task "b" names an unknown parent "A"; add that task or leave it out here"#
    );
}

#[test]
fn a_half_without_the_other_is_named() {
    assert_eq!(
        refusal(&format!("{A},{B}"), RAN_A),
        r#"workflow.specification.tasks[1]: task "b" has no entry in workflow.execution.tasks; add it there or remove this one"#
    );
    assert_eq!(
        refusal(r#"{"name": "A", "id": "a"}"#, &format!("{RAN_A},{RAN_B}")),
        r#"workflow.execution.tasks[1]: task "b" has no entry in workflow.specification.tasks; add it there or remove this one"#
    );
}

#[test]
fn of_several_halves_without_the_other_the_first_is_named() {
    let leftovers: Vec<String> =
        (0..50).map(|i| format!(r#"{{"id": "x{i}", "runtimeInSeconds": 1}}"#)).collect();
    let ran = format!("{RAN_A},{}", leftovers.join(","));
    assert!(refusal(r#"{"name": "A", "id": "a"}"#, &ran).contains(r#"task "x0""#));
}

#[test]
fn a_missing_section_is_named() {
    let error = Workflow::parse(r#"{"workflow": {"specification": {"tasks": [{"id": "a"}]}}}"#);
    assert_eq!(
        error.unwrap_err().to_string(),
        "workflow.execution: missing; without an execution there are no runtimes; \
         use the trace of a run"
    );
    let error = Workflow::parse(r#"{"workflow": {"specification": {}}}"#);
    assert_eq!(
        error.unwrap_err().to_string(),
        "workflow.specification.tasks: missing; a workflow needs a list of tasks"
    );
}

#[test]
fn a_missing_id_or_runtime_is_named() {
    assert_eq!(
        refusal(r#"{"name": "A"}"#, RAN_A),
        "workflow.specification.tasks[0].id: missing; every task needs one"
    );
    assert_eq!(
        refusal(r#"{"name": "A", "id": "a"}"#, r#"{"id": "a"}"#),
        "workflow.execution.tasks[0].runtimeInSeconds: missing; \
         every task needs its recorded runtime, 0 if it had none"
    );
}

#[test]
fn a_duplicate_in_either_half_is_named() {
    let ran = format!("{RAN_A},{RAN_B}");
    assert_eq!(
        refusal(&format!("{A},{B},{A}"), &ran),
        r#"workflow.specification.tasks[2].id: duplicate id "a", first used at workflow.specification.tasks[0]; every task needs its own"#
    );
    assert_eq!(
        refusal(&format!("{A},{B}"), &format!("{ran},{RAN_B}")),
        r#"workflow.execution.tasks[2].id: duplicate id "b", first used at workflow.execution.tasks[1]; every task needs its own"#
    );
}

#[test]
fn ends_that_disagree_about_an_edge_are_named() {
    let ran = format!("{RAN_A},{RAN_B},{}", r#"{"id": "c", "runtimeInSeconds": 0}"#);
    let denied = r#"{"name": "C", "id": "c", "parents": ["a"], "children": []}"#;
    assert_eq!(
        refusal(&format!("{A},{B},{denied}"), &ran),
        "workflow.specification.tasks[2].parents[0]: the edge a -> c is stated here, \
         but workflow.specification.tasks[0].children does not agree; \
         state it there too or not here"
    );
    let claims = r#"{"name": "C", "id": "c", "parents": [], "children": ["b"]}"#;
    assert_eq!(
        refusal(&format!("{A},{B},{claims}"), &ran),
        "workflow.specification.tasks[2].children[0]: the edge c -> b is stated here, \
         but workflow.specification.tasks[1].parents does not agree; state it there too or not here"
    );
}

#[test]
fn an_edge_stated_at_one_end_is_enough() {
    let ran = format!("{RAN_A},{RAN_B}");
    let cases = [
        (r#"{"id": "a"}"#, r#"{"id": "b", "parents": ["a", "a"]}"#),
        (r#"{"id": "a", "children": ["b"]}"#, r#"{"id": "b"}"#),
        (r#"{"id": "a", "children": []}"#, r#"{"id": "b", "parents": ["a"], "children": []}"#),
        (r#"{"id": "a", "parents": [], "children": ["b"]}"#, r#"{"id": "b", "parents": []}"#),
    ];
    for (a, b) in cases {
        let workflow = Workflow::parse(&document(&format!("{a},{b}"), &ran)).unwrap();
        assert_eq!(workflow.tasks[1].parents, [0], "{a} {b}");
        assert_eq!(workflow.edges(), 1, "{a} {b}");
    }
}
