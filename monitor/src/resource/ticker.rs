//! Taking one sample when told to.

use super::board::Board;
use crate::{Sample, Sampler, Warning};
use primitives::Timestamp;
use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

pub(crate) type OnWarning = Box<dyn FnMut(&Warning) + Send>;

/// The monitor's hands: takes a sample and publishes it.
///
/// A monitor's thread owns one. [`MonitorBuilder::manual`](crate::MonitorBuilder::manual) hands it
/// to the caller instead, who then decides when time passes.
pub struct Ticker {
    sampler: Box<dyn Sampler>,
    on_warning: OnWarning,
    board: Arc<Board>,
}

impl Ticker {
    pub(crate) fn new(sampler: Box<dyn Sampler>, on_warning: OnWarning, board: Arc<Board>) -> Self {
        Self { sampler, on_warning, board }
    }

    /// Takes a sample, publishes it as the monitor's latest and returns it.
    ///
    /// A sampler that panics has its panic counted, and the sample is unknown in every figure: the
    /// last good one would pass for a current one.
    pub fn tick(&mut self, now: Timestamp) -> Sample {
        // Unwind safe: a sampler that panicked is only ever called again, and what it then returns
        // is data, not something that others' safety rests on.
        let result = catch_unwind(AssertUnwindSafe(|| self.look(now)));
        let sample = result.unwrap_or_else(|payload| {
            drop_payload(payload);
            self.board.count_panic();
            Sample::unknown(now)
        });
        self.board.post(sample);
        sample
    }

    fn look(&mut self, now: Timestamp) -> Sample {
        let sampler = &mut *self.sampler;
        if self.board.take_memory_wanted() {
            sampler.expect_memory();
        }
        let sample = sampler.sample(now);
        self.board.workers().look(sampler, now);
        while let Some(warning) = sampler.next_warning() {
            self.board.warn(warning.clone());
            (self.on_warning)(&warning);
        }
        sample
    }
}

/// Drops what a panic carried, which may panic in turn; that second one is leaked, so that there
/// is no third.
fn drop_payload(payload: Box<dyn Any + Send>) {
    if let Err(second) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        std::mem::forget(second);
    }
}

impl fmt::Debug for Ticker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ticker").field("board", &self.board).finish_non_exhaustive()
    }
}
