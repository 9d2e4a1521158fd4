//! Standard output.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};
use std::process;

/// Prints a line. Ends the program if it cannot be written: quietly with status 0 if its reader has
/// seen enough, as `head` has after its lines, else with the reason and status 1.
pub fn say(line: impl Display) {
    let mut out = io::stdout().lock();
    let Err(error) = writeln!(out, "{line}").and_then(|()| out.flush()) else { return };
    if error.kind() == ErrorKind::BrokenPipe {
        process::exit(0);
    }
    // Best effort: there may be no standard error either.
    let _ = writeln!(io::stderr(), "error: standard output: cannot be written: {error}");
    process::exit(1);
}
