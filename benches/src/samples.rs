//! Wall time as criterion measures it, with a copy of the samples kept.

use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use std::cell::RefCell;
use std::ops::Add;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// The time that some items took.
#[derive(Debug, Clone, Copy, Default)]
pub struct Batch {
    /// How long all of them took.
    pub elapsed: Duration,
    /// How many there were.
    pub items: u64,
}

impl Add for Batch {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { elapsed: self.elapsed + other.elapsed, items: self.items + other.items }
    }
}

/// Criterion's clock, which also keeps the nanoseconds an item of every sample.
///
/// Criterion hands its estimates to files only, and a claim has to be checked in here. It asks for
/// the value of a batch once for each sample, and not while it warms up.
#[derive(Debug, Clone, Default)]
pub(crate) struct Samples(Rc<RefCell<Vec<f64>>>);

impl Samples {
    /// Those kept since the last call.
    pub(crate) fn take(&self) -> Vec<f64> {
        self.0.take()
    }
}

impl Measurement for Samples {
    type Intermediate = Instant;
    type Value = Batch;

    fn start(&self) -> Instant {
        Instant::now()
    }

    fn end(&self, start: Instant) -> Batch {
        Batch { elapsed: start.elapsed(), items: 1 }
    }

    fn add(&self, one: &Batch, other: &Batch) -> Batch {
        *one + *other
    }

    fn zero(&self) -> Batch {
        Batch::default()
    }

    fn to_f64(&self, batch: &Batch) -> f64 {
        let nanos = batch.elapsed.as_secs_f64() * 1e9;
        self.0.borrow_mut().push(nanos / batch.items.max(1) as f64);
        nanos
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        WallTime.formatter()
    }
}
