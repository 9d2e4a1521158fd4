//! What is known about all kinds.

use super::KindHistory;
use super::kind::{Kind, MOVE_MIN};
use std::collections::BTreeMap;
use std::time::Duration;

/// The most kinds that are kept.
const KINDS_MAX: usize = 4096;
/// What a task is taken for when nothing is known at all. All tasks being equal, ranks count steps.
const UNKNOWN: Duration = Duration::from_millis(1);

/// The run times of tasks by kind, and what they say about the next one.
///
/// The estimate of a kind is its weighted mean, drawn towards the mean of all known kinds as if
/// two run times of its own had been that long. Run times differ by factors, not by differences,
/// so the latter mean and the drawing are geometric.
///
/// Where the sizes of inputs are known and make a significant difference, the [`SizeTrend`] of the
/// kind refines its estimates.
///
/// It is a plain value that belongs to the caller, who may keep it from run to run: its
/// [`iter`](Self::iter) gives everything there is to store, and collecting the same makes it again.
/// With the feature `serde` it is a map from kinds to their figures.
///
/// There are at most 4,096 kinds, so kinds should be names of programs, not of tasks. When there
/// would be more, the half of them that has been seen the fewest times is forgotten.
///
/// [`SizeTrend`]: super::SizeTrend
///
/// # Examples
///
/// ```
/// use graph_runtime_scheduler::{History, KindHistory};
/// use std::time::Duration;
///
/// let mut history = History::default();
/// for _ in 0..20 {
///     history.observe("align", Duration::from_secs(60));
///     history.observe("index", Duration::from_secs(1));
/// }
/// assert!(history.estimate("align", None) > history.estimate("index", None));
/// // What the caller knows about the task itself counts more.
/// assert_eq!(history.estimate("align", Some(Duration::ZERO)), Duration::ZERO);
///
/// let stored: Vec<(String, KindHistory)> =
///     history.iter().map(|(kind, known)| (kind.to_owned(), *known)).collect();
/// assert_eq!(stored.into_iter().collect::<History>(), history);
/// ```
#[derive(Debug, Clone, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(into = "BTreeMap<String, KindHistory>", from = "BTreeMap<String, KindHistory>")
)]
pub struct History {
    kinds: BTreeMap<String, Kind>,
    /// The sum of the logarithms of the kinds' means.
    log_means: f64,
}

impl History {
    /// Adds the run time of a task that has completed. True if the estimate of its kind has moved
    /// by more than 10 %: ranks that were computed from it are out of date. O(log kinds).
    pub fn observe(&mut self, kind: &str, run_time: Duration) -> bool {
        self.observe_sized(kind, None, run_time)
    }

    /// As [`observe`](Self::observe), for a task with so many bytes of input, if that is known.
    pub fn observe_sized(&mut self, kind: &str, bytes: Option<u64>, run_time: Duration) -> bool {
        if let Some(has_moved) = self.observe_known(kind, bytes, run_time) {
            return has_moved;
        }
        self.make_room();
        self.insert(kind.to_owned(), KindHistory::default());
        self.observe_known(kind, bytes, run_time).expect("it has just been inserted")
    }

    /// The same, for a kind that is there.
    fn observe_known(
        &mut self,
        kind: &str,
        bytes: Option<u64>,
        run_time: Duration,
    ) -> Option<bool> {
        let kinds = self.kinds.len() as f64;
        let known = self.kinds.get_mut(kind)?;
        self.log_means += known.observe(run_time);
        let has_moved = known.follow(self.log_means / kinds);
        let Some(bytes) = bytes else { return Some(has_moved) };
        let trend = &mut known.history.trend;
        trend.observe(bytes, run_time.as_secs_f64());
        Some(trend.moves(MOVE_MIN) || has_moved)
    }

