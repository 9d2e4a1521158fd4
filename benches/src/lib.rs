//! What the benchmarks of `graph_runtime` share: rounds, memory and a report.
//!
//! A benchmark here states the claim that it guards, checks that it has done its work, and shows
//! the median with the smallest and the largest round. Run them on a quiet machine.

mod memory;
mod report;
mod rounds;

pub use memory::{peak_bytes, resident_bytes};
pub use report::{Report, Row};
pub use rounds::{Rounds, rounds};
