//! Running a case under each contender.

use crate::case::Case;
use crate::contender::Contender;
use crate::load::World;
use crate::server::Server;
use graph_runtime::runtime::{Builder, Runtime};
use graph_runtime::time::timeout;
use graph_runtime::{AsyncTaskExecutor, ResourceMonitorConfig};
use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A run is cut off when it takes so many times as long as the prober's.
const CUT_OFF: f64 = 1.6;
/// Nobody takes longer than this over its own first run.
const LONGEST: Duration = Duration::from_secs(30);

/// How long a run took: its phases, in seconds.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    pub(crate) phases: Vec<f64>,
    /// Whether it was cut off, so that it would have taken longer than this.
    pub(crate) is_cut_off: bool,
}

impl Run {
    pub(crate) fn makespan(&self) -> f64 {
        self.phases.iter().sum()
    }
}

/// Everything that the runs of a case share.
pub(crate) struct Race {
    runtime: Runtime,
    _server: Server,
    world: World,
    case: Case,
    cores: usize,
    /// What the work is divided by.
    divisor: usize,
}

impl Race {
    pub(crate) fn new(case: Case, cores: usize, divisor: usize) -> Result<Self, Box<dyn Error>> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(cores)
            .resource_monitor(ResourceMonitorConfig::default())
            .build()?;
        let server = Server::start()?;
        let world = World::new(server.clients());
        Ok(Self { runtime, _server: server, world, case, cores, divisor })
    }

    /// Runs the case once, at most `CUT_OFF` times as long as `reference`, if there is one.
    pub(crate) fn run(
        &self,
        contender: Contender,
        reference: Option<f64>,
    ) -> Result<Run, Box<dyn Error>> {
        let monitor = self.runtime.handle().resource_monitor().ok_or("there is no monitor")?;
        let config = contender.config(&Arc::clone(monitor), self.cores);
        let executor = AsyncTaskExecutor::on(self.runtime.handle().clone(), config)?;
        let longest = reference.map_or(LONGEST, |it| Duration::from_secs_f64(it * CUT_OFF));
        let begun = Instant::now();
        let mut run = Run { phases: Vec::new(), is_cut_off: false };
        for load in self.case.phases() {
            let graph = self.world.graph(load, load.tasks() / self.divisor);
            let start = Instant::now();
            let left = longest.saturating_sub(begun.elapsed());
            let ended = self.runtime.block_on(async { timeout(left, executor.run(graph)).await });
            run.phases.push(start.elapsed().as_secs_f64());
            match ended {
                Ok(report) => {
                    let report = report.map_err(|refused| refused.error)?;
                    if report.counts().completed != load.tasks() / self.divisor {
                        return Err(format!("{contender}: tasks of {} failed", load.name()).into());
                    }
                }
                Err(_) => {
                    run.is_cut_off = true;
                    break;
                }
            }
        }
        self.runtime.block_on(executor.shutdown());
        Ok(run)
    }
}
