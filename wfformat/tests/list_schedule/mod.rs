//! Makespans by list scheduling, the plainest way to say what a policy is worth on a workflow: no
//! overhead, every runtime as recorded, one task a slot.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::time::Duration;

use graph_runtime_wfformat::Workflow;

/// First come, first served.
pub(crate) fn fifo(workflow: &Workflow, slots: usize) -> Duration {
    makespan(workflow, slots, &vec![Duration::ZERO; workflow.tasks.len()])
}

/// The task with the longest way still to go first.
pub(crate) fn critical_path_first(workflow: &Workflow, slots: usize) -> Duration {
    makespan(workflow, slots, &upward_ranks(workflow))
}

/// Own runtime plus the longest way to a task without children.
fn upward_ranks(workflow: &Workflow) -> Vec<Duration> {
    let children = workflow.children();
    let mut ranks = vec![Duration::ZERO; workflow.tasks.len()];
    for task in workflow.topological_order().into_iter().rev() {
        let longest = children[task].iter().map(|&child| ranks[child]).max().unwrap_or_default();
        ranks[task] = workflow.tasks[task].runtime + longest;
    }
    ranks
}

/// List scheduling: whenever a slot is free the ready task of the highest rank starts, the first
/// to become ready among equals.
fn makespan(workflow: &Workflow, slots: usize, ranks: &[Duration]) -> Duration {
    let children = workflow.children();
    let mut waiting: Vec<usize> = workflow.tasks.iter().map(|task| task.parents.len()).collect();
    let roots = (0..waiting.len()).filter(|&task| waiting[task] == 0);
    let mut ready: BTreeSet<_> = roots.map(|task| (Reverse(ranks[task]), task, task)).collect();
    let mut sequence = waiting.len();
    let mut running = BTreeSet::new();
    let mut now = Duration::ZERO;
    loop {
        while running.len() < slots {
            let Some((_, _, task)) = ready.pop_first() else { break };
            running.insert((now + workflow.tasks[task].runtime, task));
        }
        let Some(&(end, _)) = running.first() else { return now };
        now = end;
        while running.first().is_some_and(|&(end, _)| end == now) {
            let (_, task) = running.pop_first().unwrap();
            for &child in &children[task] {
                waiting[child] -= 1;
                if waiting[child] == 0 {
                    ready.insert((Reverse(ranks[child]), sequence, child));
                    sequence += 1;
                }
            }
        }
    }
}
