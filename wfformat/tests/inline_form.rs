//! WfFormat up to 1.4: one list of tasks that refer to each other by name.

use std::time::Duration;

use graph_runtime_wfformat::{Error, Workflow};

fn parse(tasks: &str) -> Result<Workflow, Error> {
    Workflow::parse(&format!(r#"{{"name": "w", "workflow": {{"tasks": [{tasks}]}}}}"#))
}

#[test]
fn parents_are_named_by_name_while_ids_stand_beside() {
    let workflow = parse(
        r#"{"name": "fetch", "id": "ID001", "type": "compute", "runtime": 1.5, "children": ["pack"],
            "cores": 4, "avgCPU": 90, "memory": 2000, "category": "get",
            "files": [{"name": "f", "link": "input", "size": 1}]},
           {"name": "pack", "id": "ID002", "runtimeInSeconds": 2, "parents": ["fetch"],
            "memoryInBytes": 7, "command": {"program": "tar", "arguments": []}}"#,
    )
    .unwrap();
    let [fetch, pack] = &workflow.tasks[..] else { panic!("{workflow:?}") };
    assert_eq!((fetch.id.as_str(), fetch.kind.as_str()), ("ID001", "get"));
    assert_eq!(fetch.runtime, Duration::from_millis(1_500));
    assert_eq!((fetch.cores, fetch.avg_cpu), (Some(4.0), Some(90.0)));
    assert_eq!(fetch.memory_bytes, Some(2_000_000), "`memory` counts thousands of bytes");
    assert_eq!((pack.id.as_str(), pack.kind.as_str()), ("ID002", "tar"));
    assert_eq!((pack.memory_bytes, &pack.parents[..]), (Some(7), &[0][..]));
}

#[test]
fn parents_may_be_named_by_id() {
    let workflow = parse(
        r#"{"name": "pack", "id": "2", "runtime": 1, "parents": ["1", "fetch"]},
           {"name": "fetch", "id": "1", "runtime": 1}"#,
    )
    .unwrap();
    assert_eq!(workflow.tasks[0].parents, [1], "one task under both its names is one parent");
}

#[test]
fn a_name_goes_before_an_id() {
    let workflow = parse(
        r#"{"name": "x", "id": "y", "runtime": 1}, {"name": "y", "id": "x", "runtime": 1},
           {"name": "z", "id": "z", "runtime": 1, "parents": ["x"]}"#,
    );
    assert_eq!(workflow.unwrap().tasks[2].parents, [0]);
}

#[test]
fn a_shared_name_is_no_reference_but_the_ids_are() {
    let twins = r#"{"name": "t", "id": "1", "runtime": 1}, {"name": "t", "id": "2", "runtime": 1}"#;
    let by_id = format!(r#"{twins}, {{"name": "z", "runtime": 1, "parents": ["2"]}}"#);
    assert_eq!(parse(&by_id).unwrap().tasks[2].parents, [1]);
    let by_name = format!(r#"{twins}, {{"name": "z", "runtime": 1, "parents": ["t"]}}"#);
    let error = parse(&by_name).unwrap_err();
    assert!(error.is_edge());
    assert_eq!(
        error.to_string(),
        r#"workflow.tasks[2].parents[0]: "t" is the name of more than one task (workflow.tasks[0] and workflow.tasks[1]); refer to it by id"#
    );
}

#[test]
fn a_task_without_an_id_goes_by_its_name() {
    let workflow = parse(r#"{"name": "a", "runtime": 1}"#).unwrap();
    assert_eq!((workflow.tasks[0].id.as_str(), workflow.tasks[0].kind.as_str()), ("a", "a"));
    let error = parse(r#"{"name": "a", "runtime": 1}, {"name": "a", "runtime": 1}"#).unwrap_err();
    assert!(error.is_duplicate_id());
    assert_eq!(
        error.to_string(),
        r#"workflow.tasks[1].name: duplicate id "a", first used at workflow.tasks[0]; every task needs its own"#
    );
    let error = parse(r#"{"runtime": 1}"#).unwrap_err();
    assert_eq!(error.to_string(), "workflow.tasks[0].name: missing; every task needs one");
}

#[test]
fn the_oldest_files_call_them_jobs() {
    let jobs = r#"{"workflow": {"jobs": [{"name": "a", "runtime": 1},
        {"name": "b", "runtime": 1, "parents": ["c"]}]}}"#;
    let error = Workflow::parse(jobs).unwrap_err();
    assert_eq!(
        error.to_string(),
        r#"workflow.jobs[1].parents[0]: task "b" names an unknown parent "c"; add that task or leave it out here"#
    );
    assert_eq!(Workflow::parse(&jobs.replace(r#"["c"]"#, r#"["a"]"#)).unwrap().edges(), 1);
}

#[test]
fn nextflow_keeps_the_kind_in_the_name() {
    for system in ["runtimeSystem", "wms"] {
        let json = format!(
            r#"{{"{system}": {{"name": "Nextflow"}}, "workflow": {{"tasks": [
                {{"name": "ALIGN", "id": "1", "runtime": 1, "command": {{"program": "sh -c"}}}}
            ]}}}}"#
        );
        assert_eq!(Workflow::parse(&json).unwrap().tasks[0].kind, "ALIGN");
    }
}

#[test]
fn edges_stated_only_as_children_are_found() {
    let workflow = parse(
        r#"{"name": "a", "runtime": 1, "children": ["b", "c"]}, {"name": "b", "runtime": 1},
           {"name": "c", "runtime": 1, "parents": ["b"]}"#,
    )
    .unwrap_err();
    assert!(workflow.is_edge(), "c has a list of parents and a is not on it");
    let workflow = parse(
        r#"{"name": "a", "runtime": 1, "children": ["b", "c"]}, {"name": "b", "runtime": 1},
           {"name": "c", "runtime": 1}"#,
    );
    assert_eq!(workflow.unwrap().children(), [vec![1, 2], vec![], vec![]]);
    let error = parse(r#"{"name": "a", "runtime": 1, "children": ["b"]}"#).unwrap_err();
    assert_eq!(
        error.to_string(),
        r#"workflow.tasks[0].children[0]: task "a" names an unknown child "b"; add that task or leave it out here"#
    );
}

#[test]
fn one_file_may_state_some_edges_at_one_end_and_some_at_the_other() {
    let workflow = parse(
        r#"{"name": "a", "runtime": 1, "children": ["b"]}, {"name": "b", "runtime": 1},
           {"name": "c", "runtime": 1, "parents": ["b"]}"#,
    );
    assert_eq!(workflow.unwrap().children(), [vec![1], vec![2], vec![]]);
}

#[test]
fn the_newer_name_of_the_runtime_goes_before_the_older() {
    let workflow = parse(r#"{"name": "a", "runtime": 1, "runtimeInSeconds": 2}"#).unwrap();
    assert_eq!(workflow.tasks[0].runtime, Duration::from_secs(2));
}

#[test]
fn null_stands_for_unknown() {
    let workflow = parse(r#"{"name": "a", "id": null, "runtime": 1, "memory": null}"#).unwrap();
    assert_eq!(workflow.tasks[0].memory_bytes, None);
    let error = parse(r#"{"name": "a", "runtime": null}"#).unwrap_err();
    assert!(error.is_shape(), "{error}");
}
