//! A distribution of times in bounded memory.

use super::snapshot::HistogramSnapshot;
use hdrhistogram::Histogram;
use std::time::Duration;

/// Percentiles are kept to this many significant digits.
const SIGNIFICANT_DIGITS: u8 = 3;
/// The longest time that percentiles tell apart: an hour.
const LONGEST_NS: u64 = 3_600_000_000_000;

/// Times from 1 ns to 1 h, to three digits, in about 270 KiB: zero pages that become resident only
/// where times fall.
///
/// Count, sum and maximum are kept beside the buckets, so they are exact even for what the bounds
/// cut off.
///
/// Source: G. Tene, HdrHistogram: buckets that double in width, each split linearly.
#[derive(Debug)]
pub(crate) struct TimeHistogram {
    buckets: Histogram<u64>,
    sum_ns: u128,
    max_ns: u64,
    clamped: u64,
}

impl TimeHistogram {
    pub(crate) fn new() -> Self {
        let buckets = Histogram::new_with_bounds(1, LONGEST_NS, SIGNIFICANT_DIGITS)
            .expect("these constant bounds are within what a histogram can do");
        Self { buckets, sum_ns: 0, max_ns: 0, clamped: 0 }
    }

    pub(crate) fn record(&mut self, time: Duration) {
        let ns = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        self.buckets.saturating_record(ns.min(LONGEST_NS));
        self.sum_ns += u128::from(ns);
        self.max_ns = self.max_ns.max(ns);
        self.clamped += u64::from(ns > LONGEST_NS);
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.buckets.add(&other.buckets).expect("all histograms here have the same bounds");
        self.sum_ns += other.sum_ns;
        self.max_ns = self.max_ns.max(other.max_ns);
        self.clamped += other.clamped;
    }

    pub(crate) fn snapshot(&self) -> HistogramSnapshot {
        let count = self.buckets.len();
        // A bucket reports its upper edge, which may lie above everything recorded in it.
        let at = |quantile| {
            Duration::from_nanos(self.buckets.value_at_quantile(quantile).min(self.max_ns))
        };
        let mean_ns = self.sum_ns.checked_div(u128::from(count)).unwrap_or(0);
        HistogramSnapshot {
            count,
            mean: Duration::from_nanos(u64::try_from(mean_ns).unwrap_or(u64::MAX)),
            p50: at(0.5),
            p90: at(0.9),
            p99: at(0.99),
            max: Duration::from_nanos(self.max_ns),
            clamped: self.clamped,
        }
    }
}
