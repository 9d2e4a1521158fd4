//! Generational names of things that live in slots: running attempts and graphs.

use std::fmt;

/// One running attempt of a task.
///
/// A slot number and the slot's generation. The generation moves on when the task ends, so a
/// completion that comes late, or twice, is recognised even if the slot already belongs to
/// another task. It wraps after 2^32 tasks in the same slot. The order means nothing: it is there
/// for maps and heaps.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket {
    pub(crate) index: u32,
    pub(crate) generation: u32,
}

impl fmt::Display for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ticket {}.{}", self.index, self.generation)
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ticket({}.{})", self.index, self.generation)
    }
}

/// A graph that was submitted as a whole.
///
/// Like a [`Ticket`] a slot and its generation: the id of a forgotten graph names nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GraphId {
    pub(crate) index: u32,
    pub(crate) generation: u32,
}

impl fmt::Display for GraphId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "graph {}.{}", self.index, self.generation)
    }
}

impl fmt::Debug for GraphId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GraphId({}.{})", self.index, self.generation)
    }
}
