//! Random graphs of several shapes.

use graph_runtime_scheduler::sim::{SimGraph, SimTask};
use primitives::rng::Rng;
use std::time::Duration;

/// The names that [`family`] knows.
pub(crate) const FAMILIES: [&str; 6] =
    ["independent", "layered", "fork-join", "reduction", "chains", "random"];

/// A graph of about so many tasks, whose run times differ by factors.
pub(crate) fn family(name: &str, tasks: usize, rng: &mut Rng) -> SimGraph {
    let width = (tasks as f64).sqrt() as usize + 1;
    let any_below = |rng: &mut Rng, bound: usize| rng.below(bound as u32) as usize;
    let task = |n: usize| {
        let parents: Vec<usize> = match name {
            "independent" => Vec::new(),
            "layered" if n < width => Vec::new(),
            "layered" => {
                let first = (n / width - 1) * width;
                (0..3).map(|_| first + any_below(rng, width)).collect()
            }
            // Stages of a fork, its branches and a join, which is the next stage's fork.
            "fork-join" => match n % width {
                0 if n == 0 => Vec::new(),
                0 => (n - width + 1..n).collect(),
                _ => vec![n - n % width],
            },
            // Two children each, towards the last task.
            "reduction" => {
                let children = 2 * (tasks - 1 - n) + 1;
                [children, children + 1]
                    .into_iter()
                    .filter(|&child| child < tasks)
                    .map(|child| tasks - 1 - child)
                    .collect()
            }
            "chains" => n.checked_sub(width).into_iter().collect(),
            "random" => {
                let parents = if n == 0 { 0 } else { any_below(rng, 4) };
                (0..parents).map(|_| any_below(rng, n)).collect()
            }
            other => panic!("there is no family {other}"),
        };
        // One in a hundred runs a hundred times as long as the shortest.
        let millis = (10.0 / (1.0 - 0.99 * rng.unit())) as u64;
        SimTask { runtime: Duration::from_millis(millis), parents }
    };
    SimGraph { tasks: (0..tasks).map(task).collect() }
}
