//! What is to be run: the workflow, and what is known about it beforehand.

use crate::console;
use crate::options::{Mode, Options};
use graph_runtime::sim::{self, SimGraph, SimJob, SimTask};
use graph_runtime::{History, Policy, SchedulerConfig};
use std::fs;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;
use std::time::Duration;
use wfformat::Workflow;

/// The workflow that is run when no file is named. It is inside the binary, so that this works
/// from any folder.
const DEFAULT_JSON: &str = include_str!("data/generated-mosaic-200.json");
const DEFAULT_NAME: &str = "generated-mosaic-200.json";

/// A file of so many bytes takes about a second to read.
const LARGE_BYTES: u64 = 50_000_000;

/// A workflow and how it is to be run; the same for all policies.
pub(crate) struct Job {
    /// The file's name for people.
    pub(crate) file: String,
    pub(crate) workflow: Workflow,
    pub(crate) edges: usize,
    /// No schedule is shorter, in trace time.
    pub(crate) lower_bound: Duration,
    pub(crate) mode: Mode,
    pub(crate) time_scale: f64,
    pub(crate) slots: usize,
    pub(crate) workers: usize,
    parallelism: usize,
}

impl Job {
    /// Reads the file that the options name.
    ///
    /// # Errors
    ///
    /// If it holds no sound workflow; the message names the file, the place and the reason.
    pub(crate) fn load(options: &Options) -> Result<Self, wfformat::Error> {
        let (file, workflow) = match &options.file {
            Some(path) => {
                announce(path);
                (path.to_string_lossy().into_owned(), Workflow::read(path)?)
            }
            None => (DEFAULT_NAME.to_owned(), Workflow::parse(DEFAULT_JSON)?),
        };
        let parallelism = options.parallelism();
        Ok(Self {
            file,
            edges: workflow.edges(),
            lower_bound: workflow.lower_bound(parallelism),
            workflow,
            mode: options.mode,
            time_scale: options.time_scale,
            slots: options.slots,
            workers: options.workers(),
            parallelism,
        })
    }

    /// How long a task takes in this run.
    pub(crate) fn real_runtime(&self, task: usize) -> Duration {
        match self.mode {
            Mode::Instant => Duration::ZERO,
            Mode::Wait | Mode::Cpu => self.to_real(self.workflow.tasks[task].runtime),
        }
    }

    /// Trace time as real time, or the longest there is.
    pub(crate) fn to_real(&self, traced: Duration) -> Duration {
        let seconds = traced.as_secs_f64() * self.time_scale;
        Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
    }

    /// Real time as seconds of trace time; in mode instant, which knows no trace time, as they are.
    pub(crate) fn to_trace_secs(&self, real: Duration) -> f64 {
        match self.mode {
            Mode::Instant => real.as_secs_f64(),
            Mode::Wait | Mode::Cpu => real.as_secs_f64() / self.time_scale,
        }
    }

    /// Whether tasks take no time in this run.
    pub(crate) fn is_timeless(&self) -> bool {
        self.mode == Mode::Instant
    }

    /// The makespan under `policy` in trace time, if scheduling cost nothing: the very scheduler
    /// that the executor drives, on a virtual clock. It goes by a history, if there is one, instead
    /// of the recorded runtimes.
    pub(crate) fn predict(&self, policy: Policy, history: Option<&History>) -> Duration {
        let tasks = self.workflow.tasks.iter();
        let tasks = tasks.map(|it| SimTask { runtime: it.runtime, parents: it.parents.clone() });
        let graph = SimGraph { tasks: tasks.collect() };
        let kinds: Vec<String> = self.workflow.tasks.iter().map(|it| it.kind.clone()).collect();
        let job = SimJob { kinds: &kinds, history, ..SimJob::new(&graph) };
        let config = SchedulerConfig {
            policy,
            max_in_flight: self.parallelism,
            max_pending: graph.tasks.len().max(1),
            ..SchedulerConfig::default()
        };
        let schedules = sim::simulate_jobs(&[job], &config);
        schedules.expect("the reader lets no cycle and no unknown parent through")[0].makespan
    }
}

/// Says that a file is read if that may take a while: a pipe is read when somebody writes to it.
fn announce(path: &Path) {
    let Ok(metadata) = fs::metadata(path) else { return };
    let shown = path.to_string_lossy();
    let shown = shown.escape_debug();
    if metadata.file_type().is_fifo() {
        console::say(format_args!("workflow: {shown}: waiting for what is written to this pipe"));
    } else if metadata.len() >= LARGE_BYTES {
        let megabytes = metadata.len() / 1_000_000;
        console::say(format_args!("workflow: {shown}: reading {megabytes} MB"));
    }
}
