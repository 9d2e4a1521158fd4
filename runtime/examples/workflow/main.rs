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
//!   options ──▶ job ──▶ run ──▶ check ──▶ figures ──▶ output      table or JSON lines
//!                        │ ▲                 └────────▶ trace
//!          interrupt ────┘ │
//! progress, explain ◀──────┤
//!                          └── work, recorder      inside the tasks
//! ```

mod check;
mod console;
mod explain;
mod failure;
mod figures;
mod history_file;
mod interrupt;
mod job;
mod options;
mod output;
mod progress;
mod recorder;
mod result_file;
mod run;
mod statistics;
mod table;
mod trace;
mod trace_event;
mod wait_table;
mod waits;
mod wording;
mod work;

use clap::Parser;
use failure::Failure;
use graph_runtime::Policy;
use history_file::HistoryFile;
use interrupt::Interrupt;
use job::Job;
use options::Options;
use output::Output;
use result_file::{Partial, ResultFile};
use run::Run;
use std::process::ExitCode;
use std::sync::Arc;
use trace::Trace;

fn main() -> ExitCode {
    match execute(&Options::parse()) {
        Ok(code) => code,
        Err(failure) => {
            console::say(format_args!("workflow: {failure}"));
            failure.exit_code()
        }
    }
}

/// Runs the job under every policy asked for and prints what came of it.
fn execute(options: &Options) -> Result<ExitCode, Failure> {
    let job = Arc::new(Job::load(options)?);
    if let (Some(trace), Some(history)) = (&options.trace, &options.history)
        && result_file::are_one(trace, history)
    {
        return Err(Failure::OneFile { path: history.clone() });
    }
    let input = options.file.as_deref();
    let prepare = |path| ResultFile::prepare(path, input);
    let trace_file = options.trace.as_deref().map(prepare).transpose()?;
    let open = |path| HistoryFile::open(path, &job, input);
    let mut history = options.history.as_deref().map(open).transpose()?;
    let partials = [
        trace_file.as_ref().and_then(ResultFile::partial),
        history.as_ref().and_then(HistoryFile::partial),
    ];
    let clean_up = move || partials.iter().flatten().for_each(Partial::abandon);
    let interrupt = Interrupt::listen(clean_up).map_err(Failure::Signal)?;

    let mut output = Output::new(options.json);
    let runs = run_all(&job, options, &mut history, &interrupt, &mut output)?;
    output.finish(&job, &runs).map_err(Failure::Output)?;
    if let Some(history) = history {
        history.save()?;
    }
    if let Some(file) = trace_file {
        write_trace(file, &job, &runs)?;
    }
    let code = if interrupt.is_requested() { interrupt::EXIT_CODE } else { 0 };
    Ok(ExitCode::from(code))
}

/// One run after another, until all are done, Ctrl-C ends one, or nobody is left to see more. Each
/// goes on with what the history has learnt from those before.
fn run_all(
    job: &Arc<Job>,
    options: &Options,
    history: &mut Option<HistoryFile>,
    interrupt: &Interrupt,
    output: &mut Output,
) -> Result<Vec<Run>, Failure> {
    let mut runs = Vec::new();
    output.begin(job).map_err(Failure::Output)?;
    for policy in options.policies() {
        // Ctrl-C before the first run cancels it as soon as it begins: there is something to print.
        let is_interrupted = interrupt.is_requested() && !runs.is_empty();
        let leaves_nothing = options.trace.is_none() && history.is_none();
        let is_for_nobody = output.is_abandoned() && leaves_nothing;
        if is_interrupted || is_for_nobody {
            break;
        }
        let known = history.as_ref().map(HistoryFile::known);
        let run = run::run(job, policy, options, known, interrupt)?;
        check_run(job, policy, &run, interrupt.is_requested())?;
        output.add(job, &run).map_err(Failure::Output)?;
        if let (Some(history), Some(known)) = (history.as_mut(), &run.history) {
            history.learn(known.clone());
        }
        runs.push(run);
    }
    Ok(runs)
}

fn write_trace(file: ResultFile, job: &Job, runs: &[Run]) -> Result<(), Failure> {
    file.write(&Trace { job, runs })?;
    let lost: u64 = runs.iter().map(|run| run.recording.polls_lost).sum();
    if lost > 0 {
        console::say(format_args!("workflow: the trace has no room for {lost} more task polls"));
    }
    Ok(())
}

fn check_run(job: &Job, policy: Policy, run: &Run, interrupted: bool) -> Result<(), Failure> {
    check::check(&job.workflow, job.slots, &run.recording.spans, interrupted)
        .and_then(|()| check::check_report(&run.recording.spans, run.ends.completed, interrupted))
        .map_err(|violation| Failure::Check { policy, violation })
}
