//! `--json`: one line per run, with the figures a script wants.

use crate::support::{count, generated, number, workflow};
use serde_json::Value;

/// The fields, in the order in which they are printed.
const FIELDS: [&str; 20] = [
    "file",
    "tasks",
    "edges",
    "policy",
    "slots",
    "workers",
    "mode",
    "time_scale",
    "makespan_s",
    "lower_bound_s",
    "ratio",
    "completed",
    "failed",
    "cancelled",
    "skipped",
    "max_in_flight",
    "queue_wait_us",
    "overhead_us_per_task",
    "imbalance",
    "wall_s",
];

fn only(mut runs: Vec<Value>) -> Value {
    assert_eq!(runs.len(), 1);
    runs.remove(0)
}

fn assert_all_completed(run: &Value) {
    assert_eq!(count(run, "completed"), count(run, "tasks"), "{run}");
    for end in ["failed", "cancelled", "skipped"] {
        assert_eq!(count(run, end), 0, "{run}");
    }
}

#[test]
fn the_fields_come_in_their_order() {
    let finished = workflow(["--json", "--mode", "instant", "--policy", "fifo"]).success();
    let line = finished.stdout.strip_suffix('\n').expect("a whole line");
    let places: Vec<usize> = FIELDS
        .iter()
        .map(|field| line.find(&format!("\"{field}\":")).unwrap_or_else(|| panic!("{field}")))
        .collect();
    assert!(places.is_sorted(), "{line}");
    let run = only(finished.runs());
    assert_eq!(run.as_object().expect("an object").len(), FIELDS.len());
    let wait = run["queue_wait_us"].as_object().expect("an object");
    assert_eq!(wait.keys().collect::<Vec<_>>(), ["p50", "p99"]);
}

#[test]
fn without_a_policy_all_three_run() {
    let runs = workflow(["--json", "--time-scale", "0.0005"]).success().runs();
    let policies: Vec<_> = runs.iter().map(|run| run["policy"].as_str().unwrap()).collect();
    assert_eq!(policies, ["critical-path", "fifo", "level-barrier"]);
    for run in &runs {
        assert_all_completed(run);
        assert_eq!(run["file"], "generated-mosaic-200.json");
        assert_eq!((count(run, "tasks"), count(run, "slots")), (200, 16));
        assert_eq!(run["mode"], "wait");
        let ratio = number(run, "makespan_s") / number(run, "lower_bound_s");
        assert!((ratio - number(run, "ratio")).abs() < 1e-9, "{run}");
        assert!(ratio >= 1.0, "timers never fire early: {run}");
        assert!((1..=16).contains(&count(run, "max_in_flight")), "{run}");
        let wait = &run["queue_wait_us"];
        assert!(number(wait, "p50") <= number(wait, "p99"), "{run}");
    }
}

#[test]
fn policies_may_be_chosen_and_repeated() {
    let args = ["--json", "--mode=instant", "--policy=fifo,level-barrier", "--policy=fifo"];
    let runs = workflow(args).success().runs();
    let policies: Vec<_> = runs.iter().map(|run| run["policy"].as_str().unwrap()).collect();
    assert_eq!(policies, ["fifo", "level-barrier", "fifo"]);
}

#[test]
fn an_instant_run_has_no_ratio() {
    let run = only(workflow(["--json", "--mode=instant", "--policy=fifo"]).success().runs());
    assert_all_completed(&run);
    assert_eq!(run["ratio"], Value::Null);
    // Real seconds, whatever the time scale.
    assert!(number(&run, "makespan_s") <= number(&run, "wall_s"), "{run}");
    let per_task = number(&run, "wall_s") * 1e6 / number(&run, "tasks");
    assert!((number(&run, "overhead_us_per_task") - per_task).abs() < 1e-6, "{run}");
}

#[test]
fn burning_cpu_is_bounded_by_the_workers() {
    let args = ["--json", "--mode=cpu", "--policy=critical-path", "--time-scale=0.0002"];
    let run = only(workflow(args.into_iter().chain(["--workers=2"])).success().runs());
    assert_all_completed(&run);
    assert_eq!(count(&run, "workers"), 2);
    let wait = only(
        workflow(["--json", "--mode=wait", "--policy=critical-path", "--time-scale=0.0001"])
            .success()
            .runs(),
    );
    assert!(number(&run, "lower_bound_s") > 4.0 * number(&wait, "lower_bound_s"), "2 not 16");
    assert!(number(&run, "ratio") >= 1.0, "{run}");
    let imbalance = number(&run, "imbalance");
    assert!((1.0..=2.0).contains(&imbalance), "max / mean of two workers: {run}");
}

#[test]
fn one_slot_is_one_at_a_time() {
    let path = generated();
    let args = ["--json", "--mode=instant", "--slots=1", "--workers=4"];
    let args = args.iter().map(AsRef::as_ref).chain([path.as_os_str()]);
    for run in workflow(args).success().runs() {
        assert_all_completed(&run);
        assert_eq!(count(&run, "max_in_flight"), 1);
        assert_eq!(run["file"], path.to_str().unwrap());
    }
}
