//! Published traces of real runs are executed, each task once and in order.
//!
//! The binary itself checks every run, from what the tasks recorded, and exits with status 1 if a
//! rule was broken. The files are too large for this repository. They are looked for beside it;
//! where they are missing the tests say so on standard error and pass.

use crate::support::{count, number, workflow};
use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use wfformat::Workflow;

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/workflows");
    let Ok(entries) = fs::read_dir(folder) else {
        // Past the test harness, which would swallow what a passing test prints.
        let notice = "SKIPPED: the published traces are not at ../shared/data/workflows\n";
        std::io::stderr().write_all(notice.as_bytes()).unwrap();
        return Vec::new();
    };
    let paths = entries.map(|entry| entry.expect("the folder can be read").path());
    let files: Vec<_> = paths.filter(|path| path.extension() == Some(OsStr::new("json"))).collect();
    assert_eq!(files.len(), 14, "all of them");
    files
}

fn run_everything(file: &Path, mode: &str, time_scale: f64) {
    let tasks = Workflow::read(file).expect("a sound file").tasks.len() as u64;
    let options =
        ["--json".to_owned(), format!("--mode={mode}"), format!("--time-scale={time_scale}")];
    let args = options.iter().map(OsStr::new).chain([file.as_os_str()]);
    let runs = workflow(args).success().runs();
    assert_eq!(runs.len(), 3, "{}", file.display());
    for run in &runs {
        assert_eq!((count(run, "tasks"), count(run, "completed")), (tasks, tasks), "{run}");
        assert!((1..=16).contains(&count(run, "max_in_flight")), "{run}");
        if mode == "wait" {
            assert!(number(run, "makespan_s") >= number(run, "lower_bound_s"), "{run}");
        }
    }
}

#[test]
fn every_trace_runs_instantly() {
    for file in files() {
        run_everything(&file, "instant", 1.0);
    }
}

#[test]
fn every_trace_runs_with_timers() {
    for file in files() {
        let workflow = Workflow::read(&file).expect("a sound file");
        // About a twentieth of a second each, whatever the file's own times.
        let time_scale = 0.05 / workflow.lower_bound(16).as_secs_f64();
        run_everything(&file, "wait", time_scale);
    }
}
