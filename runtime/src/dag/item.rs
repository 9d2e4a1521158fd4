//! What travels through a runner's deque.

use std::num::NonZeroU64;

/// Work that is ready to be done, in one word.
///
/// ```text
///   bit 63              32 31               0
///   ┌─────────────────────┬──────────────────┐
///   │ node + 1            │ 0                │   Ready: run the node
///   │ first edge          │ last edge        │   Released: count down these edges' targets
///   └─────────────────────┴──────────────────┘   (last edge is exclusive, and so never 0)
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Item {
    /// All predecessors of the node have ended.
    Ready(u32),
    /// The sources of these edges, from the first to before the last, have ended.
    Released(Edges),
}

/// A range of edges; in an [`Item`] it is not empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Edges {
    pub(super) first: u32,
    pub(super) end: u32,
}

impl Edges {
    #[inline]
    pub(super) fn len(self) -> u32 {
        self.end - self.first
    }

    /// The lower half and the upper half, which is the larger one: of a single edge, all of it.
    pub(super) fn halves(self) -> (Self, Self) {
        let middle = self.first + self.len() / 2;
        (Self { end: middle, ..self }, Self { first: middle, ..self })
    }
}

impl Item {
    /// The item as one word. Neither form has all bits clear: a node is stored one higher, and
    /// the end of a range is at least one.
    #[inline]
    pub(super) fn pack(self) -> NonZeroU64 {
        let word = match self {
            Self::Ready(node) => (u64::from(node) + 1) << 32,
            Self::Released(edges) => (u64::from(edges.first) << 32) | u64::from(edges.end),
        };
        NonZeroU64::new(word).expect("no item is zero")
    }

    /// The inverse of [`pack`](Self::pack).
    #[inline]
    pub(super) fn unpack(word: NonZeroU64) -> Self {
        let word = word.get();
        match word as u32 {
            0 => Self::Ready((word >> 32) as u32 - 1),
            end => Self::Released(Edges { first: (word >> 32) as u32, end }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Edges, Item};

    #[test]
    fn an_item_survives_the_journey() {
        let items = [
            Item::Ready(0),
            Item::Ready(u32::MAX - 1),
            Item::Released(Edges { first: 0, end: 1 }),
            Item::Released(Edges { first: u32::MAX - 1, end: u32::MAX }),
        ];
        for item in items {
            assert_eq!(Item::unpack(item.pack()), item);
        }
    }

    #[test]
    fn halves_make_a_whole() {
        let (lower, upper) = Edges { first: 3, end: 8 }.halves();
        assert_eq!((lower.first, lower.end, upper.first, upper.end), (3, 5, 5, 8));
    }
}
