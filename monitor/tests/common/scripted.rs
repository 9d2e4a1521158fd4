//! A sampler that calls a closure and says when it was asked.

use graph_runtime_monitor::{Sample, Sampler};
use primitives::Timestamp;
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

/// How long a test waits for something that must happen before it gives up.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// Calls `script` with the number of the sample, from 0, then reports that number.
pub(crate) struct Scripted<F> {
    script: F,
    taken: u64,
    report: Sender<u64>,
}

impl<F: FnMut(u64, Timestamp) -> Sample + Send> Scripted<F> {
    /// The sampler and where its reports arrive.
    pub(crate) fn new(script: F) -> (Box<Self>, Receiver<u64>) {
        let (report, reports) = mpsc::channel();
        (Box::new(Self { script, taken: 0, report }), reports)
    }
}

impl<F: FnMut(u64, Timestamp) -> Sample + Send> Sampler for Scripted<F> {
    fn sample(&mut self, now: Timestamp) -> Sample {
        let number = self.taken;
        self.taken += 1;
        // The test may have seen enough and gone.
        let _ = self.report.send(number);
        (self.script)(number, now)
    }
}
