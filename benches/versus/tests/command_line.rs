//! Both binaries, from the command line to the lines of JSON.

use serde_json::Value;
use std::process::Command;

/// The lines of JSON that a command prints.
fn lines(binary: &str, arguments: &[&str]) -> Vec<Value> {
    let common = ["--rounds", "2", "--seed", "1", "--max-external", "100", "--json"];
    let output = Command::new(binary).args(arguments).args(common).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn keys(line: &Value) -> Vec<&str> {
    line.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn versus_prints_a_line_per_workload_and_peer() {
    let arguments = ["--only", "yield", "--peers", "graph_runtime,tokio-multi,tokio-current"];
    let lines = lines(env!("CARGO_BIN_EXE_versus"), &arguments);
    let peers: Vec<_> = lines.iter().map(|it| it["peer"].as_str().unwrap()).collect();
    assert_eq!(peers, ["graph_runtime", "tokio-multi", "tokio-current"]);
    for line in &lines {
        let mut expected = [
            "workload",
            "peer",
            "workers",
            "alloc",
            "unit",
            "median",
            "min",
            "max",
            "rounds",
            "external_cpu",
            "ratio_to_tokio",
        ];
        expected.sort_unstable();
        assert_eq!(keys(line), expected);
        assert_eq!(line["workload"], "yield");
        assert_eq!(line["rounds"], 2);
        let figure = |key: &str| line[key].as_f64().unwrap();
        assert!(0.0 < figure("min") && figure("min") <= figure("median"), "{line}");
        assert!(figure("median") <= figure("max"), "{line}");
    }
    assert_eq!(lines[1]["ratio_to_tokio"], 1.0);
}

#[test]
fn what_a_peer_lacks_is_no_line() {
    let arguments = ["--only", "mpsc", "--peers", "monoio,tokio-current"];
    let lines = lines(env!("CARGO_BIN_EXE_versus"), &arguments);
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["peer"], "tokio-current");
    assert_eq!(lines[0]["ratio_to_tokio"], Value::Null);
}

#[test]
fn dag_prints_a_line_per_shape_and_engine() {
    let arguments = ["--only", "layered", "--engines", "spin,rayon"];
    let lines = lines(env!("CARGO_BIN_EXE_dag"), &arguments);
    let engines: Vec<_> = lines.iter().map(|it| it["engine"].as_str().unwrap()).collect();
    assert_eq!(engines, ["rayon", "spin"]);
    for line in &lines {
        let mut expected = [
            "shape",
            "engine",
            "workers",
            "tasks",
            "unit",
            "median",
            "min",
            "max",
            "bytes_per_task",
        ];
        expected.sort_unstable();
        assert_eq!(keys(line), expected);
        assert_eq!((&line["shape"], &line["tasks"]), (&"layered".into(), &100_000.into()));
        assert!(line["bytes_per_task"].as_f64().unwrap() > 0.0, "{line}");
    }
}

#[test]
fn a_sweep_has_lines_for_each_number_of_workers() {
    let numbers = |binary, arguments: &[&str]| -> Vec<u64> {
        lines(binary, arguments).iter().map(|it| it["workers"].as_u64().unwrap()).collect()
    };
    let arguments = ["--only", "yield", "--peers", "tokio-multi", "--workers", "2,1"];
    assert_eq!(numbers(env!("CARGO_BIN_EXE_versus"), &arguments), [2, 1]);
    let arguments = ["--only", "wavefront", "--engines", "spin", "--workers", "1,2"];
    assert_eq!(numbers(env!("CARGO_BIN_EXE_dag"), &arguments), [1, 2]);
}

#[test]
fn markdown_has_a_table_of_ours_and_one_of_everybody() {
    let arguments = ["--only", "yield", "--peers", "graph_runtime,tokio-multi", "--markdown"];
    let common = ["--rounds", "1", "--max-external", "100"];
    let output = Command::new(env!("CARGO_BIN_EXE_versus")).args(arguments).args(common).output();
    let text = String::from_utf8(output.unwrap().stdout).unwrap();
    let rows = |start| text.lines().filter(|line| line.starts_with(start)).count();
    assert_eq!((rows("| row |"), rows("|---|")), (2, 2), "{text}");
    assert_eq!(rows("| yield, ns/yield | 2 |"), 3, "{text}");
}

/// What a command that must be refused says.
fn refusal(binary: &str, arguments: &[&str]) -> String {
    let output = Command::new(binary).args(arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    assert!(output.stdout.is_empty(), "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn what_cannot_be_measured_is_refused_before_anything_is() {
    let refused: [(&[&str], &str); 5] = [
        (&["--only", "magic"], "spawn-join-worker"),
        (&["--only", "yield", "--peers", "epoll"], "none of the peers"),
        (&["--max-external", "110"], "from 0 to 100"),
        (&["--workers", "1,0"], "--workers"),
        (&["--json", "--markdown"], "cannot be used with"),
    ];
    for (arguments, expected) in refused {
        let said = refusal(env!("CARGO_BIN_EXE_versus"), arguments);
        assert!(said.contains(expected), "{said}");
    }
    let said = refusal(env!("CARGO_BIN_EXE_dag"), &["--engines", "magic"]);
    assert!(said.contains("graph_runtime-full"), "{said}");
}
