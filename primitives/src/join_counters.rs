//! Who of several predecessors was the last to end.

use crate::shim::atomic::{AtomicU32, Ordering};
use crate::shim::{Mutant, zeroed_counters};

/// One join counter for each node of a graph: how many of its predecessors have ended.
///
/// They count up from zero, so that those of nodes without a join are never touched.
///
/// # Protocol
///
/// The predecessors of a node arrive with counts that sum up to what is `expected`. Each arrival
///
/// 1. *looks*: if what it reads and its own count make up what is expected, everybody else has
///    arrived. It is the last, and need not write: nobody will read the counter again.
/// 2. otherwise *adds* its count. If that makes up what is expected, it is the last after all:
///    the others arrived between its look and its addition.
///
/// Exactly one is the last: additions are totally ordered and none but the final count makes up
/// what is expected. If one arrival finds it by looking, all others have added before; none of
/// their additions made it up, and none can look any more.
///
/// The last one sees what all others did: every addition releases it, later additions carry it on
/// (a release sequence), and both ways of being the last acquire it.
///
/// # Examples
///
/// ```
/// use graph_runtime_primitives::join_counters::JoinCounters;
///
/// let joins = JoinCounters::new(1);
/// assert!(!joins.arrive(0, 1, 3));
/// assert!(joins.arrive(0, 2, 3), "three of three");
/// ```
#[derive(Debug)]
pub struct JoinCounters(Box<[AtomicU32]>);

impl JoinCounters {
    /// Counters for that many nodes, with nobody arrived.
    pub fn new(nodes: usize) -> Self {
        Self(zeroed_counters(nodes))
    }

    /// `count` more of the `expected` predecessors of `node` have ended. True for the last.
    ///
    /// # Panics
    ///
    /// If there is no such node.
    #[inline]
    pub fn arrive(&self, node: usize, count: u32, expected: u32) -> bool {
        let counter = &self.0[node];
        // ORDERING: Acquire pairs with the Release of every addition: the last one sees what the
        // others did before they arrived.
        let seen = counter.load(Mutant::JoinLastAcquire.weaken(Ordering::Acquire));
        if seen + count == expected {
            return true;
        }
        // ORDERING: Release publishes what this predecessor did to the last; Acquire, because this
        // may be the last.
        let before = if Mutant::JoinArriveRelease.is_active() {
            counter.fetch_add(count, Ordering::Acquire)
        } else if Mutant::JoinAddAcquire.is_active() {
            counter.fetch_add(count, Ordering::Release)
        } else {
            counter.fetch_add(count, Ordering::AcqRel)
        };
        let before = if Mutant::JoinStaleCount.is_active() { seen } else { before };
        before + count == expected
    }
}
