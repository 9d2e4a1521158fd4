//! Random workflows of several shapes and sizes.

use crate::families::{FAMILIES, family};
use crate::trace::Trace;
use primitives::rng::Rng;

/// Programs that a family has. Each takes half as long again as the one before, give or take.
const KINDS: u32 = 8;
const FACTOR: f64 = 1.5;
/// The largest tasks take about ten times the memory of the smallest.
const MEMORY_MIN: f64 = 64.0 * 1024.0 * 1024.0;

/// One workflow of each family and size. What tasks take in time differs by factors, in their kinds
/// and by itself, and so does what they take of memory.
pub(crate) fn traces(sizes: &[usize], seed: u64) -> Vec<Trace> {
    let each = FAMILIES.iter().flat_map(|name| sizes.iter().map(move |&tasks| (name, tasks)));
    each.map(|(name, tasks)| trace(name, tasks, &mut Rng::new(seed))).collect()
}

fn trace(name: &str, tasks: usize, rng: &mut Rng) -> Trace {
    let mut graph = family(name, tasks, rng);
    let (mut kinds, mut memory) = (Vec::new(), Vec::new());
    for task in &mut graph.tasks {
        let kind = rng.below(KINDS);
        task.runtime = task.runtime.mul_f64(FACTOR.powi(kind as i32));
        kinds.push(format!("{name}-{kind}"));
        memory.push((MEMORY_MIN * (1.0 + 9.0 * rng.unit())) as usize);
    }
    Trace::new(format!("{name}, {tasks} tasks"), graph, kinds, memory)
}
