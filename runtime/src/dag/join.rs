//! Arriving at a join, a few predecessors at a time.

use super::csr::Graph;
use primitives::join_counters::JoinCounters;

/// Predecessors of one node that have ended and have not been counted yet.
///
/// The many predecessors of a join often run one after another on the same runner; so they cost
/// one locked addition together, and none at all if all of them ran here. What is pending here
/// delays the join, so it must be settled before anything that may take long. The nodes of one
/// chunk are taken to be short, because those of the last one were. If they are not after all, and
/// a runner that has nothing to do asks, it is settled after the node at hand.
#[derive(Default)]
pub(super) struct Pending {
    node: u32,
    count: u32,
}

impl Pending {
    /// One predecessor of `target` has ended: the node that becomes ready by that, which may be
    /// the one that was pending before.
    #[inline]
    pub(super) fn release(
        &mut self,
        graph: &Graph,
        counters: &JoinCounters,
        target: u32,
    ) -> Option<u32> {
        let degree = graph.in_degree[target as usize];
        if degree == 1 {
            return Some(target);
        }
        if self.count > 0 && self.node == target {
            self.count += 1;
            return if self.count == degree {
                self.count = 0;
                Some(target)
            } else {
                None
            };
        }
        let ready = self.settle(graph, counters);
        *self = Self { node: target, count: 1 };
        ready
    }

    /// Counts what is pending: the node that becomes ready by that.
    #[inline]
    pub(super) fn settle(&mut self, graph: &Graph, counters: &JoinCounters) -> Option<u32> {
        let (node, count) = (self.node as usize, std::mem::take(&mut self.count));
        (count > 0 && counters.arrive(node, count, graph.in_degree[node])).then_some(self.node)
    }
}
