//! Keeping ranks right when a task is added below others.

use super::Policy;
use super::dependency_graph::DependencyGraph;
use super::ranks::latest_start;
use super::ready_queue::ReadyQueue;
use super::state::Phase;
use std::collections::VecDeque;

/// How many edges one submission follows upwards.
///
/// Ranks of a graph submitted as a whole are exact. For tasks submitted one by one the whole
/// ancestry would have to be visited each time, which makes building a chain quadratic; so the
/// nearest ancestors are kept right (breadth first) and farther ones are left too low. They are
/// raised later if their own descendants change.
const MAX_STEPS: usize = 64;

/// Raises the ranks, and brings forward the effective deadlines, of the unfinished ancestors of
/// `slot`; those that are queued move in the queue.
pub(crate) fn raise_ancestors<P>(
    graph: &mut DependencyGraph<P>,
    ready: &mut ReadyQueue,
    policy: Policy,
    slot: u32,
) {
    let mut steps = 0;
    let mut raised = VecDeque::from([slot]);
    let mut ancestors = Vec::new();
    while let Some(slot) = raised.pop_front() {
        let (rank, start) =
            (graph[slot].rank, latest_start(graph[slot].due, graph.profile(slot).estimate));
        ancestors.extend(graph.predecessors(slot).take(MAX_STEPS - steps));
        steps += ancestors.len();
        for ancestor in ancestors.drain(..) {
            let higher = rank.saturating_add(graph.profile(ancestor).estimate);
            let record = &mut graph[ancestor];
            if higher <= record.rank && start >= record.due {
                continue;
            }
            let before = policy.key(record);
            record.rank = record.rank.max(higher);
            record.due = record.due.min(start);
            if record.phase == Phase::Ready {
                ready.remove(before);
                ready.push(ancestor, policy.key(record));
            }
            raised.push_back(ancestor);
        }
    }
}
