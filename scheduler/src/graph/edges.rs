//! Dependencies as edges that are in two lists at once.

/// The end of a list, and the mark of an end that has let go of its edge.
const NONE: u32 = u32::MAX;

/// One list of edges: a task's successors, or its predecessors.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EdgeList {
    head: u32,
    tail: u32,
}

impl Default for EdgeList {
    fn default() -> Self {
        Self { head: NONE, tail: NONE }
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
/// The edge is in the successor list of its source and in the predecessor list of its target.
/// Each side lets go once, when it walks its list for the last time; the second one frees the
/// edge. So no list is ever searched, and an edge costs O(1) over its whole life.
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
        let edge = Edge { source, target, next_of_source: NONE, next_of_target: NONE };
        let index = self.insert(edge);
        match std::mem::replace(&mut successors.tail, index) {
            NONE => successors.head = index,
            tail => self.edges[tail as usize].next_of_source = index,
        }
        match std::mem::replace(&mut predecessors.tail, index) {
            NONE => predecessors.head = index,
            tail => self.edges[tail as usize].next_of_target = index,
        }
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
    use super::{EdgeList, Edges};

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
