//! Building a suite's test programs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde::Deserialize;

use crate::cargo;
use crate::error::{Error, tail};
use crate::options::Options;
use crate::source::work_folder;
use crate::suite::Suite;

/// A test program.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Program {
    /// Its target's name, and which kind of target it is.
    pub(crate) name: String,
    pub(crate) path: PathBuf,
}

/// What came of building.
#[derive(Debug, Default)]
pub(crate) struct Built {
    pub(crate) programs: BTreeSet<Program>,
    /// The targets that do not compile, with the compiler's words.
    pub(crate) broken: BTreeMap<String, String>,
    /// Whether there is a library, whose documentation may have examples.
    pub(crate) has_library: bool,
}

/// A message of cargo: only what is asked of it.
#[derive(Debug, Deserialize)]
struct Message {
    reason: String,
    package_id: Option<String>,
    target: Option<Target>,
    executable: Option<PathBuf>,
    profile: Option<Profile>,
    message: Option<Diagnostic>,
}

#[derive(Debug, Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Profile {
    test: bool,
}

#[derive(Debug, Deserialize)]
struct Diagnostic {
    level: String,
    rendered: Option<String>,
}

impl Built {
    fn take(&mut self, message: Message, suite: &Suite) {
        let Some(target) = message.target else { return };
        let name = format!("{} ({})", target.name, target.kind.join(", "));
        match message.reason.as_str() {
            "compiler-artifact" => {
                let is_test = message.profile.is_some_and(|profile| profile.test);
                if let Some(path) = message.executable.filter(|_| is_test) {
                    self.programs.insert(Program { name, path });
                }
                let is_here =
                    message.package_id.is_some_and(|id| id.contains(&suite.folder_name()));
                self.has_library |= is_here && target.kind.iter().any(|kind| kind == "lib");
            }
            "compiler-message" => {
                let Some(error) = message.message.filter(|it| it.level == "error") else { return };
                self.broken.entry(name).or_default().push_str(&error.rendered.unwrap_or_default());
            }
            _ => {}
        }
    }
}

impl Suite {
    /// The last part of its folder's path, which no other package's path has.
    fn folder_name(&self) -> String {
        self.folder.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default()
    }
}

/// cargo's arguments for the suite's tests, after the subcommand.
pub(crate) fn arguments(options: &Options) -> Vec<String> {
    let mut args = options.feature_args();
    let target = work_folder(options).join("target");
    args.push(format!("--target-dir={}", target.display()));
    args
}

/// Builds all test programs that can be built.
pub(crate) fn tests(options: &Options, suite: &Suite) -> Result<Built, Error> {
    eprintln!("  building");
    let mut args: Vec<String> =
        ["build", "--keep-going", "--message-format=json"].map(str::to_owned).into();
    args.extend(arguments(options));
    match &options.only[..] {
        [] => args.push("--tests".to_owned()),
        only => args.extend(only.iter().map(|prefix| format!("--test={prefix}*"))),
    }
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let ended = cargo::run(options, &suite.folder, &args)?;
    let mut built = Built::default();
    for line in ended.out.lines() {
        if let Ok(message) = serde_json::from_str(line) {
            built.take(message, suite);
        }
    }
    let label = format!("{} {} on {}", suite.name, suite.version, suite.under.name());
    if !ended.is_success && built.programs.is_empty() {
        let words: String = built.broken.values().map(String::as_str).collect();
        let words = if words.is_empty() { &ended.err } else { &words };
        return Err(Error::NothingCompiles { suite: label, tail: tail(words, cargo::TAIL) });
    }
    for (name, words) in &built.broken {
        eprintln!("  {name} does not compile:\n{}", tail(words, cargo::TAIL));
    }
    if built.programs.is_empty() {
        return Err(Error::NoTests { suite: label });
    }
    Ok(built)
}
