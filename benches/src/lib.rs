//! What the benchmarks of `graph_runtime` share: rounds, memory, yardsticks and a report.
//!
//! A benchmark here states the claim that it guards, checks that it has done its work, and shows
//! the median with the smallest and the largest round. Where the claim is a limit the program
//! fails when it does not hold. Run them on a quiet machine.
//!
//! * `cargo bench -p benches` measures the parts one by one ([`Bench`], on criterion).
//! * `cargo run --release -p benches --bin spine` measures what the main job is made of.
//! * `cargo run --release -p benches --bin policy` compares orders on a virtual clock.
//! * `cargo run --release -p benches --bin monitor_accuracy` holds the monitor against other
//!   sources, and measures what it costs.
//! * `cargo run --release -p benches --bin stall` holds every worker up, and measures what the
//!   others wait.
//! * `cargo run --release -p benches --bin imbalance` measures how evenly workers share tasks.
//! * `cargo run --release -p benches --bin adaptive` compares controllers of concurrency.

mod bench;
mod claim;
mod findings;
mod memory;
mod options;
mod report;
mod rounds;
mod samples;
mod say;
mod yardstick;

pub use bench::{Bench, in_batches};
pub use claim::Claim;
pub use findings::{Finding, Findings, Target};
pub use memory::{peak_bytes, resident_bytes};
pub use options::{parse_workers, workflow_files};
pub use report::{Report, Row};
pub use rounds::{Rounds, rounds};
pub use samples::Batch;
pub use say::say;
pub use yardstick::{FALL_ASLEEP, Yardsticks};
