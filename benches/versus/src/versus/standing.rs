//! How one peer stands in one row.

use super::row::Row;
use crate::measure::campaign::Gathered;
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
    /// Its figures, or why there are none.
    pub result: Result<Summary, String>,
    /// How many samples the figures stand on.
    pub rounds: usize,
    /// How many more were discarded.
    pub discarded: u32,
    /// The mean share of the machine that other processes took, from 0 to 1.
    pub external_cpu: f64,
    /// tokio multi-thread's median in this row.
    pub tokio: Option<f64>,
    /// The best median of the runtimes that are not ours.
    pub best_peer: Option<f64>,
}

impl Standing {
    /// Those of all peers in all rows of a workload.
    pub fn of_all(workload: Workload, peers: &[PeerName], gathered: &[Gathered]) -> Vec<Self> {
        let rows = workload.rows().into_iter().enumerate();
        rows.flat_map(|(index, row)| Self::of_row(index, row, peers, gathered)).collect()
    }

    fn of_row(index: usize, row: Row, peers: &[PeerName], gathered: &[Gathered]) -> Vec<Self> {
        let summaries: Vec<_> = gathered.iter().map(|it| it.summary(index)).collect();
        let summary = |index: usize| summaries[index].as_ref().ok().copied();
        let tokio = peers.iter().position(|&peer| peer == PeerName::TokioMulti);
        let tokio = tokio.and_then(summary).map(|it| it.median);
        let rivals = (0..peers.len()).filter(|&index| peers[index].is_rival());
        let best_peer = rivals.filter_map(summary).reduce(|a, b| row.target().better(a, b));
        let standing =
            |((peer, summary), gathered): ((&PeerName, &Result<_, _>), &Gathered)| Self {
                row,
                peer: *peer,
                result: summary.clone(),
                rounds: gathered.samples.len(),
                discarded: gathered.discarded,
                external_cpu: gathered.mean_external(),
                tokio,
                best_peer: best_peer.map(|it| it.median),
            };
        peers.iter().zip(&summaries).zip(gathered).map(standing).collect()
    }

    /// The median over tokio multi-thread's.
    pub fn ratio_to_tokio(&self) -> Option<f64> {
        ratio(self.result.as_ref().ok()?.median, self.tokio?)
    }

    /// The median over that of the best runtime that is not ours.
    pub fn ratio_to_best_peer(&self) -> Option<f64> {
        ratio(self.result.as_ref().ok()?.median, self.best_peer?)
    }

    /// Whether our target is met; `None` for other peers, and if it cannot be told.
    pub fn meets_target(&self) -> Option<bool> {
        let median = self.result.as_ref().ok()?.median;
        if self.peer != PeerName::GraphRuntime {
            return None;
        }
        self.row.target().is_met(median, self.tokio)
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
        let standings = Standing::of_all(Workload::Tcp64, &peers, &samples);
        assert_eq!(standings[0].ratio_to_tokio(), Some(1.2));
        assert_eq!(standings[0].ratio_to_best_peer(), Some(1.2));
        assert_eq!(standings[0].meets_target(), Some(true));
        assert!(standings[2].result.as_ref().unwrap_err().contains("no quiet sample"));
        assert_eq!(standings[3].ratio_to_tokio(), Some(2.0));
        assert_eq!(standings[3].meets_target(), None);
    }

    #[test]
    fn a_failure_is_not_covered_up_by_samples_that_went_well() {
        let failed = Gathered { ended: Some("failed".to_owned()), ..gathered(&[1.0, 1.0]) };
        let standing = &Standing::of_all(Workload::Yield, &[PeerName::Smol], &[failed])[0];
        assert_eq!(standing.result, Err("failed".to_owned()));
    }

    #[test]
    fn nothing_is_compared_with_nothing() {
        let peers = [PeerName::GraphRuntime, PeerName::TokioMulti];
        let samples = [gathered(&[5.0]), gathered(&[0.0])];
        let standing = &Standing::of_all(Workload::Yield, &peers, &samples)[0];
        assert_eq!(standing.ratio_to_tokio(), None);
        assert_eq!(standing.meets_target(), Some(false));
    }
}
