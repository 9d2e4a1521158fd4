//! What the command line says.

use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;

/// Runs the tests of a published crate on graph_runtime in tokio's place.
///
/// Exit status: 0 if the figures are those on tokio, 1 if they are not or a test failed that has
/// nothing to be compared with, 2 if the tests could not be run.
#[derive(Debug, Parser)]
pub(crate) struct Options {
    /// The crate, by its name in the registry. For `tokio` itself its integration tests are run.
    #[arg(value_name = "CRATE")]
    pub(crate) name: String,
    /// The version, in full.
    pub(crate) version: String,
    /// Features to switch on, separated by commas.
    #[arg(long, value_delimiter = ',', value_name = "FEATURES")]
    pub(crate) features: Vec<String>,
    /// Switch all features on.
    #[arg(long)]
    pub(crate) all_features: bool,
    /// Leave the default features off.
    #[arg(long)]
    pub(crate) no_default_features: bool,
    /// Run them on real tokio as well, and compare with that instead of the recorded figures.
    #[arg(long, alias = "real-too")]
    pub(crate) real: bool,
    /// Put compat/tokio-util in tokio-util's place too.
    #[arg(long)]
    pub(crate) tokio_util: bool,
    /// Keep the crate's own Cargo.lock, apart from tokio, instead of taking the newest versions.
    #[arg(long)]
    pub(crate) keep_lock: bool,
    /// Only test targets whose name begins like this; may be given several times.
    #[arg(long = "only", value_name = "PREFIX")]
    pub(crate) only: Vec<String>,
    /// Leave out the examples in the documentation.
    #[arg(long)]
    pub(crate) no_doc: bool,
    /// Do not use the network: what cargo has downloaded before must do.
    #[arg(long)]
    pub(crate) offline: bool,
    /// How long one test program may take, in seconds.
    #[arg(long, default_value_t = 300, value_name = "SECONDS",
          value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) time_limit: u64,
    /// Where to work; by default `target/suites` in this crate's folder.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) folder: Option<PathBuf>,
    /// What the test programs are told.
    #[arg(last = true, value_name = "TEST ARGS")]
    pub(crate) test_args: Vec<String>,
}

impl Options {
    pub(crate) fn time_limit(&self) -> Duration {
        Duration::from_secs(self.time_limit)
    }

    /// Whether the figures of this run are those of the whole suite.
    pub(crate) fn is_whole(&self) -> bool {
        self.only.is_empty() && self.test_args.is_empty() && !self.no_doc
    }

    /// The features as cargo's arguments.
    pub(crate) fn feature_args(&self) -> Vec<String> {
        let mut args = Vec::new();
        if self.all_features {
            args.push("--all-features".to_owned());
        }
        if self.no_default_features {
            args.push("--no-default-features".to_owned());
        }
        if !self.features.is_empty() {
            args.push(format!("--features={}", self.features.join(",")));
        }
        args
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_after_two_dashes_is_for_the_tests() {
        let words = ["conformance", "a", "1.0.0", "--features", "x,y", "--", "--skip", "slow"];
        let options = Options::parse_from(words);
        assert_eq!(options.features, ["x", "y"]);
        assert_eq!(options.test_args, ["--skip", "slow"]);
        assert!(!options.is_whole());
    }

    #[test]
    fn a_time_limit_of_nothing_is_refused() {
        let words = ["conformance", "a", "1.0.0", "--time-limit", "0"];
        assert!(Options::try_parse_from(words).is_err());
    }
}
