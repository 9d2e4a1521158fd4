//! Running work under a contender.

use crate::case::Phase;
use crate::contender::Contender;
use crate::load::World;
use crate::server::{SERVICE, Server};
use graph_runtime::runtime::{Builder, Runtime};
use graph_runtime::time::timeout;
use graph_runtime::{AsyncTaskExecutor, ResourceMonitorConfig};
use std::error::Error;
use std::time::{Duration, Instant};

/// How long a run took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    pub(crate) seconds: f64,
    /// Whether it was cut off, so that it would have taken longer than this.
    pub(crate) is_cut_off: bool,
}

/// Everything that the runs share.
pub(crate) struct Race {
    runtime: Runtime,
    server: Server,
    world: World,
    cores: usize,
}

impl Race {
    pub(crate) fn new(cores: usize) -> Result<Self, Box<dyn Error>> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(cores)
            .resource_monitor(ResourceMonitorConfig::default())
            .build()?;
        let server = Server::start(SERVICE)?;
        let world = World::new(server.clients());
        Ok(Self { runtime, server, world, cores })
    }

    /// Runs the phases one after the other, for at most so many seconds.
    pub(crate) fn run(
        &self,
        contender: &Contender,
        phases: &[Phase],
        most: f64,
    ) -> Result<Run, Box<dyn Error>> {
        let mut executor = self.executor(contender, phases[0])?;
        let mut run = Run { seconds: 0.0, is_cut_off: false };
        for (number, &phase) in phases.iter().enumerate() {
            if number > 0 && contender.limit(phase.load).is_some() {
                self.runtime.block_on(executor.shutdown());
                executor = self.executor(contender, phase)?;
            }
            let left = Duration::from_secs_f64((most - run.seconds).max(0.0));
            run.is_cut_off = !self.run_phase(&executor, phase, left, &mut run.seconds)?;
            if run.is_cut_off {
                break;
            }
        }
        self.runtime.block_on(executor.shutdown());
        if run.is_cut_off {
            // Nobody else is to be held up by what this one has asked for.
            self.runtime.block_on(self.server.rest());
        }
        Ok(run)
    }

    fn executor(
        &self,
        contender: &Contender,
        phase: Phase,
    ) -> Result<AsyncTaskExecutor, Box<dyn Error>> {
        let monitor = self.runtime.handle().resource_monitor().ok_or("there is no monitor")?;
        let config = contender.config(phase.load, monitor, self.cores);
        Ok(AsyncTaskExecutor::on(self.runtime.handle().clone(), config)?)
    }

    /// Whether the phase ended in the time that is left.
    fn run_phase(
        &self,
        executor: &AsyncTaskExecutor,
        phase: Phase,
        left: Duration,
        seconds: &mut f64,
    ) -> Result<bool, Box<dyn Error>> {
        let graph = self.world.graph(phase);
        let start = Instant::now();
        let ended = self.runtime.block_on(async { timeout(left, executor.run(graph)).await });
        *seconds += start.elapsed().as_secs_f64();
        let Ok(report) = ended else { return Ok(false) };
        let report = report.map_err(|refused| refused.error)?;
        if report.counts().completed == phase.tasks {
            Ok(true)
        } else {
            Err(format!("tasks of {} failed", phase.load.name()).into())
        }
    }
}
