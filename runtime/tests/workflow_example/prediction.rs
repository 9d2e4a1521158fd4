//! What really happens is what the simulator says: the same scheduler orders both.

use crate::support::{generated, number, workflow};
use graph_runtime::Policy;
use graph_runtime::sim::{SimGraph, SimTask, simulate};
use wfformat::Workflow;

/// Twice what is asked of a quiet machine: here other tests run at the same time.
const TOLERANCE: f64 = 0.10;
/// A run that was disturbed is slower, never faster, so one good one in a few tells.
const ATTEMPTS: usize = 4;

fn predicted_s(policy: Policy) -> f64 {
    let workflow = Workflow::read(&generated()).expect("our own file");
    let task = |task: wfformat::Task| SimTask { runtime: task.runtime, parents: task.parents };
    let graph = SimGraph { tasks: workflow.tasks.into_iter().map(task).collect() };
    simulate(&graph, 16, policy).expect("a sound graph").makespan.as_secs_f64()
}

fn measured_s(policy: Policy) -> f64 {
    let args = ["--json", "--slots=16", "--time-scale=0.01"].map(str::to_owned);
    let runs = workflow(args.into_iter().chain([format!("--policy={policy}")])).success().runs();
    number(&runs[0], "makespan_s")
}

fn agrees(policy: Policy) {
    let predicted = predicted_s(policy);
    let mut measured = f64::INFINITY;
    for _ in 0..ATTEMPTS {
        measured = measured.min(measured_s(policy));
        if (measured / predicted - 1.0).abs() <= TOLERANCE {
            return;
        }
    }
    panic!("{policy}: at best {measured} s, predicted {predicted} s");
}

#[test]
fn critical_path_takes_as_long_as_predicted() {
    agrees(Policy::CriticalPath);
}

#[test]
fn fifo_takes_as_long_as_predicted() {
    agrees(Policy::Fifo);
}

#[test]
fn the_level_barrier_takes_as_long_as_predicted() {
    agrees(Policy::LevelBarrier);
}
