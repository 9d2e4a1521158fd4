//! Running a suite's test programs.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::build::{self, Built, Program};
use crate::cargo;
use crate::error::Error;
use crate::figures::{self, Figures, Said};
use crate::options::Options;
use crate::process::{self, Ended};
use crate::source::write;
use crate::suite::{Suite, log_folder};

/// How long a program may take to list its tests.
const LISTING: Duration = Duration::from_secs(30);

/// What came of a suite.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) figures: Figures,
    /// The tests that failed or did not end, by target and name.
    pub(crate) failed: Vec<String>,
    /// The targets that do not compile.
    pub(crate) broken: Vec<String>,
    pub(crate) tokio: String,
}

/// Runs all programs, one after another, and the examples in the documentation.
pub(crate) fn all(options: &Options, suite: &Suite, built: &Built) -> Result<Outcome, Error> {
    let logs = log_folder(suite)?;
    let broken = built.broken.keys().cloned().collect();
    let mut outcome = Outcome { broken, tokio: suite.tokio.clone(), ..Outcome::default() };
    for program in &built.programs {
        let mut command = command_for(options, suite, &program.path);
        command.args(&options.test_args);
        let ended = run(&mut command, options, &program.name)?;
        let said = complete(options, suite, program, &ended);
        outcome.take(&program.name, &said, &ended, &logs)?;
    }
    if built.has_library && !options.no_doc && options.only.is_empty() {
        let mut args = vec!["test".to_owned(), "--doc".to_owned()];
        args.extend(build::arguments(options));
        args.push("--".to_owned());
        args.extend(options.test_args.iter().cloned());
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let name = "examples (doc)";
        let mut command = cargo::command(options, &suite.folder, &args);
        let ended = run(&mut command, options, name)?;
        let mut said = figures::read(&ended.out);
        if !ended.is_success && said.figures.failed == 0 {
            said.figures.failed += 1;
            said.failed.insert("did not compile or did not end".to_owned());
        }
        outcome.take(name, &said, &ended, &logs)?;
    }
    Ok(outcome)
}

/// The environment cargo gives to a test program.
fn command_for(options: &Options, suite: &Suite, program: &Path) -> Command {
    let mut command = cargo::command(options, &suite.folder, &[]);
    let environment: Vec<_> = command
        .get_envs()
        .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
        .collect();
    command = Command::new(program);
    command
        .current_dir(&suite.folder)
        .envs(environment)
        .env("CARGO_MANIFEST_DIR", &suite.folder)
        .env("CARGO_PKG_NAME", &suite.name)
        .env("CARGO_PKG_VERSION", &suite.version);
    command
}

fn run(command: &mut Command, options: &Options, name: &str) -> Result<Ended, Error> {
    let failed = |source| Error::Io { what: name.to_owned(), source };
    process::run(command, options.time_limit()).map_err(failed)
}

/// What a program said, with the tests that it did not come to, because it died or was killed.
fn complete(options: &Options, suite: &Suite, program: &Program, ended: &Ended) -> Said {
    let mut said = figures::read(&ended.out);
    if said.summaries > 0 {
        return said;
    }
    let mut listing = command_for(options, suite, &program.path);
    listing.args(["--list", "--format", "terse"]).args(&options.test_args);
    let listed = process::run(&mut listing, LISTING).map(|it| it.out).unwrap_or_default();
    let names: Vec<&str> = listed.lines().filter_map(|it| it.strip_suffix(": test")).collect();
    if names.is_empty() {
        // A program without the standard harness is one test.
        if ended.is_success {
            said.figures.passed = 1;
        } else {
            said.failed.insert(program.name.clone());
        }
    } else {
        let unfinished = names.iter().filter(|name| !said.finished.contains(**name));
        said.failed.extend(unfinished.map(|name| (*name).to_owned()));
        let count = names.iter().filter(|name| !said.failed.contains(**name)).count();
        said.figures.passed = count;
    }
    said.figures.failed = said.failed.len();
    said
}

impl Outcome {
    fn take(&mut self, name: &str, said: &Said, ended: &Ended, logs: &Path) -> Result<(), Error> {
        let note = if ended.is_out_of_time { ", out of time" } else { "" };
        eprintln!("  {name}: {} in {:.1} s{note}", said.figures, ended.took.as_secs_f64());
        for test in &said.failed {
            eprintln!("    FAILED {test}");
            self.failed.push(format!("{name}: {test}"));
        }
        self.figures += said.figures;
        let log = logs.join(format!("{}.log", name.replace(['/', ' '], "_")));
        write(&log, format!("{}\n{}", ended.out, ended.err).as_bytes())
    }
}
