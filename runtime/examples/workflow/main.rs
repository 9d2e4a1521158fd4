//! The main job: executes a scientific workflow as a graph of tasks and shows what the scheduler
//! makes of it.
//!
//! ```text
//! cargo run --release --example workflow                     a workflow that comes with it
//! cargo run --release --example workflow -- FILE             any WfFormat file
//! cargo run --release --example workflow -- --help           everything else
//! ```
//!
//! A task does not run the scientific program it stands for; it waits, burns CPU or does nothing
//! for as long as that program took when it was recorded. Everything else is real: the tasks run
//! on the runtime's workers, in the order that the scheduler chooses, never more at once than
//! there are slots.
//!
//! How a run goes:
//!
//! ```text
//!   options ──▶ job ──▶ run ──▶ check ──▶ figures ──▶ report      table or JSON lines
//!                        │ ▲                             └──────▶ trace
//!          interrupt ────┘ │
//!          progress ◀──────┤
//!                          └── work, recorder      inside the tasks
//! ```

mod check;
mod failure;
mod figures;
mod interrupt;
mod job;
mod options;
mod progress;
mod recorder;
mod report;
mod run;
mod statistics;
mod trace;
mod trace_event;
mod trace_file;
mod work;

use clap::Parser;
use failure::Failure;
use graph_runtime::Policy;
use interrupt::Interrupt;
use job::Job;
use options::Options;
use run::Run;
use std::process::ExitCode;
use std::sync::Arc;
use trace::Trace;
use trace_file::TraceFile;

fn main() -> ExitCode {
    match execute(&Options::parse()) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("workflow: {failure}");
            failure.exit_code()
        }
    }
}

/// Runs the job under every policy asked for and prints what came of it.
fn execute(options: &Options) -> Result<ExitCode, Failure> {
    let job = Arc::new(Job::load(options)?);
    let trace_file = options.trace.as_deref().map(TraceFile::create).transpose()?;
    let interrupt = Interrupt::listen().map_err(Failure::Signal)?;
    let runs = run_all(&job, options, &interrupt)?;
    if !options.json {
        report::print_table(&job, &runs).map_err(Failure::Output)?;
    }
    if let Some(file) = trace_file {
        file.finish(&Trace { job: &job, runs: &runs })?;
        let lost: u64 = runs.iter().map(|run| run.recording.polls_lost).sum();
        if lost > 0 {
            eprintln!("workflow: {lost} polls of tasks were too many for the trace");
        }
    }
    let code = if interrupt.is_requested() { interrupt::EXIT_CODE } else { 0 };
    Ok(ExitCode::from(code))
}

/// One run after another, until all are done or Ctrl-C ends one.
fn run_all(job: &Arc<Job>, options: &Options, interrupt: &Interrupt) -> Result<Vec<Run>, Failure> {
    let mut runs = Vec::new();
    for policy in options.policies() {
        let run = run::run(job, policy, options.trace.is_some(), interrupt)?;
        check_run(job, policy, &run, interrupt.is_requested())?;
        if options.json {
            report::print_json(job, &run).map_err(Failure::Output)?;
        }
        runs.push(run);
        if interrupt.is_requested() {
            break;
        }
    }
    Ok(runs)
}

fn check_run(job: &Job, policy: Policy, run: &Run, interrupted: bool) -> Result<(), Failure> {
    check::check(&job.workflow, job.slots, &run.recording.spans, interrupted)
        .and_then(|()| check::check_report(&run.recording.spans, run.ends.completed, interrupted))
        .map_err(|violation| Failure::Check { policy, violation })
}
