//! Keeping ranks right when a task is added below others.

use crate::graph::Policy;
use crate::graph::admission::turnstile::Turnstile;
use crate::graph::record::Record;
use crate::graph::shape::dependency_graph::DependencyGraph;
use crate::graph::state::Phase;
use std::collections::VecDeque;

/// How many edges one submission follows upwards.
///
/// Ranks of a graph submitted as a whole are exact. For tasks submitted one by one the whole
/// ancestry would have to be visited each time, which makes building a chain quadratic; so the
/// nearest ancestors are kept right (breadth first) and farther ones are left too low. They are
/// raised later if their own descendants change.
const MAX_STEPS: usize = 64;

/// Raises the ranks and the priorities, and brings forward the effective deadlines, of the
/// unfinished ancestors of `slot`. Those that are queued move in the queue; returns them.
///
/// Priority inheritance, as for locks: L. Sha, R. Rajkumar and J. P. Lehoczky, IEEE Transactions
/// on Computers 39(9), 1990.
pub(crate) fn raise_ancestors<P>(
    graph: &mut DependencyGraph<P>,
    turnstile: &mut Turnstile,
    policy: Policy,
    slot: u32,
) -> Vec<u32> {
    let (mut steps, mut moved) = (0, Vec::new());
    let mut raised = VecDeque::from([slot]);
    let mut ancestors = Vec::new();
    while let Some(slot) = raised.pop_front() {
        let &Record { class, rank, due, .. } = &graph[slot];
        // Under a policy with levels these are in the class, and nobody's business.
        let class = if policy.has_barrier() { 0 } else { class };
        let successor = graph.profile(slot).estimate;
        ancestors.extend(graph.predecessors(slot).take(MAX_STEPS - steps));
        steps += ancestors.len();
        for ancestor in ancestors.drain(..) {
            let estimate = graph.profile(ancestor).estimate;
            let higher = rank.saturating_add(estimate);
            let due = policy.due_before(due, successor, estimate);
            let record = &mut graph[ancestor];
            if higher <= record.rank && due >= record.due && class <= record.class {
                continue;
            }
            let before = policy.key(record);
            record.rank = record.rank.max(higher);
            record.due = record.due.min(due);
            record.class = record.class.max(class);
            if record.phase == Phase::Ready {
                let after = policy.key(record);
                let demand = graph.profile(ancestor).demand;
                turnstile.remove(ancestor, before, demand);
                turnstile.push(ancestor, after, demand);
                moved.push(ancestor);
            }
            raised.push_back(ancestor);
        }
    }
    moved
}
