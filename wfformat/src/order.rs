//! Topological order, and the cycle that stands in its way.

use crate::error::Problem;
use crate::task::Task;

/// Task indices, parents before children, in the order of Kahn's algorithm: A. B. Kahn,
/// "Topological sorting of large networks", CACM 5(11), 1962. Tasks on a cycle and behind one are
/// missing.
pub(crate) fn topological(tasks: &[Task]) -> Vec<usize> {
    let children = children(tasks);
    let mut waiting: Vec<usize> = tasks.iter().map(|task| task.parents.len()).collect();
    let mut order: Vec<usize> = (0..tasks.len()).filter(|&i| waiting[i] == 0).collect();
    let mut next = 0;
    while let Some(&task) = order.get(next) {
        next += 1;
        for &child in &children[task] {
            waiting[child] -= 1;
            if waiting[child] == 0 {
                order.push(child);
            }
        }
    }
    order
}

/// For every task those that wait for it, in file order.
pub(crate) fn children(tasks: &[Task]) -> Vec<Vec<usize>> {
    let mut children = vec![Vec::new(); tasks.len()];
    for (index, task) in tasks.iter().enumerate() {
        for &parent in &task.parents {
            children[parent].push(index);
        }
    }
    children
}

/// Refuses tasks that wait for each other, naming them one by one.
pub(crate) fn check_acyclic(place: &'static str, tasks: &[Task]) -> Result<(), Problem> {
    let order = topological(tasks);
    if order.len() == tasks.len() {
        return Ok(());
    }
    let mut stuck = vec![true; tasks.len()];
    for task in order {
        stuck[task] = false;
    }
    let ids = cycle(tasks, &stuck).into_iter().map(|task| tasks[task].id.clone()).collect();
    Err(Problem::Cycle { place, tasks: ids })
}

/// One cycle among the `stuck` tasks, parents before children, the first repeated at the end.
///
/// Every stuck task has a stuck parent (else it would have become ready), so walking up from
/// parent to parent must come back to a task already seen, after as many steps as there are tasks
/// at most.
fn cycle(tasks: &[Task], stuck: &[bool]) -> Vec<usize> {
    let stuck_parent = |task: usize| tasks[task].parents.iter().copied().find(|&p| stuck[p]);
    let mut step_of = vec![None; tasks.len()];
    let mut walk = Vec::new();
    let mut here = stuck.iter().position(|&stuck| stuck);
    while let Some(task) = here {
        if let Some(step) = step_of[task] {
            walk.drain(..step);
            break;
        }
        step_of[task] = Some(walk.len());
        walk.push(task);
        here = stuck_parent(task);
    }
    // The walk went against the arrows. Start with the task that is first in the file.
    walk.reverse();
    let first = (0..walk.len()).min_by_key(|&i| walk[i]).unwrap_or(0);
    walk.rotate_left(first);
    walk.extend(walk.first().copied());
    walk
}
