//! What a micro-benchmark guards.

use crate::Yardsticks;

/// A benchmark of one part, with what ought to be true of it.
#[derive(Debug, Clone, Copy)]
pub struct Claim {
    /// The part of the runtime.
    pub part: &'static str,
    /// What is done with it.
    pub what: &'static str,
    /// What ought to be true, in the field's words.
    pub holds: &'static str,
    /// The same as a number: the median, in nanoseconds an item, must not be above it.
    pub limit: fn(&Yardsticks) -> f64,
}

impl Claim {
    /// The benchmark's name.
    pub fn name(&self) -> String {
        format!("{}/{}", self.part, self.what)
    }

    /// The name with the claim, as criterion prints and filters it.
    pub fn id(&self) -> String {
        format!("{}: {}", self.name(), self.holds)
    }
}
