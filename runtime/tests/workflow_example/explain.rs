//! `--explain`: what tasks wait for.

use crate::support::{binary, number, workflow};
use crate::waits::{Wait, Waits};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

#[test]
fn waiting_is_added_up_by_reason_and_task() {
    let mut waits = Waits::new(4);
    waits.add(2, "slot", ms(1));
    for (task, time) in [(0, 10), (1, 30), (3, 30), (0, 5)] {
        waits.add(task, "dependency", ms(time));
    }
    waits.add(1, "worker", ms(0));
    let dependency =
        Wait { reason: "dependency", tasks: 3, total: ms(75), longest: ms(30), longest_task: 1 };
    let slot = Wait { reason: "slot", tasks: 1, total: ms(1), longest: ms(1), longest_task: 2 };
    assert_eq!(waits.summary(), [dependency, slot]);
    assert_eq!(Waits::new(0).summary(), []);
}

#[test]
fn a_run_under_a_barrier_waits_for_dependencies_levels_and_slots() {
    let args = ["--explain", "--json", "--policy", "level-barrier", "--time-scale", "0.005"];
    let runs = workflow(args).success().runs();
    let waits = runs[0]["waits"].as_array().expect("a list");
    let reasons: Vec<_> = waits.iter().map(|wait| wait["reason"].as_str().unwrap()).collect();
    for reason in ["dependency", "level", "slot"] {
        assert!(reasons.contains(&reason), "{reason} in {reasons:?}");
    }
    let makespan = number(&runs[0], "makespan_s");
    for wait in waits {
        let (total, longest) = (number(wait, "total_s"), number(wait, "longest_s"));
        assert!(longest <= total && longest <= 1.1 * makespan, "{wait}");
        assert!(wait["longest_task"].as_str().is_some_and(|task| !task.is_empty()));
    }
    assert!(waits.is_sorted_by_key(|wait| -number(wait, "total_s")), "{waits:?}");
}

#[test]
fn people_get_a_second_table_and_only_if_they_ask() {
    let args = ["--explain", "--policy", "fifo", "--time-scale", "0.002"];
    let explained = workflow(args).success().stdout;
    assert!(explained.contains("waited for") && explained.contains("dependency"), "{explained}");
    assert!(explained.lines().all(|line| line.chars().count() <= 80), "{explained}");
    let plain = workflow(&args[1..]).success().stdout;
    assert!(!plain.contains("waited for"), "{plain}");
}

#[test]
fn a_signal_lists_every_task_that_waits_with_its_reason() {
    let args = ["--explain", "--policy", "fifo", "--slots", "2", "--time-scale", "0.05"];
    let mut child = Command::new(binary())
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut lines = BufReader::new(child.stderr.take().expect("it was piped")).lines();
    // By the first progress the listener is there.
    let mut next = |part: &str| {
        let found = lines.by_ref().map(|line| line.expect("text")).find(|it| it.contains(part));
        found.unwrap_or_else(|| panic!("{part} never came"))
    };
    let progress = next("slot (2/2)");
    assert!(progress.contains("dependency"), "{progress}");
    let kill = format!("kill -USR1 {}", child.id());
    assert!(Command::new("sh").args(["-c", &kill]).status().expect("a shell").success());
    let slot = next("waits for a slot");
    assert!(slot.starts_with("task ") && slot.contains("2 tasks run, 2 may"), "{slot}");
    let dependency = next("waits for task");
    assert!(dependency.contains('('), "with its name: {dependency}");
    child.kill().expect("it runs");
    child.wait().expect("it ends");
}
