//! How one peer stands in one row.

use super::row::{Row, Target};
use crate::measure::campaign::Gathered;
use crate::measure::quality::Quality;
use crate::measure::summary::Summary;
use crate::peers::PeerName;
use crate::workloads::Workload;

/// One peer's result in one row, next to those it is compared with.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The row.
    pub row: Row,
    /// The peer.
    pub peer: PeerName,
    /// How many workers it was asked to have.
    pub workers: u16,
    /// Its figures, or why there are none.
    pub result: Result<Summary, String>,
    /// What they stand on.
    pub quality: Quality,
    /// tokio multi-thread's figures in this row.
    pub tokio: Option<Summary>,
    /// The best of the runtimes that are not ours, and its figures.
    pub best_peer: Option<(PeerName, Summary)>,
}

impl Standing {
    /// Those of all peers in all rows of a workload.
    pub fn of_all(
        workload: Workload,
        workers: u16,
        peers: &[PeerName],
        gathered: &[Gathered],
    ) -> Vec<Self> {
        let rows = workload.rows().into_iter().enumerate();
        rows.flat_map(|(index, row)| Self::of_row(index, row, workers, peers, gathered)).collect()
    }

    fn of_row(
        index: usize,
        row: Row,
        workers: u16,
        peers: &[PeerName],
        gathered: &[Gathered],
    ) -> Vec<Self> {
        let summaries: Vec<_> = gathered.iter().map(|it| it.summary(index)).collect();
        let summary = |index: usize| summaries[index].as_ref().ok().copied();
        let tokio = peers.iter().position(|&peer| peer == PeerName::TokioMulti);
        let tokio = tokio.and_then(summary);
        let rivals = (0..peers.len()).filter(|&index| peers[index].is_rival());
        let rivals = rivals.filter_map(|index| Some((peers[index], summary(index)?)));
        let best_peer = rivals.reduce(|a, b| if row.target().prefers(b.1, a.1) { b } else { a });
        let standing =
            |((peer, summary), gathered): ((&PeerName, &Result<_, _>), &Gathered)| Self {
                row,
                peer: *peer,
                workers,
                result: summary.clone(),
                quality: gathered.quality(),
                tokio,
                best_peer,
            };
        peers.iter().zip(&summaries).zip(gathered).map(standing).collect()
    }

    /// The median over tokio multi-thread's.
    pub fn ratio_to_tokio(&self) -> Option<f64> {
        ratio(self.result.as_ref().ok()?.median, self.tokio?.median)
    }

    /// The median over that of the best runtime that is not ours.
    pub fn ratio_to_best_peer(&self) -> Option<f64> {
        ratio(self.result.as_ref().ok()?.median, self.best_peer?.1.median)
    }

    /// Our target, for our own row.
    pub fn target(&self) -> Option<Target> {
        (self.peer == PeerName::GraphRuntime).then(|| self.row.target())
    }

    /// What is to be said in the end: whether the target is met, and whether rounds are missing.
    /// Without figures, why there are none.
    pub fn verdict(&self) -> String {
        let met = match (&self.result, self.meets_target()) {
            (Err(reason), _) => return reason.clone(),
            (Ok(_), Some(true)) => "met",
            (Ok(_), Some(false)) => "MISSED",
            (Ok(_), None) => "",
        };
        let words = [met, self.quality.remark()];
        words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(", ")
    }

    /// Whether our target is met; `None` for other peers, and if it cannot be told.
    pub fn meets_target(&self) -> Option<bool> {
        let median = self.result.as_ref().ok()?.median;
        self.target()?.is_met(median, self.tokio.map(|it| it.median))
    }
}

/// `None` if there is nothing to compare with.
fn ratio(figure: f64, other: f64) -> Option<f64> {
    (other > 0.0).then(|| figure / other)
}

#[cfg(test)]
mod tests {
    use super::Standing;
    use crate::measure::campaign::Gathered;
    use crate::peers::PeerName;
    use crate::workloads::Workload;

    fn gathered(samples: &[f64]) -> Gathered {
        let samples: Vec<_> = samples.iter().map(|&it| vec![it]).collect();
        Gathered { external: vec![0.0; samples.len()], samples, ..Gathered::default() }
    }

    #[test]
    fn ratios_are_to_tokio_and_to_the_best_of_the_others() {
        let peers =
            [PeerName::GraphRuntime, PeerName::TokioMulti, PeerName::TokioCurrent, PeerName::Epoll];
        let samples = [
            gathered(&[120.0, 90.0, 130.0]),
            gathered(&[100.0]),
            gathered(&[]),
            gathered(&[200.0]),
        ];
        let standings = Standing::of_all(Workload::Tcp64, 2, &peers, &samples);
        assert_eq!(standings[0].ratio_to_tokio(), Some(1.2));
        assert_eq!(standings[0].ratio_to_best_peer(), Some(1.2));
        assert_eq!(standings[0].meets_target(), Some(true));
        assert_eq!(standings[2].result.as_ref().unwrap_err(), "not measured");
        assert_eq!(standings[3].ratio_to_tokio(), Some(2.0));
        assert_eq!(standings[3].meets_target(), None);
    }

    #[test]
    fn a_failure_is_not_covered_up_by_samples_that_went_well() {
        let failed = Gathered { ended: Some("failed".to_owned()), ..gathered(&[1.0, 1.0]) };
        let standing = &Standing::of_all(Workload::Yield, 2, &[PeerName::Smol], &[failed])[0];
        assert_eq!(standing.result, Err("failed".to_owned()));
    }

    #[test]
    fn nothing_is_compared_with_nothing() {
        let peers = [PeerName::GraphRuntime, PeerName::TokioMulti];
        let samples = [gathered(&[5.0]), gathered(&[0.0])];
        let standing = &Standing::of_all(Workload::Yield, 2, &peers, &samples)[0];
        assert_eq!(standing.ratio_to_tokio(), None);
        assert_eq!(standing.meets_target(), Some(false));
    }
}
