//! Calling cargo.

use std::env;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::error::{Error, tail};
use crate::options::Options;
use crate::process::{self, Ended};

/// Lines of what cargo said that are shown when it fails.
pub(crate) const TAIL: usize = 40;

/// How long cargo may take, whatever it does.
const LIMIT: Duration = Duration::from_secs(60 * 60);

/// The cargo that started this program.
pub(crate) fn program() -> String {
    env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())
}

/// A call of cargo in `folder`. Warnings of other people's crates are no errors here.
pub(crate) fn command(options: &Options, folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(program());
    command.current_dir(folder).args(args).env("CARGO_TERM_COLOR", "never");
    // What the cargo that runs this program has set for it is not meant for others.
    for (name, _) in env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(name);
        }
    }
    let flags = env::var("RUSTFLAGS").unwrap_or_default();
    command.env("RUSTFLAGS", format!("{flags} --cap-lints warn").trim_start());
    if options.offline {
        command.env("CARGO_NET_OFFLINE", "true");
    }
    command
}

/// Runs cargo, whether it succeeds or not.
pub(crate) fn run(options: &Options, folder: &Path, args: &[&str]) -> Result<Ended, Error> {
    process::run(&mut command(options, folder, args), LIMIT)
        .map_err(|source| Error::Io { what: program(), source })
}

/// Runs cargo, which must succeed; what it printed.
pub(crate) fn output(options: &Options, folder: &Path, args: &[&str]) -> Result<String, Error> {
    let ended = run(options, folder, args)?;
    if ended.is_success {
        Ok(ended.out)
    } else {
        Err(Error::Cargo { what: args.join(" "), tail: tail(&ended.err, TAIL) })
    }
}
