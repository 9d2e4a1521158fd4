//! Long random lives with everything on: dependencies of all trigger rules, retries, time limits,
//! deadlines, budgets, groups, rates, graphs that grow, other ranks, edges, holds, removals,
//! cancellation, pauses and a clock that moves. After each step the books must agree with what was
//! promised.
//!
//! A life has 60,000 steps here; `SOAK_STEPS` sets another number, `SOAK_SEED` another life.
//! Drivers that break every rule have less to promise, and get a test of their own.

mod books;
mod bucket;
mod draft;
mod hostile;
mod life;
mod promise;

use graph_runtime_scheduler::{FailurePolicy, Policy};
use life::Life;
use std::env;

const STEPS: u64 = 60_000;

fn from_env(name: &str) -> Option<u64> {
    let value = env::var(name).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("{name} is {value:?}; use a number")))
}

fn live(policy: Policy, failure: FailurePolicy) {
    let seed = from_env("SOAK_SEED").unwrap_or(1);
    let mut life = Life::new(policy, failure, seed);
    for _ in 0..from_env("SOAK_STEPS").unwrap_or(STEPS) {
        life.step();
    }
    life.end();
}

#[test]
fn deadline() {
    live(Policy::Deadline, FailurePolicy::ContinueIndependent);
}

#[test]
fn demote() {
    live(Policy::Demote, FailurePolicy::FailFast);
}

#[test]
fn static_boost() {
    live(Policy::StaticBoost, FailurePolicy::ContinueIndependent);
}

#[test]
fn critical_path() {
    live(Policy::CriticalPath, FailurePolicy::FailFast);
}

#[test]
fn fifo() {
    live(Policy::Fifo, FailurePolicy::ContinueIndependent);
}

#[test]
fn level_barrier() {
    live(Policy::LevelBarrier, FailurePolicy::FailFast);
}
