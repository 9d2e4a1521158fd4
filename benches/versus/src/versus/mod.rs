//! The comparison of runtimes: options, samples, table.

pub mod json;
pub mod options;
pub mod row;
pub mod standing;
pub mod table;

use crate::allocator::Allocator;
use crate::floor;
use crate::measure::campaign::{self, Contest, Entrant};
use crate::measure::{child, rebuild, sample};
use crate::peers::{AsyncExecutor, GraphRuntime, Monoio, PeerName, Smol, TokioCurrent, TokioMulti};
use crate::workloads::{self, Workload};
use options::{Errand, Options, SampleOptions};
use standing::Standing;
use std::process::{Command, ExitCode};

/// Does what the options ask for.
pub fn run(options: &Options) -> ExitCode {
    if let Some(Errand::Sample(errand)) = &options.errand {
        take_sample(errand);
        return ExitCode::SUCCESS;
    }
    if let Some(allocator) = options.alloc.filter(|&it| it != Allocator::BUILT) {
        let error = rebuild::become_with(allocator);
        eprintln!("cannot build the bench with {allocator}: {error}");
        return ExitCode::FAILURE;
    }
    compare(options);
    ExitCode::SUCCESS
}

/// In the child: one workload on one peer.
fn take_sample(errand: &SampleOptions) {
    let (workload, workers) = (errand.workload, usize::from(errand.workers));
    sample::measure(|| match errand.peer {
        PeerName::GraphRuntime => workloads::run::<GraphRuntime>(workload, workers),
        PeerName::TokioMulti => workloads::run::<TokioMulti>(workload, workers),
        PeerName::TokioCurrent => workloads::run::<TokioCurrent>(workload, workers),
        PeerName::Smol => workloads::run::<Smol>(workload, workers),
        PeerName::AsyncExecutor => workloads::run::<AsyncExecutor>(workload, workers),
        PeerName::Monoio => workloads::run::<Monoio>(workload, workers),
        PeerName::Epoll => floor::run(workload, workers),
    });
}

/// In the parent: all rounds, then the result.
fn compare(options: &Options) {
    let workloads = options.workloads();
    eprintln!("allocator {}", Allocator::BUILT);
    let contests: Vec<_> = workloads.iter().map(|&it| contest(it, options)).collect();
    let gathered = campaign::run(&contests, &options.settings);
    let standings: Vec<Standing> = workloads
        .iter()
        .zip(&gathered)
        .flat_map(|(&workload, gathered)| {
            Standing::of_all(workload, &options.peers_of(workload), gathered)
        })
        .collect();
    if options.settings.json {
        json::print(&standings);
    } else {
        table::print(&standings);
    }
}

fn contest(workload: Workload, options: &Options) -> Contest {
    let workers = options.settings.workers;
    let entrants = options.peers_of(workload).into_iter().map(|peer| Entrant {
        name: peer.to_string(),
        command: Ok(Box::new(move || sample_command(workload, peer, workers))),
    });
    Contest { name: workload.to_string(), entrants: entrants.collect() }
}

fn sample_command(workload: Workload, peer: PeerName, workers: u16) -> Command {
    let mut command = child::own_binary();
    command.arg("sample").args([workload.to_string(), peer.to_string(), workers.to_string()]);
    command.env(Smol::THREADS, workers.to_string());
    command
}
