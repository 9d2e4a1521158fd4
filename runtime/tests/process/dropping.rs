//! Processes that nobody waits for.

use crate::support::{forgotten, is_known, reader, shell, start};
use graph_runtime::runtime::Builder;

#[graph_runtime::test]
async fn one_that_is_dropped_runs_on_and_is_taken_note_of() {
    let mut child = start(&mut reader());
    let (stdin, id) = (child.stdin.take(), child.id().expect("it runs"));
    drop(child);
    assert!(is_known(id));
    drop(stdin);
    forgotten(id).await;
}

#[graph_runtime::test]
async fn one_that_has_ended_is_taken_note_of_at_once() {
    let mut child = start(&mut shell("exit 0"));
    let id = child.id().expect("nobody waited");
    // It closes the pipe by ending, and ends soon after.
    drop(child.stdin.take());
    while std::fs::read_to_string(format!("/proc/{id}/stat")).is_ok_and(|it| !it.contains(") Z ")) {
        graph_runtime::task::yield_now().await;
    }
    drop(child);
    assert!(!is_known(id));
}

#[test]
fn one_that_outlives_its_runtime_is_taken_note_of_by_the_next() {
    let runtime = Builder::new_current_thread().build().expect("there are descriptors");
    let (stdin, id) = runtime.block_on(async {
        let mut child = start(&mut reader());
        (child.stdin.take(), child.id().expect("it runs"))
    });
    drop(runtime);
    drop(stdin);
    let runtime = Builder::new_current_thread().build().expect("there are descriptors");
    runtime.block_on(async {
        while is_known(id) {
            shell("exit 0").status().await.expect("it can be started");
        }
    });
}
