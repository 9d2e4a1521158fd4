//! The command line of `versus`.

use crate::allocator::Allocator;
use crate::measure::settings::Settings;
use crate::peers::PeerName;
use crate::workloads::Workload;
use clap::{Args, Parser, Subcommand, ValueEnum};

/// Measures graph_runtime against its peers, side by side in one run.
#[derive(Debug, Parser)]
#[command(name = "versus", version)]
pub struct Options {
    /// Measure only these workloads.
    #[arg(long, value_delimiter = ',')]
    pub only: Vec<Workload>,
    /// Measure only these peers; ratios to peers that are left out are missing then.
    #[arg(long, value_delimiter = ',')]
    pub peers: Vec<PeerName>,
    /// The allocator of every peer. Default: the one the bench was built with, glibc's unless
    /// asked for otherwise. For the other one the bench builds itself again.
    #[arg(long)]
    pub alloc: Option<Allocator>,
    /// How to measure.
    #[command(flatten)]
    pub settings: Settings,
    /// What a child process does instead.
    #[command(subcommand)]
    pub errand: Option<Errand>,
}

/// What the bench asks of itself.
#[derive(Debug, Subcommand)]
pub enum Errand {
    /// Takes one sample in this process.
    #[command(hide = true)]
    Sample(SampleOptions),
}

/// One sample.
#[derive(Debug, Args)]
pub struct SampleOptions {
    /// What to run.
    pub workload: Workload,
    /// On whom.
    pub peer: PeerName,
    /// On how many threads.
    pub workers: u16,
}

impl Options {
    /// The workloads asked for, in the order of the table.
    fn workloads(&self) -> Vec<Workload> {
        let asked = |it: &Workload| self.only.is_empty() || self.only.contains(it);
        Workload::value_variants().iter().copied().filter(asked).collect()
    }

    /// The peers asked for that take part in a workload.
    fn peers_of(&self, workload: Workload) -> Vec<PeerName> {
        let asked = |it: &PeerName| self.peers.is_empty() || self.peers.contains(it);
        workload.peers().into_iter().filter(asked).collect()
    }

    /// What is to be measured: every workload for which there are peers, with every number of
    /// workers.
    pub fn matches(&self) -> Vec<Match> {
        let workers = self.settings.workers();
        let of_workload = |workload| {
            let peers = self.peers_of(workload);
            let of_workers = move |&workers| Match { workload, workers, peers: peers.clone() };
            workers.iter().map(of_workers).collect::<Vec<_>>()
        };
        let all = self.workloads().into_iter().flat_map(of_workload);
        all.filter(|it| !it.peers.is_empty()).collect()
    }
}

/// One workload with some number of workers, and who takes part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// What is run.
    pub workload: Workload,
    /// With how many workers.
    pub workers: u16,
    /// On whom, in the order of the table.
    pub peers: Vec<PeerName>,
}

#[cfg(test)]
mod tests {
    use super::Options;
    use crate::workloads::Workload;
    use clap::{CommandFactory, Parser};

    #[test]
    fn the_command_line_is_sound() {
        Options::command().debug_assert();
    }

    #[test]
    fn workloads_come_in_the_order_of_the_table() {
        let options = Options::parse_from(["versus", "--only", "tcp-64,yield"]);
        assert_eq!(options.workloads(), [Workload::Yield, Workload::Tcp64]);
    }

    #[test]
    fn a_sweep_measures_each_workload_with_each_number_of_workers() {
        let options =
            ["versus", "--only", "yield,tcp-1", "--peers", "epoll", "--workers", "1,2,4,8"];
        let matches = Options::parse_from(options).matches();
        assert!(matches.iter().all(|it| it.workload == Workload::Tcp1), "epoll is in no other");
        assert_eq!(matches.iter().map(|it| it.workers).collect::<Vec<_>>(), [1, 2, 4, 8]);
    }
}
