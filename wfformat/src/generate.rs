//! A generated workflow, for when no recorded one is at hand.
//!
//! The shape is that of an image mosaic of the sky as the Montage toolkit computes it, one of the
//! standard workflows of the scheduling literature, here in three colour bands:
//!
//! ```text
//! header -+- project ... (one a tile) --+- difference - fit ... (one an overlap) -- concat
//!         |                             |                                             |
//!         |                             |                                      background model
//!         |                             |                                             |
//!         |                             +-------------- correct ... (one a tile) -----+
//!         |                                                |
//!         |                    table - add - shrink - jpeg +
//!         |                                              |
//!         +- (two more bands, each with its own tiles) --+- colour
//! ```
//!
//! The bands have 3x3, 3x4 and 4x4 tiles, and their serial steps (background model, add) take
//! longer the more tiles there are, as they do in recorded runs. So the largest band is the
//! critical one, and a schedule that does not know which band that is pays for it.
//!
//! Source of the shape: G. Juve et al., "Characterizing and profiling scientific workflows",
//! FGCS 29(3), 2013. The runtimes are drawn, not recorded.

use std::time::Duration;

use primitives::rng::Rng;

use crate::task::Task;
use crate::workflow::Workflow;

/// The seed of the workflow that ships with the runtime's example.
pub const SEED_DEFAULT: u64 = 1;

/// Name, columns and rows of tiles.
const BANDS: [(&str, usize, usize); 3] = [("h", 3, 3), ("j", 3, 4), ("k", 4, 4)];

/// Generates a mosaic workflow of 200 tasks.
///
/// The same seed gives the same workflow on every machine: the runtimes are whole milliseconds and
/// come from integers, divisions and square roots, which IEEE 754 defines to the last bit.
///
/// # Examples
///
/// ```
/// use graph_runtime_wfformat::generate;
///
/// let workflow = generate(7);
/// assert_eq!(workflow.tasks.len(), 200);
/// assert_eq!(workflow, generate(7));
/// assert_ne!(workflow, generate(8));
/// ```
pub fn generate(seed: u64) -> Workflow {
    let mut mosaic = Mosaic { rng: Rng::new(seed), tasks: Vec::new() };
    let header = mosaic.task(&HEADER, "all", 1, &[]);
    let jpegs: Vec<usize> = BANDS.iter().map(|band| mosaic.band(header, band)).collect();
    mosaic.task(&COLOUR, "all", 1, &jpegs);
    Workflow {
        name: format!("generated-mosaic-{}", mosaic.tasks.len()),
        description: Some(format!(
            "Generated, not recorded: a sky mosaic in three bands, shaped like Montage, with \
             runtimes drawn from seed {seed}"
        )),
        tasks: mosaic.tasks,
    }
}

/// A sort of task and what it costs.
struct Step {
    kind: &'static str,
    cost: Cost,
    memory_mib: u64,
}

/// Runtimes in milliseconds.
#[derive(Clone, Copy)]
enum Cost {
    /// Heavy-tailed around a typical value: most tiles are quick and a few are crowded.
    Drawn { least: u32 },
    /// A serial step that handles so many pieces one after another.
    PerPiece { each: u32 },
}

use Cost::{Drawn, PerPiece};

