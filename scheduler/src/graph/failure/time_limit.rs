//! Limits on how long something may take.

use std::fmt;
use std::time::Duration;

/// What a limit on time is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LimitKind {
    /// One attempt, from its beginning.
    Attempt,
    /// An attempt's silence, from its last sign of life.
    Idle,
    /// All attempts of a task and the waits between them, from the first start.
    Total,
    /// A graph, from its submission.
    Graph,
}

/// A limit on time that was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TimeLimit {
    /// What it is about.
    pub kind: LimitKind,
    /// How long it allows.
    pub length: Duration,
}

impl fmt::Display for LimitKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Attempt => "timeout",
            Self::Idle => "idle timeout",
            Self::Total => "total timeout",
            Self::Graph => "graph's timeout",
        })
    }
}

impl fmt::Display for TimeLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {:?}", self.kind, self.length)
    }
}
