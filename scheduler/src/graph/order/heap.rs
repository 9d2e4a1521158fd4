//! A heap with four children to a node.

/// The smallest first. Four children lie in two cache lines, and there are half as many levels to
/// come down as with two (A. LaMarca and R. Ladner, "The influence of caches on the performance of
/// heaps", ACM Journal of Experimental Algorithmics 1, 1996).
#[derive(Debug)]
pub(crate) struct Heap<T>(Vec<T>);

const CHILDREN: usize = 4;

impl<T> Default for Heap<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Ord + Copy> Heap<T> {
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The smallest. O(1).
    pub(crate) fn peek(&self) -> Option<T> {
        self.0.first().copied()
    }

    /// O(log n).
    pub(crate) fn push(&mut self, item: T) {
        self.0.push(item);
        self.rise(self.0.len() - 1, item);
    }

    /// Takes the smallest. O(log n).
    pub(crate) fn pop(&mut self) -> Option<T> {
        let last = self.0.pop()?;
        let Some(&smallest) = self.0.first() else { return Some(last) };
        // The hole goes all the way down, and the last item, which belongs near the bottom, rises
        // from there: one comparison less for each level.
        let hole = self.sink();
        self.rise(hole, last);
        Some(smallest)
    }

    /// Moves the smallest child into each hole, from the root on. Returns the last hole.
    fn sink(&mut self) -> usize {
        let mut hole = 0;
        loop {
            let first = hole * CHILDREN + 1;
            let after = self.0.len().min(first + CHILDREN);
            let Some(child) = (first..after).min_by_key(|&child| self.0[child]) else {
                return hole;
            };
            self.0[hole] = self.0[child];
            hole = child;
        }
    }

    /// Puts `item` into the hole, or as far above it as it belongs.
    fn rise(&mut self, mut hole: usize, item: T) {
        while hole > 0 {
            let parent = (hole - 1) / CHILDREN;
            if self.0[parent] <= item {
                break;
            }
            self.0[hole] = self.0[parent];
            hole = parent;
        }
        self.0[hole] = item;
    }

    /// Takes everything, in no order.
    pub(crate) fn take_all(&mut self) -> Vec<T> {
        std::mem::take(&mut self.0)
    }

    /// Keeps what `keep` says. O(n log n) at worst.
    pub(crate) fn retain(&mut self, keep: impl FnMut(&T) -> bool) {
        self.0.retain(keep);
        // Sorted is a heap.
        self.0.sort_unstable();
    }
}

#[cfg(test)]
mod tests {
    use super::Heap;
    use proptest::prelude::*;
    use std::cmp::Reverse;
    use std::collections::BinaryHeap;

    proptest! {
        #[test]
        fn behaves_like_the_standard_library_s(
            steps in prop::collection::vec(prop::option::weighted(0.6, 0..50_u32), 0..400),
        ) {
            let (mut heap, mut oracle) = (Heap::default(), BinaryHeap::new());
            for step in steps {
                match step {
                    Some(0) => {
                        heap.retain(|item| item % 3 > 0);
                        oracle.retain(|Reverse(item)| item % 3 > 0);
                    }
                    Some(item) => {
                        heap.push(item);
                        oracle.push(Reverse(item));
                    }
                    None => prop_assert_eq!(heap.pop(), oracle.pop().map(|Reverse(item)| item)),
                }
                prop_assert_eq!(heap.peek(), oracle.peek().map(|&Reverse(item)| item));
                prop_assert_eq!(heap.len(), oracle.len());
            }
        }
    }
}
