//! The options that both binaries have.

use clap::Args;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How to measure, and how to say what came of it.
#[derive(Debug, Clone, Args)]
pub struct Settings {
    /// Samples of each pair of workload and peer; more only make the medians better.
    #[arg(
        long,
        allow_negative_numbers = true,
        default_value_t = 7,
        value_parser = clap::value_parser!(u32).range(1..=1000),
    )]
    pub rounds: u32,
    /// Worker threads of every peer that has a choice; several numbers are measured one beside the
    /// other. To use fewer processors, run under taskset.
    #[arg(
        long,
        allow_negative_numbers = true,
        value_name = "N,..",
        value_delimiter = ',',
        default_value = "2",
        value_parser = clap::value_parser!(u16).range(1..=1024),
    )]
    workers: Vec<u16>,
    /// What the order of the peers in each round follows from. Default: the time.
    #[arg(long, allow_negative_numbers = true)]
    seed: Option<u64>,
    /// Discard samples during which other processes took more than this share of the machine, in
    /// per cent.
    #[arg(
        long,
        allow_negative_numbers = true,
        value_name = "PERCENT",
        default_value_t = 10.0,
        value_parser = percentage,
    )]
    max_external: f64,
    /// How often a discarded sample is repeated before the round goes on without it.
    #[arg(
        long,
        allow_negative_numbers = true,
        default_value_t = 3,
        value_parser = clap::value_parser!(u32).range(..=100),
    )]
    pub retries: u32,
    /// A sample that takes longer hangs, in seconds.
    #[arg(
        long,
        allow_negative_numbers = true,
        value_name = "SECONDS",
        default_value_t = 120,
        value_parser = clap::value_parser!(u64).range(1..=86_400),
    )]
    limit: u64,
    /// Print lines of JSON instead of a table.
    #[arg(long)]
    json: bool,
    /// Print tables in Markdown: ours beside tokio and the best peer, then everybody.
    #[arg(long, conflicts_with = "json")]
    markdown: bool,
}

/// What is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A table for a terminal.
    Table,
    /// An object a line.
    Json,
    /// Tables for a document.
    Markdown,
}

impl Settings {
    /// The numbers of workers, each once, in the order in which they were given.
    pub fn workers(&self) -> Vec<u16> {
        let mut workers = Vec::new();
        for &number in &self.workers {
            if !workers.contains(&number) {
                workers.push(number);
            }
        }
        workers
    }

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

    /// What to print.
    pub fn form(&self) -> Form {
        match (self.json, self.markdown) {
            (true, _) => Form::Json,
            (_, true) => Form::Markdown,
            _ => Form::Table,
        }
    }
}

fn percentage(text: &str) -> Result<f64, String> {
    let number = text.parse::<f64>().ok().filter(|number| (0.0..=100.0).contains(number));
    number.ok_or_else(|| "expected a number from 0 to 100".to_owned())
}

#[cfg(test)]
mod tests {
    use super::Settings;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        settings: Settings,
    }

    fn settings(arguments: &[&str]) -> Result<Settings, String> {
        let line = Line::try_parse_from([&["bench"], arguments].concat());
        line.map(|it| it.settings).map_err(|error| error.to_string())
    }

    #[test]
    fn the_defaults_are_those_that_are_promised() {
        let settings = settings(&[]).unwrap();
        assert_eq!((settings.rounds, settings.workers()), (7, vec![2]));
        assert_eq!((settings.max_external(), settings.retries), (0.1, 3));
    }

    #[test]
    fn several_numbers_of_workers_are_a_sweep() {
        assert_eq!(settings(&["--workers", "4,1,4,2"]).unwrap().workers(), [4, 1, 2]);
    }

    #[test]
    fn what_makes_no_sense_is_refused_by_name() {
        let refused = [
            ["--max-external", "101"],
            ["--max-external", "-1"],
            ["--max-external", "nan"],
            ["--limit", "0"],
            ["--rounds", "0"],
            ["--rounds", "-3"],
            ["--seed", "-1"],
            ["--workers", "2,0"],
            ["--workers", "two"],
            ["--retries", "101"],
        ];
        for [option, value] in refused {
            let error = settings(&[option, value]).expect_err(value);
            assert!(error.contains(option), "{error}");
        }
    }
}
