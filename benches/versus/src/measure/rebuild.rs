//! Becoming the same bench with another allocator.

use crate::allocator::Allocator;
use std::env;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Set for the process that was built on request, so that a build that does not help is not
/// repeated for ever.
const REBUILT: &str = "VERSUS_REBUILT";

/// Builds the bench with `allocator`, in the same target directory, and replaces this process by
/// it, with the same arguments. Returns only if that fails.
pub fn become_with(allocator: Allocator) -> io::Error {
    if env::var_os(REBUILT).is_some() {
        let message = format!("the bench was rebuilt for {allocator} and still has the other one");
        return io::Error::other(message);
    }
    let target = match target_directory() {
        Ok(target) => target,
        Err(error) => return error,
    };
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["run", "--bin", "versus", "--manifest-path"]);
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"));
    command.arg("--target-dir").arg(target);
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    if allocator == Allocator::Mimalloc {
        command.args(["--features", "mimalloc"]);
    }
    command.arg("--").args(env::args_os().skip(1));
    command.env(REBUILT, "1").exec()
}

/// The directory above that of the profile, which this binary is in.
fn target_directory() -> io::Result<PathBuf> {
    let binary = env::current_exe()?;
    let target = binary.ancestors().nth(2);
    target
        .map(Path::to_owned)
        .ok_or_else(|| io::Error::other("the bench is not in a target directory"))
}
