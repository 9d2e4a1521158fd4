//! Dependencies as edges that are in two lists at once.

/// The end of a list, and the mark of an end that has let go of its edge.
const NONE: u32 = u32::MAX;

/// Shorter lists are not worth sweeping.
const SWEEP_MIN: u32 = 32;

/// One list of edges: a task's successors, or its predecessors.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EdgeList {
    head: u32,
    tail: u32,
    /// Edges in the list.
    len: u32,
    /// The length at which edges that the other side has let go of are taken out.
    sweep_at: u32,
}

impl Default for EdgeList {
    fn default() -> Self {
        Self { head: NONE, tail: NONE, len: 0, sweep_at: SWEEP_MIN }
    }
}

/// The edges of one task to tasks outside its graph.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Links {
    /// Whom it depends on. Kept only while it waits: nobody asks later.
    pub(crate) predecessors: EdgeList,
    /// Who depends on it, in order of submission.
    pub(crate) successors: EdgeList,
}

/// "`target` waits for `source`": 16 bytes.
///
/// The edge is in the successor list of its source and in the predecessor list of its target. Each
/// side lets go once, when it walks its list for the last time; the second one frees the edge. So
/// no list is ever searched. A list that has grown to twice what was left of it is swept of the
/// edges that the other side has let go of, so one side may live for ever and have edges come and
/// go. An edge costs O(1) over its whole life, amortised.
#[derive(Debug, Clone, Copy)]
struct Edge {
    source: u32,
    target: u32,
    next_of_source: u32,
    next_of_target: u32,
}

/// All edges of the dependency graph.
#[derive(Debug, Default)]
pub(crate) struct Edges {
    edges: Vec<Edge>,
    free: Vec<u32>,
}

impl Edges {
    /// Adds an edge at the end of both lists.
    pub(crate) fn add(
        &mut self,
        source: u32,
        target: u32,
        successors: &mut EdgeList,
        predecessors: &mut EdgeList,
    ) {
        if successors.len >= successors.sweep_at {
            self.sweep(successors, |edge| (edge.target, &mut edge.next_of_source));
        }
        if predecessors.len >= predecessors.sweep_at {
            self.sweep(predecessors, |edge| (edge.source, &mut edge.next_of_target));
        }
        let edge = Edge { source, target, next_of_source: NONE, next_of_target: NONE };
        let index = self.insert(edge);
        self.append(successors, index, |edge| (edge.target, &mut edge.next_of_source));
        self.append(predecessors, index, |edge| (edge.source, &mut edge.next_of_target));
    }

    /// Puts an edge at the end of a list, of which `side` shows the other side and the next edge.
    fn append(&mut self, list: &mut EdgeList, index: u32, side: fn(&mut Edge) -> (u32, &mut u32)) {
        match std::mem::replace(&mut list.tail, index) {
            NONE => list.head = index,
            tail => *side(&mut self.edges[tail as usize]).1 = index,
        }
        list.len += 1;
    }

    /// Takes out of a list, and frees, what the other side has let go of.
    fn sweep(&mut self, list: &mut EdgeList, side: fn(&mut Edge) -> (u32, &mut u32)) {
        let mut index = std::mem::take(list).head;
        while index != NONE {
            let (other, next) = side(&mut self.edges[index as usize]);
            let following = std::mem::replace(next, NONE);
            match other {
                NONE => self.free.push(index),
                _ => self.append(list, index, side),
            }
            index = following;
        }
        list.sweep_at = SWEEP_MIN.max(2 * list.len);
    }

