//! The results on standard output: lines of JSON, or a table between two paragraphs.

use crate::figures::Figures;
use crate::job::Job;
use crate::run::Run;
use crate::table;
use crate::wait_table;
use std::io::{self, ErrorKind, Write};

/// Standard output, until its reader goes away.
pub(crate) struct Output {
    json: bool,
    is_abandoned: bool,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self { json, is_abandoned: false }
    }

    /// Says what will be run, to people.
    ///
    /// # Errors
    ///
    /// Like all of these functions: if it cannot be written, other than for want of a reader.
    pub(crate) fn begin(&mut self, job: &Job) -> io::Result<()> {
        if self.json { Ok(()) } else { self.write(&table::head(job)) }
    }

    /// A run is over: one line of JSON.
    pub(crate) fn add(&mut self, job: &Job, run: &Run) -> io::Result<()> {
        if !self.json {
            return Ok(());
        }
        let line = serde_json::to_string(&Figures::of(job, run))?;
        self.write(&line)
    }

    /// All runs are over: the table, and how to read it.
    pub(crate) fn finish(&mut self, job: &Job, runs: &[Run]) -> io::Result<()> {
        if self.json || runs.is_empty() {
            return Ok(());
        }
        self.write(&format!("\n{}", table::of(job, runs)))?;
        match wait_table::of(job, runs) {
            Some(waits) => self.write(&format!("\n{waits}")),
            None => Ok(()),
        }
    }

    /// Whether the reader has seen enough, as `head` has after its lines.
    pub(crate) fn is_abandoned(&self) -> bool {
        self.is_abandoned
    }

    fn write(&mut self, text: &str) -> io::Result<()> {
        let mut out = io::stdout().lock();
        match writeln!(out, "{text}").and_then(|()| out.flush()) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.is_abandoned = true;
                Ok(())
            }
            result => result,
        }
    }
}
