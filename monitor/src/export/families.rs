//! What there is to be written, whatever the form.

use crate::HistogramSnapshot;
use std::borrow::Cow;

/// Figures of one name.
#[derive(Debug)]
pub(super) struct Family {
    /// Without the prefix.
    pub(super) name: Cow<'static, str>,
    pub(super) kind: Kind,
    pub(super) help: &'static str,
    pub(super) series: Vec<Series>,
}

/// What may become of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It only grows.
    Counter,
    Gauge,
    /// A distribution, by buckets.
    Histogram,
}

/// One figure, and what tells it from the others of its name.
#[derive(Debug)]
pub(super) struct Series {
    pub(super) labels: Vec<(&'static str, String)>,
    pub(super) value: Value,
}

#[derive(Debug)]
pub(super) enum Value {
    Count(u64),
    Measure(f64),
    Distribution(Box<HistogramSnapshot>),
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

impl Family {
    /// A count that only grows.
    pub(super) fn counter(name: &'static str, help: &'static str, count: u64) -> Self {
        Self::of(Kind::Counter, name, help, Value::Count(count))
    }

    /// A count that may fall again.
    pub(super) fn gauge(name: &'static str, help: &'static str, count: u64) -> Self {
        Self::of(Kind::Gauge, name, help, Value::Count(count))
    }

    /// A distribution of times.
    pub(super) fn times(name: &'static str, help: &'static str, times: HistogramSnapshot) -> Self {
        Self::of(Kind::Histogram, name, help, Value::Distribution(Box::new(times)))
    }

    fn of(kind: Kind, name: &'static str, help: &'static str, value: Value) -> Self {
        let series = vec![Series { labels: Vec::new(), value }];
        Self { name: name.into(), kind, help, series }
    }

    /// Figures that the values of one label tell apart.
    pub(super) fn labelled(
        kind: Kind,
        name: &'static str,
        help: &'static str,
        label: &'static str,
        values: impl IntoIterator<Item = (impl Into<String>, Value)>,
    ) -> Self {
        let series = |(text, value): (_, _)| Series { labels: vec![(label, text)], value };
        let values = values.into_iter().map(|(text, value)| (text.into(), value));
        Self { name: name.into(), kind, help, series: values.map(series).collect() }
    }

    /// A figure of each worker, the first being that of worker 0.
    pub(super) fn per_worker(
        kind: Kind,
        name: &'static str,
        help: &'static str,
        values: impl IntoIterator<Item = Value>,
    ) -> Self {
        let each = values.into_iter().enumerate();
        let named = each.map(|(worker, value)| (worker.to_string(), value));
        Self::labelled(kind, name, help, "worker", named)
    }

    /// The percentiles of distributions, which Prometheus does not take as part of a histogram;
    /// none if nothing is distributed, which is not 0.
    pub(super) fn percentiles(&self) -> Option<Self> {
        let each = |Series { labels, value }: &Series| {
            let Value::Distribution(times) = value else { return Vec::new() };
            let of = [("50", times.p50), ("90", times.p90), ("99", times.p99), ("100", times.max)];
            let known = of.iter().filter(|_| times.count > 0);
            let series = known.map(|&(percentile, time)| Series {
                labels: labels.iter().cloned().chain([("percentile", percentile.into())]).collect(),
                value: Value::Measure(time.as_secs_f64()),
            });
            series.collect()
        };
        let series: Vec<_> = self.series.iter().flat_map(each).collect();
        let name = format!("{}_percentile_seconds", self.name.trim_end_matches("_seconds")).into();
        let family = Self { name, kind: Kind::Gauge, help: self.help, series };
        (!family.series.is_empty()).then_some(family)
    }
}
