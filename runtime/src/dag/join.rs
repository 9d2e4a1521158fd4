//! Counting down a join counter, a few at a time.

use super::csr::Graph;
use primitives::shim::atomic::{AtomicU32, Ordering};

/// The counts of one run: how many predecessors of each node have not ended.
pub(super) struct Counters(Box<[AtomicU32]>);

impl Counters {
    pub(super) fn new(graph: &Graph) -> Self {
        Self(graph.in_degree.iter().map(|&degree| AtomicU32::new(degree)).collect())
    }

    /// `count` predecessors fewer. True for the caller that makes it zero.
    #[inline]
    fn count_down(&self, node: u32, count: u32) -> bool {
        // ORDERING: Release publishes what the predecessor did to whoever makes the counter zero,
        // which Acquires it here before it runs the node.
        self.0[node as usize].fetch_sub(count, Ordering::AcqRel) == count
    }
}

/// Predecessors of one node that have ended and have not been counted yet.
///
/// The many predecessors of a join often run one after another on the same runner; so they cost
/// one locked subtraction together, and none at all if all of them ran here. What is pending here
/// delays the join, so it must be settled before anything that may take long. The nodes of one
/// chunk are taken to be short, because those of the last one were; at worst, the first chunk of
/// long nodes after short ones delays a join until it ends.
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
        counters: &Counters,
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
        let ready = self.settle(counters);
        *self = Self { node: target, count: 1 };
        ready
    }

    /// Counts what is pending: the node that becomes ready by that.
    #[inline]
    pub(super) fn settle(&mut self, counters: &Counters) -> Option<u32> {
        let count = std::mem::take(&mut self.count);
        (count > 0 && counters.count_down(self.node, count)).then_some(self.node)
    }
}
