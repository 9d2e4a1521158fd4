//! The rows of the table, and what we want to reach in each.

use crate::allocator::Allocator;
use crate::measure::summary::Summary;
use std::fmt;

/// One row: one figure of one workload.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// What is measured.
    pub name: &'static str,
    /// In what.
    pub unit: &'static str,
    /// The target with the C library's malloc.
    pub glibc: Target,
    /// The target with mimalloc.
    pub mimalloc: Target,
}

impl Row {
    /// A row whose target is the same with both allocators.
    pub fn new(name: &'static str, unit: &'static str, target: Target) -> Self {
        Self { name, unit, glibc: target, mimalloc: target }
    }

    /// Sets another target for mimalloc.
    #[must_use]
    pub fn with_mimalloc(self, target: Target) -> Self {
        Self { mimalloc: target, ..self }
    }

    /// The target with the allocator that this binary was built with.
    pub fn target(&self) -> Target {
        match Allocator::BUILT {
            Allocator::Glibc => self.glibc,
            Allocator::Mimalloc => self.mimalloc,
        }
    }
}

/// What is wanted of our figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Target {
    /// At most this times tokio multi-thread's.
    AtMostRatio(f64),
    /// At least this times tokio multi-thread's.
    AtLeastRatio(f64),
    /// At most this, in the row's unit.
    AtMost(f64),
}

impl Target {
    /// Whether more is better.
    pub fn wants_more(self) -> bool {
        matches!(self, Self::AtLeastRatio(_))
    }

    /// Whether a figure reaches it; `None` if that cannot be told without tokio's.
    pub fn is_met(self, ours: f64, tokio: Option<f64>) -> Option<bool> {
        match self {
            Self::AtMostRatio(ratio) => tokio.map(|tokio| ours <= ratio * tokio),
            Self::AtLeastRatio(ratio) => tokio.map(|tokio| ours >= ratio * tokio),
            Self::AtMost(most) => Some(ours <= most),
        }
    }

    /// Whether the median of one is better than that of another.
    pub fn prefers(self, one: Summary, other: Summary) -> bool {
        if self.wants_more() { one.median > other.median } else { one.median < other.median }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtMostRatio(ratio) => write!(f, "<= {ratio:.2} x"),
            Self::AtLeastRatio(ratio) => write!(f, ">= {ratio:.2} x"),
            Self::AtMost(most) => write!(f, "<= {most}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Target;

    #[test]
    fn targets_know_their_direction() {
        assert_eq!(Target::AtMostRatio(0.5).is_met(50.0, Some(100.0)), Some(true));
        assert_eq!(Target::AtMostRatio(0.5).is_met(51.0, Some(100.0)), Some(false));
        assert_eq!(Target::AtLeastRatio(1.1).is_met(109.0, Some(100.0)), Some(false));
        assert_eq!(Target::AtLeastRatio(1.1).is_met(111.0, Some(100.0)), Some(true));
        assert_eq!(Target::AtMost(144.0).is_met(145.0, None), Some(false));
        assert_eq!(Target::AtMostRatio(0.5).is_met(50.0, None), None);
    }
}
