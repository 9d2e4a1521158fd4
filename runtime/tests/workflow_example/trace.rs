//! `--trace`: what Perfetto gets to see is the run that was.

use crate::support::{Folder, binary, generated, workflow};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use wfformat::Workflow;

/// A trace, parsed.
struct Trace {
    events: Vec<Value>,
}

/// Begin and end in nanoseconds: exact, so that spans which touch do not seem to overlap.
type Times = (i64, i64);

fn nanos(value: &Value) -> i64 {
    (value.as_f64().expect("a number of microseconds") * 1e3).round() as i64
}

fn text<'a>(event: &'a Value, field: &str) -> &'a str {
    event[field].as_str().unwrap_or_else(|| panic!("{field} in {event}"))
}

fn id(event: &Value, field: &str) -> u64 {
    event[field].as_u64().unwrap_or_else(|| panic!("{field} in {event}"))
}

fn times(event: &Value) -> Times {
    let begin = nanos(&event["ts"]);
    (begin, begin + nanos(&event["dur"]))
}

impl Trace {
    fn of(options: &[&str]) -> Self {
        let folder = Folder::new();
        let path = folder.path().join("out.json");
        let trace = format!("--trace={}", path.display());
        workflow(options.iter().copied().chain([trace.as_str()])).success();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing but the trace");
        let json: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        Self { events: json["traceEvents"].as_array().expect("a list").clone() }
    }

    fn phase<'a>(&'a self, phase: &'a str) -> impl Iterator<Item = &'a Value> {
        self.events.iter().filter(move |event| event["ph"] == phase)
    }

    /// Process numbers by name.
    fn processes(&self) -> BTreeMap<String, u64> {
        self.phase("M")
            .filter(|event| event["name"] == "process_name")
            .map(|event| (text(&event["args"], "name").to_owned(), id(event, "pid")))
            .collect()
    }

    /// The slices of a process.
    fn slices(&self, pid: u64) -> Vec<&Value> {
        self.phase("X").filter(|event| id(event, "pid") == pid).collect()
    }

    /// Fails if two slices of one track overlap, or a track has no name.
    fn assert_tracks_are_sound(&self, pid: u64) {
        let names: BTreeSet<u64> = self
            .phase("M")
            .filter(|event| event["name"] == "thread_name" && id(event, "pid") == pid)
            .map(|event| id(event, "tid"))
            .collect();
        let mut tracks: BTreeMap<u64, Vec<Times>> = BTreeMap::new();
        for slice in self.slices(pid) {
            tracks.entry(id(slice, "tid")).or_default().push(times(slice));
        }
        for (tid, mut slices) in tracks {
            assert!(names.contains(&tid), "track {tid} of process {pid} has a name");
            slices.sort_unstable();
            for pair in slices.windows(2) {
                assert!(pair[0].1 <= pair[1].0, "{pair:?} on track {tid} of process {pid}");
            }
        }
    }

    /// Fails unless every task of the workflow has one slice on the slots' tracks, and every
    /// dependency an arrow from its parent's slice to the start of its child's.
    fn assert_is_run_of(&self, workflow: &Workflow, pid: u64) {
        let slices = self.slices(pid);
        let by_name: HashMap<&str, &Value> =
            slices.iter().map(|&slice| (text(slice, "name"), slice)).collect();
        assert_eq!((by_name.len(), slices.len()), (workflow.tasks.len(), workflow.tasks.len()));
        let mut arrows = self.arrows(pid);
        assert_eq!(arrows.len(), workflow.edges());
        for task in &workflow.tasks {
            let child = by_name[task.id.as_str()];
            for &parent in &task.parents {
                let parent = by_name[workflow.tasks[parent].id.as_str()];
                let place = arrows.iter().position(|&(begin, end)| {
                    let inside = times(parent).0..=times(parent).1;
                    id(begin, "tid") == id(parent, "tid")
                        && inside.contains(&nanos(&begin["ts"]))
                        && id(end, "tid") == id(child, "tid")
                        && nanos(&end["ts"]) == times(child).0
                });
                arrows.swap_remove(place.unwrap_or_else(|| panic!("{parent} -> {child}")));
            }
        }
    }

    /// Both ends of every arrow in a process.
    fn arrows(&self, pid: u64) -> Vec<(&Value, &Value)> {
        let in_process = |event: &&Value| id(event, "pid") == pid;
        let ends: HashMap<u64, &Value> =
            self.phase("f").filter(in_process).map(|event| (id(event, "id"), event)).collect();
        let begins: Vec<_> = self.phase("s").filter(in_process).collect();
        assert_eq!(begins.len(), ends.len());
        begins.into_iter().map(|begin| (begin, ends[&id(begin, "id")])).collect()
    }
}

