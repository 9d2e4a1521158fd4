//! How long tasks wait for their polls, and how long those take, in buckets of somebody's choice.

use super::bucket_counts::BucketCounts;
use std::sync::Arc;
use std::time::Duration;

/// Buckets to count in, given by their bounds, which ascend: each ends where the next begins, which
/// has what is as long as the bound, and after the last there is one for all that is longer. By
/// default nothing is counted so.
#[derive(Debug, Clone, Default)]
pub struct PollBuckets {
    /// For how long polls are waited for.
    pub delays: Option<Arc<[Duration]>>,
    /// For how long they take.
    pub lengths: Option<Arc<[Duration]>>,
}

/// What was timed of polls, in [`PollBuckets`]. Where there are none, counting costs a look.
///
/// # Examples
///
/// ```
/// use graph_runtime_monitor::{PollBuckets, PollCounts};
/// use std::time::Duration;
///
/// let bounds = [1, 10].map(Duration::from_millis);
/// let counts = PollCounts::new(&PollBuckets { lengths: Some(bounds.into()), delays: None });
/// counts.count_delay(Duration::from_millis(5));
/// counts.count_length(Duration::from_millis(5));
/// let lengths = counts.lengths().expect("they are counted");
/// assert_eq!((lengths.count(1), lengths.range(1)), (1, bounds[0]..bounds[1]));
/// assert!(counts.delays().is_none());
/// ```
#[derive(Debug)]
pub struct PollCounts {
    delays: Option<BucketCounts>,
    lengths: Option<BucketCounts>,
}

impl PollCounts {
    /// Nothing counted so far. Allocates 8 bytes for each bucket.
    pub fn new(buckets: &PollBuckets) -> Self {
        let counts = |bounds: &Option<_>| bounds.clone().map(BucketCounts::new);
        Self { delays: counts(&buckets.delays), lengths: counts(&buckets.lengths) }
    }

    /// A task was polled so long after it had been queued. Any thread may count. O(log buckets).
    pub fn count_delay(&self, delay: Duration) {
        if let Some(delays) = &self.delays {
            delays.count_one(delay);
        }
    }

    /// A poll took so long. Any thread may count. O(log buckets).
    pub fn count_length(&self, length: Duration) {
        if let Some(lengths) = &self.lengths {
            lengths.count_one(length);
        }
    }

    /// The delays, if there are buckets for them.
    pub fn delays(&self) -> Option<&BucketCounts> {
        self.delays.as_ref()
    }

    /// The lengths, if there are buckets for them.
    pub fn lengths(&self) -> Option<&BucketCounts> {
        self.lengths.as_ref()
    }
}
