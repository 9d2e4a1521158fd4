//! What the scheduler promises its driver, one behaviour a file.

mod admission;
mod ageing;
mod cancellation;
mod common;
mod deadlines;
mod draining;
mod explanations;
mod failure;
mod failures_model;
mod families;
mod growth;
mod look_ahead;
mod model;
mod order;
mod payloads;
mod random_barrier;
mod random_edges;
mod random_failures;
mod random_growth;
mod random_life;
mod reference;
mod retries;
mod scale;
mod submission;
mod time_limits;
mod trigger_rules;
