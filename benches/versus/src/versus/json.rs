//! The result as lines of JSON.

use super::standing::Standing;
use crate::allocator::Allocator;
use crate::peers::PeerName;
use crate::say::say;
use serde::Serialize;

#[derive(Serialize)]
struct Line {
    workload: &'static str,
    peer: PeerName,
    workers: u16,
    alloc: String,
    unit: &'static str,
    median: f64,
    min: f64,
    max: f64,
    rounds: usize,
    external_cpu: f64,
    ratio_to_tokio: Option<f64>,
}

/// Prints one line per row and peer. Where there is nothing to print, standard error says why.
pub fn print(standings: &[Standing]) {
    for standing in standings {
        match &standing.result {
            Ok(summary) => {
                let line = Line {
                    workload: standing.row.name,
                    peer: standing.peer,
                    workers: standing.workers,
                    alloc: Allocator::BUILT.to_string(),
                    unit: standing.row.unit,
                    median: summary.median,
                    min: summary.min,
                    max: summary.max,
                    rounds: standing.quality.rounds,
                    external_cpu: standing.quality.external_cpu,
                    ratio_to_tokio: standing.ratio_to_tokio(),
                };
                say(serde_json::to_string(&line).expect("a line is plain data"));
            }
            Err(reason) => eprintln!("{} {}: {reason}", standing.row.name, standing.peer),
        }
    }
}
