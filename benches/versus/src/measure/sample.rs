//! What a child process says: one line of JSON.

use super::disturbance::Watch;
use super::process;
use crate::peers::Figures;
use crate::say::say;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The result of one child process.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sample {
    /// Figures, in an order that parent and child agree on.
    Measured {
        /// One per row.
        figures: Vec<f64>,
        /// The share of the machine that other processes took, from 0 to 1.
        external_cpu: f64,
    },
    /// There is nothing to measure, and there will not be next time.
    Missing {
        /// Why.
        reason: String,
    },
}

/// Measures in this process, watching the machine, and says the result on standard output.
pub fn measure(run: impl FnOnce() -> Figures) {
    measure_with(|| run().map(|figures| (figures, Duration::ZERO)));
}

/// As [`measure`], for a run that also says how much CPU time another process spent for it.
pub fn measure_with(run: impl FnOnce() -> Result<(Vec<f64>, Duration), crate::peers::Missing>) {
    process::die_with_parent();
    process::raise_descriptor_limit();
    let watch = Watch::start();
    let sample = match run() {
        Ok((figures, also_own)) => {
            Sample::Measured { figures, external_cpu: watch.external_share(also_own) }
        }
        Err(missing) => Sample::Missing { reason: missing.to_string() },
    };
    say(serde_json::to_string(&sample).expect("a sample is plain data"));
}
