//! How good a figure is.

use std::fmt;

/// What a figure stands on.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Quality {
    /// Samples that were kept.
    pub rounds: usize,
    /// Samples that were discarded because others took too much of the machine.
    pub discarded: u32,
    /// Rounds that went on without a sample because every repetition was discarded as well.
    pub disturbed: u32,
    /// The mean share of the machine that others took during the samples that were kept, from 0 to
    /// 1.
    pub external_cpu: f64,
}

impl Quality {
    /// The share of others in per cent, for a table.
    pub fn others(&self) -> String {
        format!("{:.0} %", self.external_cpu * 100.0)
    }

    /// What to add to a verdict: nothing if every round has its sample.
    pub fn remark(&self) -> &'static str {
        if self.disturbed > 0 { "disturbed" } else { "" }
    }
}

/// The rounds, and how many samples were discarded.
impl fmt::Display for Quality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.discarded {
            0 => write!(f, "{}", self.rounds),
            discarded => write!(f, "{} (-{discarded})", self.rounds),
        }
    }
}
