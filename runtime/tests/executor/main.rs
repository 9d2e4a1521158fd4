//! The executor, driven from outside: one file per behaviour.

mod adaptive;
mod backpressure;
mod budgets;
mod cancellation;
mod common;
mod config;
mod dependencies;
mod embedded;
mod explanations;
mod failure;
mod fairness;
mod forgetting;
mod growth;
mod learning;
mod look_ahead;
mod loops;
mod map;
mod order;
mod outputs;
mod overdue;
mod panics;
mod reentry;
mod scale;
mod shutdown;
mod timeouts;
