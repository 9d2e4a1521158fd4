//! A run that is ended early takes its samples with it.

use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Far more than any of it takes, and less than the samples below.
const LIMIT: Duration = Duration::from_secs(5);

/// Starts a run whose samples take six seconds each; it, and the process of its first sample.
fn long_run() -> (Child, u32) {
    let arguments = ["--only", "idle-connections", "--peers", "graph_runtime"];
    let run = Command::new(env!("CARGO_BIN_EXE_versus"))
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut sample = None;
    wait_until("a sample is taken", || {
        sample = child_of(run.id());
        // It is bound to its parent before it listens.
        sample.is_some_and(|it| fs::read_dir(format!("/proc/{it}/task")).unwrap().count() > 1)
    });
    (run, sample.unwrap())
}

/// A child of a process, if there is one.
fn child_of(parent: u32) -> Option<u32> {
    let processes = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let mut numbers = processes.filter_map(|it| it.file_name().to_str()?.parse::<u32>().ok());
    numbers.find(|&it| stat(it).is_some_and(|(_, its_parent)| its_parent == parent))
}

/// A process's state and its parent, while it is there.
fn stat(process: u32) -> Option<(char, u32)> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name, in parentheses, may contain anything.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    Some((fields.next()?.chars().next()?, fields.next()?.parse().ok()?))
}

/// Whether a process runs no more. Its number may stay until somebody asks what became of it.
fn has_ended(process: u32) -> bool {
    stat(process).is_none_or(|(state, _)| state == 'Z')
}

fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < LIMIT, "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

fn signal(process: u32, signal: Signal) {
    kill_process(Pid::from_raw(process as i32).unwrap(), signal).unwrap();
}

#[test]
fn ctrl_c_ends_the_sample_and_prints_what_there_is() {
    let (run, sample) = long_run();
    signal(run.id(), Signal::INT);
    let start = Instant::now();
    let Output { status, stdout, .. } = run.wait_with_output().unwrap();
    assert!(start.elapsed() < LIMIT, "it does not wait for the sample");
    assert!(has_ended(sample));
    assert_eq!(status.code(), Some(130));
    assert!(String::from_utf8(stdout).unwrap().contains("not measured"), "the table is printed");
}

#[test]
fn a_run_that_is_killed_takes_its_sample_with_it() {
    let (mut run, sample) = long_run();
    signal(run.id(), Signal::KILL);
    run.wait().unwrap();
    wait_until("the sample ends", || has_ended(sample));
}
