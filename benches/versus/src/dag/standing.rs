//! How one engine stands in one shape.

use super::engine::EngineName;
use super::shape::ShapeName;
use super::target::Target;
use crate::measure::campaign::Gathered;
use crate::measure::quality::Quality;
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
    /// How many threads it had.
    pub workers: u16,
    /// Its figures, or why there are none.
    pub result: Result<Figures, String>,
    /// What they stand on.
    pub quality: Quality,
    /// tokio's figures in this shape.
    pub tokio: Option<Summary>,
    /// The best of the engines that are not ours, and its figures.
    pub best_peer: Option<(EngineName, Summary)>,
    /// The targets, and whether they are met.
    pub verdicts: Vec<(String, bool)>,
}

impl Standing {
    /// Those of all engines in a shape.
    pub fn of_all(
        shape: ShapeName,
        workers: u16,
        engines: &[EngineName],
        gathered: &[Gathered],
    ) -> Vec<Self> {
        let graph = shape.of_size(shape.full_size());
        let edges = graph.edges() as f64 / graph.tasks() as f64;
        let all = || engines.iter().zip(gathered);
        let runs =
            || all().filter_map(|(&it, gathered)| Some((it, Figures::of(gathered).ok()?.run)));
        let tokio = runs().find(|(engine, _)| *engine == EngineName::Tokio).map(|(_, run)| run);
        let rivals = runs().filter(|(engine, _)| engine.is_rival());
        let best_peer = rivals.min_by(|a, b| a.1.median.total_cmp(&b.1.median));
        let standing = |(&engine, gathered): (&EngineName, &Gathered)| {
            let result = Figures::of(gathered);
            let figures = result.as_ref().ok();
            let target = Target::of(shape, engine, edges);
            let verdicts = target.zip(figures).map(|(target, figures)| target.verdicts(figures));
            Self {
                shape,
                engine,
                workers,
                quality: gathered.quality(),
                tokio,
                best_peer,
                verdicts: verdicts.unwrap_or_default(),
                result,
            }
        };
        all().map(standing).collect()
    }

    /// The median over tokio's.
    pub fn ratio_to_tokio(&self) -> Option<f64> {
        Some(self.result.as_ref().ok()?.run.median / self.tokio?.median)
    }

    /// The median over that of the best engine that is not ours.
    pub fn ratio_to_best_peer(&self) -> Option<f64> {
        Some(self.result.as_ref().ok()?.run.median / self.best_peer?.1.median)
    }

    /// Each target, whether it is met, and whether rounds are missing. Without figures, why there
    /// are none.
    pub fn verdict(&self) -> String {
        if let Err(reason) = &self.result {
            return reason.clone();
        }
        let said = |(target, met): &(String, bool)| {
            format!("{target} {}", if *met { "met" } else { "MISSED" })
        };
        let remark = Some(self.quality.remark().to_owned()).filter(|it| !it.is_empty());
        self.verdicts.iter().map(said).chain(remark).collect::<Vec<_>>().join(", ")
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
            Standing::of_all(ShapeName::Chain, 2, &engines, &[gathered(7.0), gathered(280.0)]);
        assert_eq!(standings[0].ratio_to_tokio(), Some(0.025));
        let verdicts: Vec<_> = standings[0].verdicts.iter().map(|(_, met)| *met).collect();
        assert_eq!(verdicts, [true, true, false]);
        assert!(standings[1].verdicts.is_empty());
    }

    #[test]
    fn the_best_peer_is_neither_ours_nor_the_floor() {
        let engines =
            [EngineName::GraphRuntimePlain, EngineName::Tokio, EngineName::Rayon, EngineName::Spin];
        let runs = [8.0, 280.0, 80.0, 4.0].map(gathered);
        let standing = &Standing::of_all(ShapeName::Chain, 2, &engines, &runs)[0];
        assert_eq!(standing.best_peer.map(|(engine, _)| engine), Some(EngineName::Rayon));
        assert_eq!(standing.ratio_to_best_peer(), Some(0.1));
    }
}
