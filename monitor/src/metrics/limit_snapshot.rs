//! A limit on tasks in flight and how it came about, as plain values.

use std::time::Duration;

/// How many tasks of an executor are in flight, how many may be, and who decided so and why.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LimitSnapshot {
    /// Tasks in flight: started and not ended.
    pub in_flight: u64,
    /// How many may be.
    pub limit: u64,
    /// The most that the limit can be.
    pub most: u64,
    /// A word for who decides.
    pub controller: String,
    /// How many decisions were made for each reason, by a word for that.
    pub reasons: Vec<(&'static str, u64)>,
    /// The last decisions, the oldest first.
    pub decisions: Vec<LimitDecision>,
}

/// One decision about a limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitDecision {
    /// How long ago it was made.
    pub age: Duration,
    /// The limit that was decided on.
    pub limit: u64,
    /// A word for the reason.
    pub reason: &'static str,
    /// The reason for people.
    pub explanation: String,
}