    /// How long a task is likely to take: `hint` if the caller knows, else what its kind takes,
    /// else what tasks take in general, else a millisecond. O(log kinds).
    pub fn estimate(&self, kind: &str, hint: Option<Duration>) -> Duration {
        hint.unwrap_or_else(|| self.estimate_sized(kind, None))
    }

    /// As [`estimate`](Self::estimate) without a hint, for a task with so many bytes of input, if
    /// that is known.
    ///
    /// ```
    /// # use graph_runtime_scheduler::History;
    /// # use std::time::Duration;
    /// let mut history = History::default();
    /// for gigabytes in 1..20 {
    ///     let run_time = Duration::from_secs(60 * gigabytes);
    ///     history.observe_sized("align", Some(gigabytes << 30), run_time);
    /// }
    /// let hour = history.estimate_sized("align", Some(60 << 30));
    /// assert!(hour > history.estimate_sized("align", Some(10 << 30)));
    /// ```
    pub fn estimate_sized(&self, kind: &str, bytes: Option<u64>) -> Duration {
        self.known(kind, bytes).unwrap_or_else(|| self.estimate_unknown())
    }

    /// As [`estimate_sized`](Self::estimate_sized), for a kind that has been seen. O(log kinds).
    pub fn known(&self, kind: &str, bytes: Option<u64>) -> Option<Duration> {
        let known = &self.kinds.get(kind)?.history;
        let by_size = bytes.and_then(|bytes| known.trend.estimate(bytes));
        Some(by_size.unwrap_or_else(|| seconds(known.estimate_s)))
    }

    /// How long a task is likely to take of whose kind nothing is known: what tasks take in
    /// general, else a millisecond. O(1).
    pub fn estimate_unknown(&self) -> Duration {
        self.typical().unwrap_or(UNKNOWN)
    }

    /// What tasks of all known kinds take: the geometric mean of the kinds' means.
    pub fn typical(&self) -> Option<Duration> {
        let kinds = self.kinds.len();
        (kinds > 0).then(|| seconds((self.log_means / kinds as f64).exp()))
    }

    /// What is known about a kind.
    pub fn get(&self, kind: &str) -> Option<&KindHistory> {
        self.kinds.get(kind).map(|kind| &kind.history)
    }

    /// All kinds, in alphabetical order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &KindHistory)> {
        self.kinds.iter().map(|(kind, known)| (kind.as_str(), &known.history))
    }

    /// Makes sure that one more kind can be added.
    fn make_room(&mut self) {
        if self.kinds.len() < KINDS_MAX {
            return;
        }
        let mut samples: Vec<u64> = self.kinds.values().map(|kind| kind.history.samples).collect();
        let (_, &mut median, _) = samples.select_nth_unstable(KINDS_MAX / 2);
        // Of those that have been seen just as often, as many go as have to.
        let mut excess = samples.iter().filter(|&&it| it >= median).count() - KINDS_MAX / 2;
        self.kinds.retain(|_, kind| {
            let samples = kind.history.samples;
            let is_spared = samples > median || (samples == median && excess == 0);
            excess -= usize::from(samples == median && excess > 0);
            is_spared
        });
        self.log_means = self.kinds.values().map(|kind| kind.log_mean).sum();
    }

    fn insert(&mut self, name: String, history: KindHistory) {
        let kind = Kind::new(history);
        self.log_means += kind.log_mean;
        if let Some(before) = self.kinds.insert(name, kind) {
            self.log_means -= before.log_mean;
        }
    }
}

/// Stored figures may be anything.
fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or(UNKNOWN)
}

