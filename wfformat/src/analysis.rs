//! Figures that follow from the graph and its runtimes.

use std::time::Duration;

use crate::order;
use crate::workflow::Workflow;

impl Workflow {
    /// Number of dependencies; a parent named twice counts once.
    pub fn edges(&self) -> usize {
        self.tasks.iter().map(|task| task.parents.len()).sum()
    }

    /// For every task the indices of those that wait for it, in file order.
    pub fn children(&self) -> Vec<Vec<usize>> {
        order::children(&self.tasks)
    }

    /// Task indices, every parent before its children.
    pub fn topological_order(&self) -> Vec<usize> {
        order::topological(&self.tasks)
    }

    /// The longest chain of runtimes: no number of slots makes the workflow faster.
    pub fn critical_path(&self) -> Duration {
        let finish = self.forward(Duration::ZERO, |task, start| start + self.tasks[task].runtime);
        finish.into_iter().max().unwrap_or_default()
    }

    /// The sum of all runtimes.
    pub fn total_work(&self) -> Duration {
        self.tasks.iter().map(|task| task.runtime).sum()
    }

    /// No schedule on `slots` slots, one task a slot, is shorter: the critical path, or the total
    /// work shared out evenly if that is longer. Zero slots count as one.
    pub fn lower_bound(&self, slots: usize) -> Duration {
        let slots = u32::try_from(slots.max(1)).unwrap_or(u32::MAX);
        self.critical_path().max(self.total_work() / slots)
    }

    /// The most tasks on one hop level, where a task's level is the number of edges on the longest
    /// way to it from a task without parents. A measure of how parallel the graph is, not a bound:
    /// tasks of different levels may well run together.
    pub fn max_width(&self) -> usize {
        let levels = self.forward(0, |_, level| level + 1);
        let mut widths = vec![0; self.tasks.len() + 1];
        for level in levels {
            widths[level] += 1;
        }
        widths.into_iter().max().unwrap_or(0)
    }

    /// Computes a value a task from the largest among its parents', or from `root` without any.
    fn forward<T: Copy + Ord>(&self, root: T, value: impl Fn(usize, T) -> T) -> Vec<T> {
        let mut values = vec![root; self.tasks.len()];
        for task in self.topological_order() {
            let parents = self.tasks[task].parents.iter();
            let largest = parents.map(|&parent| values[parent]).max().unwrap_or(root);
            values[task] = value(task, largest);
        }
        values
    }
}