const HEADER: Step = Step { kind: "header", cost: PerPiece { each: 800 }, memory_mib: 32 };
const PROJECT: Step = Step { kind: "project", cost: Drawn { least: 8_000 }, memory_mib: 384 };
const DIFFERENCE: Step = Step { kind: "difference", cost: Drawn { least: 3_500 }, memory_mib: 192 };
const FIT: Step = Step { kind: "fit", cost: Drawn { least: 2_500 }, memory_mib: 96 };
const CONCAT: Step = Step { kind: "concat", cost: PerPiece { each: 120 }, memory_mib: 64 };
const MODEL: Step = Step { kind: "model", cost: PerPiece { each: 900 }, memory_mib: 256 };
const CORRECT: Step = Step { kind: "correct", cost: Drawn { least: 5_000 }, memory_mib: 384 };
const TABLE: Step = Step { kind: "table", cost: PerPiece { each: 60 }, memory_mib: 64 };
const ADD: Step = Step { kind: "add", cost: PerPiece { each: 900 }, memory_mib: 2_048 };
const SHRINK: Step = Step { kind: "shrink", cost: PerPiece { each: 150 }, memory_mib: 512 };
const JPEG: Step = Step { kind: "jpeg", cost: PerPiece { each: 100 }, memory_mib: 256 };
const COLOUR: Step = Step { kind: "colour", cost: PerPiece { each: 4_000 }, memory_mib: 1_024 };

/// How much longer than the least the longest drawn runtime may be.
const TAIL_MAX: f64 = 4.0;

/// The workflow as far as it is built.
struct Mosaic {
    rng: Rng,
    tasks: Vec<Task>,
}

impl Mosaic {
    /// Adds all tasks of one band and returns the one that ends it.
    fn band(&mut self, header: usize, &(band, columns, rows): &(&str, usize, usize)) -> usize {
        let tiles = columns * rows;
        let projected: Vec<usize> =
            (0..tiles).map(|_| self.task(&PROJECT, band, 1, &[header])).collect();
        let fits: Vec<usize> = overlaps(columns, rows)
            .into_iter()
            .map(|(a, b)| {
                let difference = self.task(&DIFFERENCE, band, 1, &[projected[a], projected[b]]);
                self.task(&FIT, band, 1, &[difference])
            })
            .collect();
        let concat = self.task(&CONCAT, band, fits.len(), &fits);
        let model = self.task(&MODEL, band, tiles, &[concat]);
        let corrected: Vec<usize> =
            projected.iter().map(|&tile| self.task(&CORRECT, band, 1, &[tile, model])).collect();
        let table = self.task(&TABLE, band, tiles, &corrected);
        let mut inputs = corrected;
        inputs.push(table);
        let add = self.task(&ADD, band, tiles, &inputs);
        let shrink = self.task(&SHRINK, band, tiles, &[add]);
        self.task(&JPEG, band, tiles, &[shrink])
    }

    /// Adds a task and returns its index.
    fn task(&mut self, step: &Step, band: &str, pieces: usize, parents: &[usize]) -> usize {
        let index = self.tasks.len();
        let id = format!("{}_{band}_{index:03}", step.kind);
        let runtime = self.runtime(step.cost, pieces);
        self.tasks.push(Task {
            name: id.clone(),
            id,
            kind: step.kind.to_owned(),
            runtime,
            parents: parents.to_vec(),
            memory_bytes: Some(step.memory_mib << 20),
            cores: Some(1.0),
            avg_cpu: None,
            read_bytes: None,
            written_bytes: None,
        });
        index
    }

    fn runtime(&mut self, cost: Cost, pieces: usize) -> Duration {
        let millis = match cost {
            // A Pareto distribution with exponent 2, cut off: inverse transform sampling.
            Drawn { least } => {
                let stretch = (1.0 / (1.0 - self.rng.unit()).sqrt()).min(TAIL_MAX);
                (f64::from(least) * stretch).round() as u64
            }
            PerPiece { each } => u64::from(each) * pieces as u64,
        };
        Duration::from_millis(millis)
    }
}

/// Pairs of neighbouring tiles, which overlap at their common edge.
fn overlaps(columns: usize, rows: usize) -> Vec<(usize, usize)> {
    let tiles = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
    tiles
        .flat_map(|(row, column)| {
            let tile = row * columns + column;
            let right = (column + 1 < columns).then_some((tile, tile + 1));
            let below = (row + 1 < rows).then_some((tile, tile + columns));
            right.into_iter().chain(below)
        })
        .collect()
}
