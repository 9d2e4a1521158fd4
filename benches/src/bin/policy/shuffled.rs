//! What the order of a file is worth.

use primitives::rng::Rng;
use scheduler::sim::{SimGraph, SimTask};

/// The same graph with its tasks in a random order. Files tend to list first what had better start
/// first, and whoever goes by the order of submission profits from it without knowing.
pub(crate) fn shuffled(graph: &SimGraph, rng: &mut Rng) -> SimGraph {
    let mut order: Vec<usize> = (0..graph.tasks.len()).collect();
    rng.shuffle(&mut order);
    let mut places = vec![0; order.len()];
    for (place, &task) in order.iter().enumerate() {
        places[task] = place;
    }
    let task = |&task: &usize| SimTask {
        runtime: graph.tasks[task].runtime,
        parents: graph.tasks[task].parents.iter().map(|&parent| places[parent]).collect(),
    };
    SimGraph { tasks: order.iter().map(task).collect() }
}

#[cfg(test)]
mod tests {
    use super::shuffled;
    use primitives::rng::Rng;
    use scheduler::sim::{SimGraph, SimTask};
    use std::time::Duration;

    /// Run times, which tell tasks apart, with those of their parents.
    fn edges(graph: &SimGraph) -> Vec<(Duration, Vec<Duration>)> {
        let time = |&task: &usize| graph.tasks[task].runtime;
        let parents = |task: &SimTask| task.parents.iter().map(time).collect();
        let mut edges: Vec<_> =
            graph.tasks.iter().map(|task| (task.runtime, parents(task))).collect();
        edges.sort();
        edges
    }

    #[test]
    fn nothing_but_the_order_changes() {
        let task = |n: usize| SimTask {
            runtime: Duration::from_secs(n as u64),
            parents: (n / 2..n).step_by(3).collect(),
        };
        let graph = SimGraph { tasks: (0..100).map(task).collect() };
        let other = shuffled(&graph, &mut Rng::new(3));
        assert_eq!(edges(&other), edges(&graph));
        let moved = graph.tasks.iter().zip(&other.tasks).filter(|(a, b)| a.runtime != b.runtime);
        assert!(moved.count() > 80);
    }
}
