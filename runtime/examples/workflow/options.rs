//! What the command line says.

use clap::{Parser, ValueEnum};
use graph_runtime::Policy;
use std::fmt;
use std::path::PathBuf;

/// The largest time scale: 11 days for a second.
const TIME_SCALE_MAX: f64 = 1e6;

/// The most workers a runtime accepts.
const WORKERS_MAX: u64 = 4096;

const AFTER_HELP: &str = "\
The figures:
  makespan_s            from submission to the last end, in seconds of the recorded run
                        (real seconds divided by --time-scale; real seconds in mode instant)
  lower_bound_s         the larger of the longest chain of tasks and the total work divided by
                        the tasks that can run at once (--slots; in mode cpu not more than
                        --workers): no order of the tasks can be faster
  ratio                 makespan_s / lower_bound_s; null in mode instant, whose tasks take no
                        time, and for a run that was interrupted
  queue_wait_us         real microseconds from the end of a task's last parent to its start
  overhead_us_per_task  real microseconds a task costs beyond its own work. In mode instant the
                        time of the run divided by the tasks; else measured minus simulated
                        makespan, divided by the tasks: about 0, and below it when the real
                        order happens to be luckier than the simulated one. null if interrupted
  imbalance             busy time of the busiest worker divided by the mean of all workers
  wall_s                real seconds from submission until everything was joined

Exit status: 0 all went well, 1 a check after a run failed, 2 bad input or options, 130 Ctrl-C.";

/// Executes a scientific workflow, as a graph of tasks, on graph_runtime.
///
/// Without arguments it runs a workflow that comes with it under three policies, one after
/// another, and compares how long they took.
#[derive(Debug, Clone, Parser)]
#[command(name = "workflow", after_help = AFTER_HELP)]
pub(crate) struct Options {
    /// A workflow in WfFormat, 1.5 or older [default: a generated mosaic of 200 tasks]
    pub(crate) file: Option<PathBuf>,

    /// Worker threads [default: the processors this process may use]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=WORKERS_MAX))]
    workers: Option<u64>,

    /// How many tasks may be in flight at once
    #[arg(long, value_name = "N", default_value_t = 16,
          value_parser = clap::value_parser!(u64).range(1..))]
    slots: u64,

    /// Which ready task starts first; several are run one after another
    #[arg(
        long = "policy",
        value_name = "POLICY",
        value_enum,
        value_delimiter = ',',
        default_value = "critical-path,fifo,level-barrier"
    )]
    policies: Vec<PolicyName>,

    /// What a task does for its recorded runtime
    #[arg(long, value_enum, default_value_t = Mode::Wait)]
    pub(crate) mode: Mode,

    /// Real seconds for each second of recorded runtime
    #[arg(long, value_name = "S", default_value_t = 0.01, value_parser = parse_time_scale)]
    pub(crate) time_scale: f64,

    /// Write a Chrome trace of the runs, to be opened at https://ui.perfetto.dev
    #[arg(long, value_name = "OUT.json")]
    pub(crate) trace: Option<PathBuf>,

    /// Print one line of JSON for each run, and no table
    #[arg(long)]
    pub(crate) json: bool,
}

impl Options {
    pub(crate) fn workers(&self) -> usize {
        let default = || std::thread::available_parallelism().map_or(1, usize::from);
        self.workers.map_or_else(default, |workers| workers as usize)
    }

    pub(crate) fn slots(&self) -> usize {
        usize::try_from(self.slots).unwrap_or(usize::MAX)
    }

    pub(crate) fn policies(&self) -> impl Iterator<Item = Policy> {
        self.policies.iter().map(|&name| name.into())
    }

    /// How many tasks can really run at once: one that burns CPU occupies a worker, one that
    /// waits does not.
    pub(crate) fn parallelism(&self) -> usize {
        match self.mode {
            Mode::Cpu => self.slots().min(self.workers()),
            Mode::Wait | Mode::Instant => self.slots(),
        }
    }
}

/// What stands for a task's real work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Mode {
    /// It waits on a timer
    Wait,
    /// It keeps a worker busy
    Cpu,
    /// It does nothing
    Instant,
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Wait => "wait",
            Self::Cpu => "cpu",
            Self::Instant => "instant",
        })
    }
}

/// [`Policy`] as clap wants it.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum PolicyName {
    /// The task with the longest way to the end of the workflow first
    CriticalPath,
    /// The task that has been ready for longest first
    Fifo,
    /// Level by level, with a barrier after each
    LevelBarrier,
}

impl From<PolicyName> for Policy {
    fn from(name: PolicyName) -> Self {
        match name {
            PolicyName::CriticalPath => Self::CriticalPath,
            PolicyName::Fifo => Self::Fifo,
            PolicyName::LevelBarrier => Self::LevelBarrier,
        }
    }
}

fn parse_time_scale(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(scale) if scale > 0.0 && scale <= TIME_SCALE_MAX => Ok(scale),
        Ok(_) => Err(format!("it must be above 0 and at most {TIME_SCALE_MAX}")),
        Err(error) => Err(error.to_string()),
    }
}