    /// The sources of a predecessor list that have not let go.
    pub(crate) fn sources(&self, predecessors: EdgeList) -> impl Iterator<Item = u32> + '_ {
        let edge = |index: u32| self.edges.get(index as usize);
        std::iter::successors(edge(predecessors.head), move |e| edge(e.next_of_target))
            .map(|e| e.source)
            .filter(|&source| source != NONE)
    }

    /// The targets of a successor list that have not let go.
    pub(crate) fn targets(&self, successors: EdgeList) -> impl Iterator<Item = u32> + '_ {
        let edge = |index: u32| self.edges.get(index as usize);
        std::iter::successors(edge(successors.head), move |e| edge(e.next_of_source))
            .map(|e| e.target)
            .filter(|&target| target != NONE)
    }

    /// The source of the edges lets go; calls `each` with every target that has not.
    pub(crate) fn release_successors(&mut self, list: EdgeList, mut each: impl FnMut(u32)) {
        let mut index = list.head;
        while index != NONE {
            let edge = &mut self.edges[index as usize];
            edge.source = NONE;
            let Edge { target, next_of_source: next, .. } = *edge;
            match target {
                NONE => self.free.push(index),
                target => each(target),
            }
            index = next;
        }
    }

    /// The target of the edges lets go.
    pub(crate) fn release_predecessors(&mut self, list: EdgeList) {
        let mut index = list.head;
        while index != NONE {
            let edge = &mut self.edges[index as usize];
            edge.target = NONE;
            let Edge { source, next_of_target: next, .. } = *edge;
            if source == NONE {
                self.free.push(index);
            }
            index = next;
        }
    }

    fn insert(&mut self, edge: Edge) -> u32 {
        if let Some(index) = self.free.pop() {
            self.edges[index as usize] = edge;
            return index;
        }
        let index = u32::try_from(self.edges.len()).expect("64 GiB of edges fit no machine");
        assert!(index != NONE, "64 GiB of edges fit no machine");
        self.edges.push(edge);
        index
    }

    #[cfg(test)]
    pub(crate) fn in_use(&self) -> usize {
        self.edges.len() - self.free.len()
    }
}

#[cfg(test)]
mod tests {
    use super::{EdgeList, Edges, SWEEP_MIN};

    #[test]
    fn edges_of_one_that_stays_do_not_pile_up() {
        let mut edges = Edges::default();
        let (mut out, mut into) = (EdgeList::default(), EdgeList::default());
        let mut first = EdgeList::default();
        edges.add(7, 1, &mut first, &mut into);
        for _ in 0..10_000 {
            let mut passing = EdgeList::default();
            edges.add(2, 1, &mut passing, &mut into);
            edges.release_successors(passing, |target| assert_eq!(target, 1));
            let mut passing = EdgeList::default();
            edges.add(0, 3, &mut out, &mut passing);
            edges.release_predecessors(passing);
        }
        assert!(edges.in_use() <= 3 * SWEEP_MIN as usize, "{}", edges.in_use());
        assert_eq!(edges.sources(into).collect::<Vec<_>>(), [7]);
        edges.release_successors(out, |target| panic!("{target} has let go"));
        edges.release_predecessors(into);
        edges.release_successors(first, |target| panic!("{target} has let go"));
        assert_eq!(edges.in_use(), 0);
    }

    #[test]
    fn an_edge_is_freed_when_both_sides_have_let_go_in_either_order() {
        let mut edges = Edges::default();
        let (mut out, mut into_1, mut into_2) =
            (EdgeList::default(), EdgeList::default(), EdgeList::default());
        edges.add(0, 1, &mut out, &mut into_1);
        edges.add(0, 2, &mut out, &mut into_2);
        assert_eq!(edges.sources(into_1).collect::<Vec<_>>(), [0]);
        assert_eq!(edges.targets(out).collect::<Vec<_>>(), [1, 2]);

        edges.release_predecessors(into_1);
        assert_eq!(edges.in_use(), 2);
        assert_eq!(edges.targets(out).collect::<Vec<_>>(), [2]);
        let mut targets = Vec::new();
        edges.release_successors(out, |target| targets.push(target));
        assert_eq!(targets, [2], "1 had let go");
        assert_eq!(edges.in_use(), 1);
        assert_eq!(edges.sources(into_2).count(), 0);
        edges.release_predecessors(into_2);
        assert_eq!(edges.in_use(), 0);
    }
}
