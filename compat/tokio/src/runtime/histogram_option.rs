use std::time::Duration;

use super::{HistogramConfiguration, LogHistogram};

/// Whether buckets have one width, or one twice that of the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum HistogramScale {
    /// One width.
    Linear,
    /// Twice that of the one before, rounded up to powers of two in nanoseconds.
    Log,
}

/// What a builder has been told about a histogram.
#[derive(Debug, Clone)]
pub(super) struct HistogramOption {
    pub(super) is_enabled: bool,
    pub(super) configuration: HistogramConfiguration,
    /// What takes the place of the configuration, if one of the old methods was called.
    old: Option<Old>,
}

/// The shape of a histogram, as it could be told before there were configurations.
#[derive(Debug, Clone, Copy)]
pub(super) struct Old {
    pub(super) scale: HistogramScale,
    pub(super) resolution: Duration,
    pub(super) buckets: usize,
}

impl Default for Old {
    fn default() -> Self {
        Self { scale: HistogramScale::Linear, resolution: Duration::from_micros(100), buckets: 10 }
    }
}

impl Default for HistogramOption {
    fn default() -> Self {
        let configuration = Old::default().configuration();
        Self { is_enabled: false, configuration, old: None }
    }
}

impl HistogramOption {
    /// The shape that the old methods change.
    pub(super) fn old_mut(&mut self) -> &mut Old {
        self.old.get_or_insert_default()
    }

    /// The bounds of its buckets, if there is to be a histogram.
    pub(super) fn bounds(&self) -> Option<Box<dyn Iterator<Item = Duration>>> {
        let old = self.old.map(Old::configuration);
        self.is_enabled.then(|| old.as_ref().unwrap_or(&self.configuration).bounds())
    }
}

impl Old {
    fn configuration(self) -> HistogramConfiguration {
        let Self { scale, resolution, buckets } = self;
        match scale {
            HistogramScale::Linear => HistogramConfiguration::linear(resolution, buckets),
            HistogramScale::Log => {
                // A second at most.
                let first = resolution.as_nanos() as u64;
                HistogramConfiguration::log(LogHistogram::doubling(first, buckets.max(1)))
            }
        }
    }
}
