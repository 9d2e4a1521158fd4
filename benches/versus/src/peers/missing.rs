//! What a peer cannot do, and why.

use thiserror::Error;

/// The figures of one workload, one per row of the table, or why there are none.
pub type Figures = Result<Vec<f64>, Missing>;

/// There is nothing to measure.
#[derive(Debug, Clone, Error)]
#[error("{reason}")]
pub struct Missing {
    reason: String,
}

impl Missing {
    /// Says why in a few words, for a cell of the table.
    pub fn because(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }
}
