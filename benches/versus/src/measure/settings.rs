//! The options that both binaries have.

use clap::Args;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How to measure.
#[derive(Debug, Clone, Args)]
pub struct Settings {
    /// Samples of each pair of workload and peer; more only make the medians better.
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub rounds: u32,
    /// Worker threads of every peer that has a choice. To use fewer processors, run under taskset.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub workers: u16,
    /// What the order of the peers in each round follows from. Default: the time.
    #[arg(long)]
    seed: Option<u64>,
    /// Discard samples during which other processes took more than this share of the machine, in
    /// per cent.
    #[arg(long, default_value_t = 10.0)]
    max_external: f64,
    /// How often a discarded sample is repeated before the round goes on without it.
    #[arg(long, default_value_t = 3)]
    pub retries: u32,
    /// A sample that takes longer hangs, in seconds.
    #[arg(long, default_value_t = 120)]
    limit: u64,
    /// Print lines of JSON instead of a table.
    #[arg(long)]
    pub json: bool,
}

impl Settings {
    /// The seed: the one asked for, or one of the moment.
    pub fn seed(&self) -> u64 {
        self.seed.unwrap_or_else(|| {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            since.as_secs()
        })
    }

    /// The greatest share of others, from 0 to 1.
    pub fn max_external(&self) -> f64 {
        self.max_external / 100.0
    }

    /// The time that a sample may take.
    pub fn limit(&self) -> Duration {
        Duration::from_secs(self.limit)
    }
}
