//! What is said to people beside the results: lines on standard error, best effort. A terminal
//! that was closed or a full disk costs the lines, never the run.

use std::fmt::Display;
use std::io::{Write, stderr};

/// Writes a line to standard error if it can be written.
pub(crate) fn say(line: impl Display) {
    let _ = writeln!(stderr(), "{line}");
}
