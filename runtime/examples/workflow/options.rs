//! What the command line says.

use clap::{Parser, ValueEnum};
use graph_runtime::Policy;
use std::fmt;
use std::path::PathBuf;

/// The smallest time scale: a second becomes a nanosecond, the finest that a clock tells.
const TIME_SCALE_MIN: f64 = 1e-9;
/// The largest time scale: 11 days for a second.
const TIME_SCALE_MAX: f64 = 1e6;

/// The most workers a runtime accepts.
const WORKERS_MAX: usize = 4096;

const AFTER_HELP: &str = "\
The figures, by their names in the JSON lines and (in brackets) in the table.
Recorded seconds are those of the workflow file; --time-scale makes real ones
of them.
  makespan_s (makespan)
        from submission to the last end, in recorded seconds; in mode instant,
        which does not use recorded time, in real seconds
  lower_bound_s (bound)
        the larger of the longest chain of tasks and the total work divided by
        the tasks that can run at once (--slots; in mode cpu not more than
        --workers), in recorded seconds: no order of the tasks can be faster.
        In mode instant it is the same figure, which tells nothing about that
        run: its tasks take no time
  ratio (ratio)
        makespan_s / lower_bound_s; null in mode instant, if the bound is 0,
        and for a run that was interrupted
  completed, failed, cancelled, skipped (done: those that completed)
        how the tasks ended
  max_in_flight (in flight)
        the most tasks that were in flight at the same moment
  queue_wait_us (wait p50, wait p99)
        from the end of a task's last parent to the task's own start, in real
        microseconds (in the table: milliseconds). Half of the tasks waited
        no longer than p50, 99 in 100 no longer than p99
  overhead_us_per_task (overhead, in mode instant)
        real microseconds that a task costs beyond its own work. In mode
        instant this is wall_s divided by the tasks. In the other modes it is
        the measured minus the simulated makespan, divided by the tasks: about
        0, and below it when the real order happens to be luckier than the
        simulated one. null for a run that was interrupted
  imbalance (imbalance)
        busy time of the busiest worker divided by the mean of all workers
  wall_s
        real seconds from submission until everything was joined
  waits, with --explain (the second table)
        for each thing that tasks waited for: reason, how many tasks, total_s
        of all of them, longest_s of one and the id of that longest_task, in
        recorded seconds (in mode instant in real ones). All tasks are looked
        at every 10 ms, or less often if looking takes long; what is over
        sooner may be missed. Tasks wait for a dependency, for their level to
        be open, for a slot, behind another one, or for a worker
The table has one more column, predicted: the makespan of the same scheduler on
a virtual clock, where nothing costs any time but the tasks.

Exit status:
  0    all went well, or the reader of the standard output wanted no more
  1    a check after a run failed, or the standard output cannot be written
  2    bad input or options, or the trace or the history cannot be written
  130  Ctrl-C
A standard error that cannot be written loses the progress, and nothing else.";

/// Executes a scientific workflow, as a graph of tasks, on graph_runtime.
///
/// Without arguments it runs a workflow that comes with it under three policies,
/// one after another, and compares how long they took.
#[derive(Debug, Clone, Parser)]
#[command(name = "workflow", version, verbatim_doc_comment, after_help = AFTER_HELP)]
pub(crate) struct Options {
    /// A file in WfFormat [default: a generated mosaic of 200 tasks]
    pub(crate) file: Option<PathBuf>,

    /// Worker threads [default: the processors this process may use]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = parse_workers)]
    workers: Option<usize>,

    /// How many tasks may be in flight at once
    #[arg(long, value_name = "N", default_value_t = 16, allow_negative_numbers = true,
          value_parser = parse_slots)]
    pub(crate) slots: usize,

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
    #[arg(long, value_name = "S", default_value_t = 0.01, allow_negative_numbers = true,
          value_parser = parse_time_scale)]
    pub(crate) time_scale: f64,

    /// Write a Chrome trace of the runs (open it at https://ui.perfetto.dev)
    #[arg(long, value_name = "OUT.json")]
    pub(crate) trace: Option<PathBuf>,

    /// Estimate run times by what is known in this file about each kind of
    /// task instead of taking the recorded ones, and keep there what is
    /// learnt; the file need not exist
    #[arg(long, value_name = "FILE", verbatim_doc_comment)]
    pub(crate) history: Option<PathBuf>,

    /// Say what tasks wait for: how many for what in the progress, how long
    /// each kind of wait was in the results, and all by name on SIGUSR1
    #[arg(long, verbatim_doc_comment)]
    pub(crate) explain: bool,

    /// Print one line of JSON for each run, and no table
    #[arg(long)]
    pub(crate) json: bool,
}

impl Options {
    pub(crate) fn workers(&self) -> usize {
        let default = || std::thread::available_parallelism().map_or(1, usize::from);
        self.workers.unwrap_or_else(default)
    }

    pub(crate) fn policies(&self) -> impl Iterator<Item = Policy> {
        self.policies.iter().map(|&name| name.into())
    }

    /// How many tasks can really run at once: one that burns CPU occupies a worker, one that
    /// waits does not.
    pub(crate) fn parallelism(&self) -> usize {
        match self.mode {
            Mode::Cpu => self.slots.min(self.workers()),
            Mode::Wait | Mode::Instant => self.slots,
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
    /// The longest way to the end of the workflow first
    CriticalPath,
    /// The longest ready first
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

fn parse_workers(text: &str) -> Result<usize, String> {
    parse_count(text, WORKERS_MAX)
}

fn parse_slots(text: &str) -> Result<usize, String> {
    parse_count(text, usize::MAX)
}

/// A whole number from 1 to `max`.
fn parse_count(text: &str, max: usize) -> Result<usize, String> {
    match text.parse::<i128>() {
        Ok(number) if number < 1 => Err("it must be at least 1".to_owned()),
        Ok(number) => usize::try_from(number)
            .ok()
            .filter(|&count| count <= max)
            .ok_or_else(|| format!("it must be at most {max}")),
        Err(_) => Err(format!("it must be a whole number from 1 to {max}")),
    }
}

fn parse_time_scale(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(scale) if scale.is_nan() => Err("it must be a number".to_owned()),
        Ok(scale) if scale < TIME_SCALE_MIN => {
            Err(format!("it must be at least {TIME_SCALE_MIN:e}"))
        }
        Ok(scale) if scale > TIME_SCALE_MAX => {
            Err(format!("it must be at most {TIME_SCALE_MAX:e}"))
        }
        Ok(scale) => Ok(scale),
        Err(_) => Err("it must be a number, such as 0.01".to_owned()),
    }
}
