//! What we want to reach in each shape.

use super::engine::EngineName;
use super::shape::ShapeName;
use super::standing::Figures;

/// Building a plain graph, nanoseconds per task.
const BUILD_NS: f64 = 60.0;
/// Memory of a plain graph beyond the tasks' closures.
const BYTES_PER_TASK: f64 = 24.0;
const BYTES_PER_EDGE: f64 = 4.0;
/// What a closure of this bench captures: a reference and a number.
const CLOSURE_BYTES: f64 = 16.0;

/// The most that our figures may be, where something was set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Target {
    run_ns: f64,
    build_ns: Option<f64>,
    bytes: Option<f64>,
}

impl Target {
    /// Ours; `None` for the others. `edges` is the number of edges per task.
    pub fn of(shape: ShapeName, engine: EngineName, edges: f64) -> Option<Self> {
        let (plain, full) = match shape {
            ShapeName::Chain => (8.0, 400.0),
            ShapeName::Fan => (35.0, 400.0),
            ShapeName::TreeFork => (12.0, 400.0),
            ShapeName::TreeReduce => (20.0, 400.0),
            ShapeName::Layered => (45.0, 500.0),
            ShapeName::Wavefront => (15.0, 500.0),
        };
        match engine {
            EngineName::GraphRuntimePlain => Some(Self {
                run_ns: plain,
                build_ns: Some(BUILD_NS),
                bytes: Some(CLOSURE_BYTES + BYTES_PER_TASK + BYTES_PER_EDGE * edges),
            }),
            EngineName::GraphRuntimeFull => {
                Some(Self { run_ns: full, build_ns: None, bytes: None })
            }
            _ => None,
        }
    }

    /// The targets, and for each whether it is met.
    pub fn verdicts(&self, figures: &Figures) -> Vec<(String, bool)> {
        let run = Some(("run", self.run_ns, figures.run.median));
        let build = self.build_ns.map(|most| ("build", most, figures.build_ns));
        let bytes = self.bytes.map(|most| ("bytes", most, figures.bytes));
        let all = [run, build, bytes].into_iter().flatten();
        all.map(|(name, most, figure)| (format!("{name} <= {most:.0}"), figure <= most)).collect()
    }
}
