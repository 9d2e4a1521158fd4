//! How one engine stands in one shape.

use super::engine::EngineName;
use super::shape::ShapeName;
use super::target::Target;
use crate::measure::campaign::Gathered;
use crate::measure::summary::Summary;

/// One engine's figures.
#[derive(Debug, Clone, Copy)]
pub struct Figures {
    /// Execution, nanoseconds per task.
    pub run: Summary,
    /// Building, nanoseconds per task; the median.
    pub build_ns: f64,
    /// Memory per task; the median.
    pub bytes: f64,
    /// Tasks in the graph.
    pub tasks: usize,
}

impl Figures {
    /// Sums up what was gathered, in the order of
    /// [`Measurement`](super::engine::Measurement)'s figures.
    fn of(gathered: &Gathered) -> Result<Self, String> {
        let summary = |index| gathered.summary(index);
        Ok(Self {
            run: summary(0)?,
            build_ns: summary(1)?.median,
            bytes: summary(2)?.median,
            tasks: summary(3)?.median as usize,
        })
    }
}

/// One engine's result in one shape, next to tokio's.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The shape.
    pub shape: ShapeName,
    /// The engine.
    pub engine: EngineName,
    /// Its figures, or why there are none.
    pub result: Result<Figures, String>,
    /// How many samples they stand on.
    pub rounds: usize,
    /// How many more were discarded.
    pub discarded: u32,
    /// The mean share of the machine that other processes took, from 0 to 1.
    pub external_cpu: f64,
    /// The median over tokio's.
    pub ratio_to_tokio: Option<f64>,
    /// The targets, and whether they are met.
    pub verdicts: Vec<(String, bool)>,
}

impl Standing {
    /// Those of all engines in a shape.
    pub fn of_all(shape: ShapeName, engines: &[EngineName], gathered: &[Gathered]) -> Vec<Self> {
        let graph = shape.of_size(shape.full_size());
        let edges = graph.edges() as f64 / graph.tasks() as f64;
        let all = || engines.iter().zip(gathered);
        let tokio = all().find(|(engine, _)| **engine == EngineName::Tokio);
        let tokio =
            tokio.and_then(|(_, gathered)| Figures::of(gathered).ok()).map(|it| it.run.median);
        let standing = |(&engine, gathered): (&EngineName, &Gathered)| {
            let result = Figures::of(gathered);
            let figures = result.as_ref().ok();
            let target = Target::of(shape, engine, edges);
            let verdicts = target.zip(figures).map(|(target, figures)| target.verdicts(figures));
            Self {
                shape,
                engine,
                rounds: gathered.samples.len(),
                discarded: gathered.discarded,
                external_cpu: gathered.mean_external(),
                ratio_to_tokio: figures.zip(tokio).map(|(it, tokio)| it.run.median / tokio),
                verdicts: verdicts.unwrap_or_default(),
                result,
            }
        };
        all().map(standing).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Standing;
    use crate::dag::engine::EngineName;
    use crate::dag::shape::ShapeName;
    use crate::measure::campaign::Gathered;

    fn gathered(run: f64) -> Gathered {
        let samples = vec![vec![run, 50.0, 100.0, 1e6]];
        Gathered { samples, external: vec![0.0], ..Gathered::default() }
    }

    #[test]
    fn ours_is_held_against_tokio_and_its_targets() {
        let engines = [EngineName::GraphRuntimePlain, EngineName::Tokio];
        let standings =
            Standing::of_all(ShapeName::Chain, &engines, &[gathered(7.0), gathered(280.0)]);
        assert_eq!(standings[0].ratio_to_tokio, Some(0.025));
        let verdicts: Vec<_> = standings[0].verdicts.iter().map(|(_, met)| *met).collect();
        assert_eq!(verdicts, [true, true, false]);
        assert!(standings[1].verdicts.is_empty());
    }
}
