//! The edges of a graph that is being put together, in few bytes.

/// Edges in the order in which they were added.
///
/// Graphs are mostly built in some order, so that an edge is close to the one before. Only the
/// differences are kept, in groups of fifteen bits, the lowest first; the sixteenth says that
/// another group follows. (Groups of seven, as in LEB128, are smaller still, but then the number
/// of groups is hard to predict, and that takes longer than everything else.)
///
/// ```text
///   bits 2..      how far `from` moved, its sign in the lowest of them
///   bits 0..2     0, 1, 2: how far `to` moved    3: one more group follows and says it
/// ```
///
/// Two bytes an edge in usual graphs, twelve at worst.
#[derive(Default)]
pub(super) struct EdgeList {
    groups: Vec<u16>,
    last: (u32, u32),
    count: usize,
    largest_end: Option<u32>,
    /// Some edge does not lead to a higher number.
    is_unsorted: bool,
}

/// What the lowest bits say if `to` needs a group of its own.
const ESCAPE: u64 = 3;
const GROUP_BITS: u32 = 15;
/// Set in a group that is not the last.
const MORE: u16 = 1 << GROUP_BITS;

impl EdgeList {
    /// Room for that many edges of a usual graph.
    pub(super) fn with_capacity(edges: usize) -> Self {
        Self { groups: Vec::with_capacity(edges), ..Self::default() }
    }

    #[inline]
    pub(super) fn push(&mut self, from: u32, to: u32) {
        let (last_from, last_to) = std::mem::replace(&mut self.last, (from, to));
        let forward = u64::from(to.wrapping_sub(last_to));
        let tag = forward.min(ESCAPE);
        self.push_number((u64::from(fold(from.wrapping_sub(last_from))) << 2) | tag);
        if tag == ESCAPE {
            self.push_number(u64::from(fold(to.wrapping_sub(last_to))));
        }
        self.count += 1;
        self.largest_end = self.largest_end.max(Some(from.max(to)));
        self.is_unsorted |= from >= to;
    }

    #[inline]
    fn push_number(&mut self, mut number: u64) {
        while number >= u64::from(MORE) {
            self.groups.push(number as u16 | MORE);
            number >>= GROUP_BITS;
        }
        self.groups.push(number as u16);
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// The highest number of a node that some edge names.
    pub(super) fn largest_end(&self) -> Option<u32> {
        self.largest_end
    }

    /// Whether every edge leads to a higher number; then there is no cycle.
    pub(super) fn is_sorted(&self) -> bool {
        !self.is_unsorted
    }

    /// All edges as (from, to), in the order in which they were added.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, u32)> {
        let (mut rest, mut last) = (&self.groups[..], (0u32, 0u32));
        (0..self.count).map(move |_| {
            let word = take_number(&mut rest);
            let forward = match word & ESCAPE {
                ESCAPE => unfold(take_number(&mut rest) as u32),
                forward => forward as u32,
            };
            let from = last.0.wrapping_add(unfold((word >> 2) as u32));
            last = (from, last.1.wrapping_add(forward));
            last
        })
    }
}

#[inline]
fn take_number(groups: &mut &[u16]) -> u64 {
    let (mut number, mut shift) = (0, 0);
    while let Some((&group, rest)) = groups.split_first() {
        *groups = rest;
        number |= u64::from(group & !MORE) << shift;
        if group < MORE {
            break;
        }
        shift += GROUP_BITS;
    }
    number
}

/// A difference with its sign in the lowest bit: small either way if it is small.
#[inline]
fn fold(difference: u32) -> u32 {
    (difference << 1) ^ ((difference as i32 >> 31) as u32)
}

/// The inverse of [`fold`].
#[inline]
fn unfold(folded: u32) -> u32 {
    (folded >> 1) ^ (folded & 1).wrapping_neg()
}

#[cfg(test)]
mod tests {
    use super::EdgeList;
    use proptest::prelude::*;

    fn list(edges: &[(u32, u32)]) -> EdgeList {
        let mut list = EdgeList::default();
        for &(from, to) in edges {
            list.push(from, to);
        }
        list
    }

    /// Numbers of which many are close together and some are far out.
    fn end() -> impl Strategy<Value = u32> {
        prop_oneof![0u32..10, 1_000u32..1_300, any::<u32>(), Just(u32::MAX)]
    }

    proptest! {
        #[test]
        fn what_goes_in_comes_out(edges in prop::collection::vec((end(), end()), 0..200)) {
            let list = list(&edges);
            prop_assert_eq!(list.iter().collect::<Vec<_>>(), edges.clone());
            prop_assert_eq!(list.len(), edges.len());
            prop_assert_eq!(list.largest_end(), edges.iter().map(|it| it.0.max(it.1)).max());
            prop_assert_eq!(list.is_sorted(), edges.iter().all(|it| it.0 < it.1));
            prop_assert!(list.groups.len() <= 6 * edges.len());
        }
    }

    #[test]
    fn neighbours_take_one_group() {
        let groups = |edges: &[(u32, u32)]| list(edges).groups.len();
        let chain: Vec<_> = (1..1_000).map(|node| (node - 1, node)).collect();
        assert_eq!(groups(&chain), chain.len());
        let fork: Vec<_> = (1..999).map(|node| (0, node)).collect();
        assert_eq!(groups(&fork), fork.len());
        // The jump to the last node takes another group, once.
        let join: Vec<_> = (0..999).map(|node| (node, 999)).collect();
        assert_eq!(groups(&join), join.len() + 1);
        let up_and_left = |node| [(node - 512, node), (node - 1, node)];
        let grid: Vec<_> = (512..1_024).flat_map(up_and_left).collect();
        assert_eq!(groups(&grid), grid.len() + 1);
    }
}
