//! Figures on real tokio that were measured before.

use std::path::Path;

use serde::Deserialize;

use crate::error::Error;
use crate::figures::Figures;
use crate::options::Options;

/// The table.
const TABLE: &str = include_str!("../baselines.toml");

#[derive(Debug, Deserialize)]
struct Baselines {
    baseline: Vec<Baseline>,
}

#[derive(Debug, Deserialize)]
struct Baseline {
    name: String,
    version: String,
    #[serde(default)]
    features: Vec<String>,
    #[serde(flatten)]
    figures: Figures,
}

/// What is recorded for the crate and the features that `options` name.
pub(crate) fn of(options: &Options) -> Result<Option<Figures>, Error> {
    let malformed = |error: toml::de::Error| Error::Malformed {
        path: Path::new("baselines.toml").to_owned(),
        message: error.to_string(),
    };
    let table: Baselines = toml::from_str(TABLE).map_err(malformed)?;
    let mut wanted = options.feature_args();
    wanted.sort();
    let is_it = |it: &&Baseline| {
        it.name == options.name && it.version == options.version && it.features == wanted
    };
    let found = table.baseline.iter().find(is_it).map(|it| it.figures);
    Ok(found.filter(|_| options.is_whole()))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[test]
    fn the_table_can_be_read_and_is_for_whole_suites() {
        let whole = Options::parse_from(["conformance", "juncture-core", "0.4.0"]);
        let figures = Figures { passed: 690, failed: 0, ignored: 122 };
        assert_eq!(of(&whole).unwrap(), Some(figures));
        let part = Options::parse_from(["conformance", "juncture-core", "0.4.0", "--no-doc"]);
        assert_eq!(of(&part).unwrap(), None);
        let other = Options::parse_from(["conformance", "juncture-core", "0.3.0"]);
        assert_eq!(of(&other).unwrap(), None);
    }
}
