//! Once around a loop.

use super::batch::Batch;
use scheduler::TaskId;
use std::sync::{Arc, OnceLock, Weak};

/// What the tasks of a generation, and all that they add, have in common.
///
/// What is added in a generation is kept for the graph's report with the tasks that the generation
/// began with, and goes when they go: when the loop has come to its next generation.
pub(in crate::executor) struct Lap {
    /// Which generation it is; the first is 1.
    number: u64,
    /// The last task of the loop; `None` if the generation began in another executor.
    end: Option<TaskId>,
    /// The generation of the loop around this one.
    outer: Option<Arc<Self>>,
    /// The tasks that it began with, once they have been accepted.
    first: OnceLock<Weak<Batch>>,
}

/// Where what is added is kept.
pub(in crate::executor) enum Keeper {
    /// With the graph.
    Graph,
    /// With the tasks that a generation began with.
    Generation(Arc<Batch>),
    /// The generation is gone.
    Nowhere,
}

impl Lap {
    /// A generation of the loop that ends with `end`, begun by a task that belongs to `beside`.
    pub(in crate::executor) fn of_loop(
        number: u64,
        end: TaskId,
        beside: Option<&Arc<Self>>,
    ) -> Arc<Self> {
        // Generations begin each other, so the one before is beside this one, and not around it.
        let outer = match beside {
            Some(before) if before.end == Some(end) => before.outer.clone(),
            beside => beside.cloned(),
        };
        Arc::new(Self { number, end: Some(end), outer, first: OnceLock::new() })
    }

    /// The rest of a generation that began in another executor.
    pub(in crate::executor) fn continued(number: u64, beside: Option<&Arc<Self>>) -> Arc<Self> {
        Arc::new(Self { number, end: None, outer: beside.cloned(), first: OnceLock::new() })
    }

    pub(in crate::executor) fn number(&self) -> u64 {
        self.number
    }

    pub(in crate::executor) fn outer(&self) -> Option<&Arc<Self>> {
        self.outer.as_ref()
    }

    /// The tasks that it begins with have been accepted.
    pub(in crate::executor) fn begins_with(&self, first: &Arc<Batch>) {
        let is_new = self.first.set(Arc::downgrade(first)).is_ok();
        debug_assert!(is_new, "a generation begins once");
    }

    /// Where what is added in `lap` is kept. O(loops inside each other that began elsewhere).
    pub(in crate::executor) fn keeper(mut lap: Option<&Arc<Self>>) -> Keeper {
        while let Some(this) = lap {
            if let Some(first) = this.first.get() {
                return first.upgrade().map_or(Keeper::Nowhere, Keeper::Generation);
            }
            lap = this.outer();
        }
        Keeper::Graph
    }
}
