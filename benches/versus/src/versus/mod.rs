//! The comparison of runtimes: options, samples, table.

pub mod json;
pub mod markdown;
pub mod options;
pub mod row;
pub mod standing;
pub mod table;

use crate::allocator::Allocator;
use crate::floor;
use crate::measure::campaign::{self, Contest, Entrant};
use crate::measure::interrupt::{self, Interrupt};
use crate::measure::settings::Form;
use crate::measure::{child, rebuild, sample};
use crate::peers::{
    AsyncExecutor, Compio, GraphRuntime, Monoio, PeerName, Smol, TokioCurrent, TokioMulti,
};
use crate::workloads::{self, Workload};
use options::{Errand, Match, Options, SampleOptions};
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
    compare(options)
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
        PeerName::Compio => workloads::run::<Compio>(workload, workers),
        PeerName::Epoll => floor::run(workload, workers),
    });
}

/// In the parent: all rounds, then the result.
fn compare(options: &Options) -> ExitCode {
    let matches = options.matches();
    if matches.is_empty() {
        eprintln!("error: none of the peers in --peers takes part in any workload in --only");
        return ExitCode::from(2);
    }
    let interrupt = match Interrupt::listen() {
        Ok(interrupt) => interrupt,
        Err(error) => {
            eprintln!("error: cannot listen to Ctrl-C: {error}");
            return ExitCode::FAILURE;
        }
    };
    eprintln!("allocator {}", Allocator::BUILT);
    let contests: Vec<_> = matches.iter().map(Match::contest).collect();
    let settings = &options.settings;
    let gathered = campaign::run(&contests, settings, settings.seed(), &interrupt);
    let standings: Vec<Standing> = matches
        .iter()
        .zip(&gathered)
        .flat_map(|(it, gathered)| Standing::of_all(it.workload, it.workers, &it.peers, gathered))
        .collect();
    match settings.form() {
        Form::Table => table::print(&standings),
        Form::Json => json::print(&standings),
        Form::Markdown => markdown::print(&standings),
    }
    if interrupt.is_asked() { ExitCode::from(interrupt::STATUS) } else { ExitCode::SUCCESS }
}

impl Match {
    fn contest(&self) -> Contest {
        let &Self { workload, workers, .. } = self;
        let entrants = self.peers.iter().map(|&peer| Entrant {
            name: peer.to_string(),
            command: Ok(Box::new(move || sample_command(workload, peer, workers))),
        });
        let name = format!("{workload}, workers: {workers}");
        Contest { name, entrants: entrants.collect() }
    }
}

fn sample_command(workload: Workload, peer: PeerName, workers: u16) -> Command {
    let mut command = child::own_binary();
    command.arg("sample").args([workload.to_string(), peer.to_string(), workers.to_string()]);
    command.env(Smol::THREADS, workers.to_string());
    command
}
