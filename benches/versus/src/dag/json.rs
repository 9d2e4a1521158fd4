//! The result as lines of JSON.

use super::standing::Standing;
use crate::say::say;
use serde::Serialize;

#[derive(Serialize)]
struct Line {
    shape: String,
    engine: String,
    workers: u16,
    tasks: usize,
    unit: &'static str,
    median: f64,
    min: f64,
    max: f64,
    bytes_per_task: f64,
}

/// Prints one line per shape and engine. Where there is nothing to print, standard error says why.
pub fn print(standings: &[Standing]) {
    for standing in standings {
        match &standing.result {
            Ok(figures) => {
                let line = Line {
                    shape: standing.shape.to_string(),
                    engine: standing.engine.to_string(),
                    workers: standing.workers,
                    tasks: figures.tasks,
                    unit: "ns/task",
                    median: figures.run.median,
                    min: figures.run.min,
                    max: figures.run.max,
                    bytes_per_task: figures.bytes,
                };
                say(serde_json::to_string(&line).expect("a line is plain data"));
            }
            Err(reason) => eprintln!("{} {}: {reason}", standing.shape, standing.engine),
        }
    }
}
