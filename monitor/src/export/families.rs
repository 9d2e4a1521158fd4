//! What there is to be written, whatever the form.

use crate::HistogramSnapshot;

/// Figures of one name.
#[derive(Debug)]
pub(super) struct Family {
    /// Without the prefix.
    pub(super) name: &'static str,
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
    /// A distribution.
    Summary,
}

/// One figure, and what tells it from the others of its name.
#[derive(Debug)]
pub(super) struct Series {
    pub(super) labels: Vec<(&'static str, String)>,
    pub(super) value: Value,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Value {
    Count(u64),
    Measure(f64),
    Distribution(HistogramSnapshot),
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Summary => "summary",
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
        Self::of(Kind::Summary, name, help, Value::Distribution(times))
    }

    fn of(kind: Kind, name: &'static str, help: &'static str, value: Value) -> Self {
        let series = vec![Series { labels: Vec::new(), value }];
        Self { name, kind, help, series }
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
        Self { name, kind, help, series: values.map(series).collect() }
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
}