fn default_workflow() -> Workflow {
    Workflow::read(&generated()).expect("our own file")
}

#[test]
fn each_policy_has_its_slots_and_workers() {
    let trace = Trace::of(&["--time-scale=0.0005", "--workers=2"]);
    let processes = trace.processes();
    assert_eq!(processes.len(), 6, "{processes:?}");
    for policy in ["critical-path", "fifo", "level-barrier"] {
        let slots = processes[&format!("{policy}: slots")];
        trace.assert_tracks_are_sound(slots);
        trace.assert_is_run_of(&default_workflow(), slots);
        trace.assert_tracks_are_sound(processes[&format!("{policy}: workers")]);
    }
}

#[test]
fn instant_tasks_are_there_as_well() {
    let trace = Trace::of(&["--mode=instant", "--policy=fifo", "--slots=3"]);
    let slots = trace.processes()["fifo: slots"];
    trace.assert_tracks_are_sound(slots);
    trace.assert_is_run_of(&default_workflow(), slots);
    assert!(trace.slices(slots).iter().all(|slice| (1..=3).contains(&id(slice, "tid"))));
}

#[test]
fn the_workers_show_where_each_task_began() {
    let trace = Trace::of(&["--mode=cpu", "--policy=fifo", "--time-scale=0.0002", "--workers=2"]);
    let processes = trace.processes();
    let (slots, workers) = (processes["fifo: slots"], processes["fifo: workers"]);
    trace.assert_tracks_are_sound(workers);
    let polls = trace.slices(workers);
    for task in trace.slices(slots) {
        let of_task = polls.iter().filter(|poll| poll["name"] == task["name"]);
        let first = of_task.map(|poll| times(poll)).min().expect("each task was polled");
        assert!(first.0 <= times(task).0 && times(task).0 <= first.1, "{task}");
    }
}

#[test]
fn the_counters_never_pass_the_slots_and_end_at_nothing() {
    let trace = Trace::of(&["--mode=instant", "--policy=critical-path", "--slots=5"]);
    let counts: Vec<_> = trace.phase("C").map(|event| &event["args"]).collect();
    let running = |args: &Value| args["running"].as_i64().expect("a count");
    let ready = |args: &Value| args["ready"].as_i64().expect("a count");
    assert!(counts.iter().all(|args| (0..=5).contains(&running(args)) && ready(args) >= 0));
    let last = counts.last().expect("there are counters");
    assert_eq!((running(last), ready(last)), (0, 0));
}

#[test]
fn an_older_trace_is_replaced_and_a_folder_is_not() {
    let folder = Folder::new();
    let old = folder.file("out.json", b"old");
    let run = |path: &std::path::Path| {
        workflow(["--mode=instant", "--policy=fifo", &format!("--trace={}", path.display())])
    };
    run(&old).success();
    assert!(fs::read_to_string(&old).unwrap().starts_with("{\"displayTimeUnit\""));

    let finished = run(folder.path());
    assert_eq!(finished.code, 2);
    let expected = format!("workflow: {}: cannot be written: ", folder.path().display());
    assert!(finished.stderr.starts_with(&expected), "{}", finished.stderr);
}

#[test]
fn a_run_that_is_killed_leaves_no_part_of_a_trace() {
    let folder = Folder::new();
    let mut child = Command::new(binary())
        .arg("--time-scale=10")
        .arg(format!("--trace={}", folder.path().join("out.json").display()))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary starts");
    let mut stdout = BufReader::new(child.stdout.take().expect("it was piped"));
    let mut head = String::new();
    stdout.read_line(&mut head).expect("standard output is text");
    assert!(head.contains("200 tasks"), "the runs begin: {head}");
    child.kill().expect("it is running");
    child.wait().expect("it ends");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn the_workflow_itself_is_not_overwritten() {
    let folder = Folder::new();
    let content = fs::read(generated()).expect("our own file");
    let input = folder.file("in.json", &content);
    let link = folder.path().join("link.json");
    fs::hard_link(&input, &link).expect("a link beside the file");
    for trace in [&input, &link] {
        let trace_option = format!("--trace={}", trace.display());
        let finished = workflow([input.to_str().expect("a path of text"), &trace_option]);
        assert_eq!(finished.code, 2, "{finished:?}");
        assert_eq!(finished.stdout, "");
        let expected = format!("workflow: {}: cannot be written: it is the wo", trace.display());
        assert!(finished.stderr.starts_with(&expected), "{}", finished.stderr);
    }
    assert_eq!(fs::read(&input).expect("it is still there"), content);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing else was left");
}