impl PartialEq for History {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Extend<(String, KindHistory)> for History {
    fn extend<I: IntoIterator<Item = (String, KindHistory)>>(&mut self, kinds: I) {
        for (kind, known) in kinds {
            self.make_room();
            self.insert(kind, known);
        }
    }
}

impl FromIterator<(String, KindHistory)> for History {
    fn from_iter<I: IntoIterator<Item = (String, KindHistory)>>(kinds: I) -> Self {
        let mut history = Self::default();
        history.extend(kinds);
        history
    }
}

impl From<BTreeMap<String, KindHistory>> for History {
    fn from(kinds: BTreeMap<String, KindHistory>) -> Self {
        kinds.into_iter().collect()
    }
}

impl From<History> for BTreeMap<String, KindHistory> {
    fn from(history: History) -> Self {
        history.kinds.into_iter().map(|(name, kind)| (name, kind.history)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{History, KINDS_MAX, KindHistory, UNKNOWN};
    use proptest::prelude::*;
    use std::collections::BTreeMap;
    use std::time::Duration;

    #[test]
    fn an_estimate_moves_in_steps_of_more_than_a_tenth() {
        let mut history = History::default();
        assert!(history.observe("a", Duration::from_secs(10)), "from nothing");
        assert!(!history.observe("a", Duration::from_secs(10)));
        let before = history.estimate("a", None);
        assert!(!history.observe("a", Duration::from_secs(11)), "the mean moves by 3 %");
        assert_eq!(history.estimate("a", None), before);
        assert!(history.observe("a", Duration::from_secs(20)), "by more than 20 %");
        assert!(history.estimate("a", None) > before);
    }

    #[test]
    fn who_is_known_best_speaks_for_a_task() {
        let mut history = History::default();
        assert_eq!(history.estimate("a", None), UNKNOWN);
        history.observe("a", Duration::from_secs(1));
        history.observe("b", Duration::from_secs(100));
        let typical = history.typical().expect("two kinds are known");
        assert!((typical.as_secs_f64() - 10.0).abs() < 1e-6, "{typical:?}");
        assert_eq!(history.estimate("c", None), typical);
        // One run time against a prior that weighs two: 100^(1/3) * 10^(2/3).
        let b = history.estimate("b", None).as_secs_f64();
        assert!((b - 21.544).abs() < 0.001, "{b}");
    }

    #[test]
    fn stored_nonsense_does_no_harm() {
        let broken = KindHistory { samples: 3, mean_s: f64::NAN, ..KindHistory::default() };
        let broken = KindHistory { estimate_s: -7.0, ..broken };
        let history: History = [("a".to_owned(), broken)].into_iter().collect();
        assert_eq!(history.estimate("a", None), UNKNOWN);
    }

    #[test]
    fn kinds_that_are_seldom_seen_make_room() {
        let mut history = History::default();
        for _ in 0..3 {
            history.observe("kept", Duration::from_secs(5));
        }
        for n in 0..20_000 {
            history.observe(&n.to_string(), Duration::from_secs(1));
            assert!(history.iter().len() <= KINDS_MAX);
        }
        assert_eq!(history.get("kept").map(|known| known.samples), Some(3));
        assert!(history.get("19999").is_some(), "the newest is there");
        let typical = history.typical().unwrap().as_secs_f64();
        assert!((1.0..1.01).contains(&typical), "{typical}");
    }

    #[test]
    fn sizes_count_where_they_make_a_difference() {
        let mut history = History::default();
        let mut moves = 0;
        for n in 1..=40_u64 {
            let run_time = Duration::from_millis(100 * n);
            moves += usize::from(history.observe_sized("sorts", Some(n << 20), run_time));
            history.observe_sized("sleeps", Some(n << 20), Duration::from_secs(2));
        }
        let estimate = |kind, mib: u64| history.estimate_sized(kind, Some(mib << 20)).as_secs_f64();
        assert!((0.9..1.1).contains(&estimate("sorts", 10)), "{}", estimate("sorts", 10));
        assert!((1.8..2.2).contains(&estimate("sorts", 20)), "{}", estimate("sorts", 20));
        assert_eq!(estimate("sleeps", 1), estimate("sleeps", 40));
        assert_eq!(history.estimate_sized("sorts", None), history.estimate("sorts", None));
        assert!((1..30).contains(&moves), "{moves}");
    }

    #[cfg(feature = "serde")]
    #[test]
    fn what_is_written_is_what_is_read() {
        let mut history = History::default();
        for n in 1..30_u64 {
            history.observe_sized("sort", Some(n << 10), Duration::from_millis(n));
            history.observe("sleep", Duration::from_secs(1));
        }
        let text = serde_json::to_string(&history).unwrap();
        assert_eq!(serde_json::from_str::<History>(&text).unwrap(), history);
        let sparse = r#"{"old": {"samples": 3, "mean_s": 2.0, "estimate_s": 2.0}}"#;
        let read: History = serde_json::from_str(sparse).unwrap();
        assert_eq!(read.estimate("old", None), Duration::from_secs(2));
    }

    /// The same as it is defined, computed anew each time: kinds with the figures of each.
    #[derive(Default)]
    struct Plain(BTreeMap<String, KindHistory>);

    impl Plain {
        fn observe(&mut self, kind: &str, run_time: Duration) {
            self.0.entry(kind.to_owned()).or_default().observe(run_time.as_secs_f64());
            let seen = self.0.values().filter(|known| known.samples > 0);
            let of_all = seen.map(|known| known.mean_s.max(1e-9).ln()).sum::<f64>();
            let of_all = of_all / self.0.len() as f64;
            let known = self.0.get_mut(kind).expect("it has just been seen");
            let weight = known.samples as f64;
            let own = known.mean_s.max(1e-9).ln();
            let fresh = ((2.0 * of_all + weight * own) / (2.0 + weight)).exp();
            if (fresh - known.estimate_s).abs() > 0.1 * known.estimate_s {
                known.estimate_s = fresh;
            }
        }
    }

    proptest! {
        #[test]
        fn what_is_kept_for_later_is_what_the_definition_says(
            times in prop::collection::vec((0..5_u8, 0..1_000_000_u64), 1..200),
            restored_after in 0..200_usize,
        ) {
            let (mut history, mut plain) = (History::default(), Plain::default());
            for (at, (kind, micros)) in times.into_iter().enumerate() {
                let (kind, run_time) = (kind.to_string(), Duration::from_micros(micros));
                history.observe(&kind, run_time);
                plain.observe(&kind, run_time);
                if at == restored_after {
                    history = BTreeMap::from(history).into();
                }
            }
            for (kind, known) in history.iter() {
                let expected = plain.0[kind];
                let is_near = (known.estimate_s / expected.estimate_s - 1.0).abs() < 1e-9;
                prop_assert!(is_near, "{kind}: {known:?}, {expected:?}");
                prop_assert_eq!((known.samples, known.mean_s), (expected.samples, expected.mean_s));
            }
            prop_assert_eq!(history.iter().len(), plain.0.len());
        }

        #[test]
        fn estimates_stay_near_the_means_and_survive_storing(
            times in prop::collection::vec((0..4_u8, 1..1_000_u64), 1..300),
        ) {
            let mut history = History::default();
            for (kind, millis) in times {
                history.observe(&kind.to_string(), Duration::from_millis(millis));
            }
            let stored: Vec<_> = history.iter().map(|(kind, it)| (kind.to_owned(), *it)).collect();
            let restored: History = stored.into_iter().collect();
            let (one, other) = (history.typical().unwrap(), restored.typical().unwrap());
            prop_assert!(one.abs_diff(other) < Duration::from_micros(1));
            let means = || history.iter().map(|(_, known)| known.mean_s);
            let least = means().fold(f64::INFINITY, f64::min);
            let most = means().fold(0.0, f64::max);
            for (kind, known) in restored.iter().filter(|(_, known)| known.samples > 100) {
                let estimate = restored.estimate(kind, None).as_secs_f64();
                prop_assert!((least * 0.8..=most * 1.25).contains(&estimate), "{kind} {known:?}");
            }
        }
    }
}
