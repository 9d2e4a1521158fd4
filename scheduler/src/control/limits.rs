//! What a configuration declares by name: groups and rates.

use super::bucket::TokenBucket;
use crate::error::SchedulerError;
use crate::graph::nanos;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

/// Rates and costs are counted in millionths of a unit.
pub(crate) const MILLIONTHS: u64 = 1_000_000;
/// So that a year of tokens fits 128 bits with room to spare.
const PERIOD_MAX: Duration = Duration::from_secs(366 * 86_400);

/// At most so many tasks of a kind at once, whatever else there is room for: connections to a
/// database, licences, a device.
///
/// # Examples
///
/// ```
/// use graph_runtime_scheduler::{GroupLimit, SchedulerConfig, TaskId, TaskScheduler, TaskSpec};
/// use primitives::Timestamp;
///
/// let config = SchedulerConfig { groups: vec![GroupLimit::new("db", 1)], ..Default::default() };
/// let mut scheduler = TaskScheduler::new(config)?;
/// let now = Timestamp::ZERO;
/// scheduler.submit(TaskSpec::new(TaskId::new(1), "query").group("db"), now)?;
/// scheduler.submit(TaskSpec::new(TaskId::new(2), "query").group("db"), now)?;
/// scheduler.submit(TaskSpec::new(TaskId::new(3), "compute"), now)?;
///
/// assert_eq!(scheduler.dispatch(now).map(|task| task.payload), Some("query"));
/// assert_eq!(scheduler.dispatch(now).map(|task| task.payload), Some("compute"));
/// assert!(scheduler.dispatch(now).is_none(), "one query at a time");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupLimit {
    /// What tasks call it; no two groups have the same name.
    pub name: Arc<str>,
    /// How many of its tasks may run at once; at least 1.
    pub limit: usize,
}

impl GroupLimit {
    /// A group of which at most `limit` tasks run at once.
    pub fn new(name: impl Into<Arc<str>>, limit: usize) -> Self {
        Self { name: name.into(), limit }
    }

    fn check(&self) -> Result<(), String> {
        if self.limit > 0 {
            return Ok(());
        }
        Err(format!(
            "has 0 as the limit of {:?}, so that none could ever run; use 1 or more",
            self.name
        ))
    }
}

/// So many units in a period, as a token bucket: requests a second, tokens a minute.
///
/// A task takes its cost when it starts, and starts when the bucket holds that much. The bucket is
/// full at the beginning, is never fuller than its burst, and is in debt after a
/// [correction](crate::TaskScheduler::correct_cost) that it cannot pay.
///
/// # Examples
///
/// ```
/// use graph_runtime_scheduler::RateLimit;
/// use std::time::Duration;
///
/// // 90,000 tokens a minute, of which 15,000 may be used at once.
/// let tokens = RateLimit::new("llm-tokens", 90_000, Duration::from_secs(60)).burst(15_000);
/// assert_eq!(tokens.burst, 15_000);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateLimit {
    /// What tasks call it; no two rates have the same name.
    pub name: Arc<str>,
    /// How many units there are in a period; at least 1.
    pub units: u64,
    /// The period: above zero, at most 366 days.
    pub period: Duration,
    /// How many units may be used at once after a quiet time; at least 1. No task may cost more.
    pub burst: u64,
}

impl RateLimit {
    /// A rate of so many units in each period, all of which may be used at once.
    pub fn new(name: impl Into<Arc<str>>, units: u64, period: Duration) -> Self {
        Self { name: name.into(), units, period, burst: units }
    }

    /// Sets how many units may be used at once.
    #[must_use]
    pub fn burst(mut self, burst: u64) -> Self {
        self.burst = burst;
        self
    }

    fn check(&self) -> Result<(), String> {
        let most = u64::MAX / MILLIONTHS;
        for (field, value) in [("units", self.units), ("burst", self.burst)] {
            if !(1..=most).contains(&value) {
                return Err(format!(
                    "has {value} as the {field} of {:?}; use 1 to {most}",
                    self.name
                ));
            }
        }
        if self.period.is_zero() || self.period > PERIOD_MAX {
            let (period, name) = (self.period, &self.name);
            return Err(format!(
                "has {period:?} as the period of {name:?}; use more than zero and at most {PERIOD_MAX:?}"
            ));
        }
        Ok(())
    }

    pub(crate) fn bucket(&self) -> TokenBucket {
        let [inflow, capacity] = [self.units, self.burst].map(|units| units * MILLIONTHS);
        TokenBucket::new(inflow, nanos(self.period), capacity)
    }
}

/// What a task takes of a [rate](RateLimit) when it starts.
#[derive(Debug, Clone, PartialEq)]
pub struct Cost {
    /// The name of the rate.
    pub rate: Arc<str>,
    /// How many units; fractions allowed, finite and not negative. Counted in millionths.
    pub units: f64,
}

impl Cost {
    /// So many units of a rate.
    pub fn new(rate: impl Into<Arc<str>>, units: f64) -> Self {
        Self { rate: rate.into(), units }
    }
}

/// Checks groups and rates of a configuration.
pub(crate) fn check(groups: &[GroupLimit], rates: &[RateLimit]) -> Result<(), SchedulerError> {
    let invalid = |field| move |reason| SchedulerError::InvalidConfig { field, reason };
    groups.iter().try_for_each(GroupLimit::check).map_err(invalid("groups"))?;
    rates.iter().try_for_each(RateLimit::check).map_err(invalid("rates"))?;
    distinct(groups.iter().map(|group| &group.name)).map_err(invalid("groups"))?;
    distinct(rates.iter().map(|rate| &rate.name)).map_err(invalid("rates"))
}

fn distinct<'a>(mut names: impl Iterator<Item = &'a Arc<str>>) -> Result<(), String> {
    let mut seen = HashSet::new();
    match names.find(|name| !seen.insert(*name)) {
        Some(name) => Err(format!("declares {name:?} twice; choose another name")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{GroupLimit, RateLimit, check};
    use std::time::Duration;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn what_makes_no_sense_is_named() {
        let group = |limit| GroupLimit::new("db", limit);
        let rate = |units, period, burst| RateLimit::new("api", units, period).burst(burst);
        let refused = |groups: &[GroupLimit], rates: &[RateLimit]| {
            check(groups, rates).expect_err("refused").to_string()
        };
        assert!(check(&[group(1)], &[rate(1, SECOND, 1)]).is_ok());
        assert!(refused(&[group(0)], &[]).contains("\"db\""));
        assert!(refused(&[group(1), group(2)], &[]).contains("twice"));
        assert!(refused(&[], &[rate(0, SECOND, 1)]).contains("units of \"api\""));
        assert!(refused(&[], &[rate(1, SECOND, 0)]).contains("burst of \"api\""));
        assert!(refused(&[], &[rate(u64::MAX, SECOND, 1)]).contains("units"));
        assert!(refused(&[], &[rate(1, Duration::ZERO, 1)]).contains("period"));
        assert!(refused(&[], &[rate(1, Duration::MAX, 1)]).contains("period"));
        assert!(refused(&[], &[rate(1, SECOND, 1), rate(2, SECOND, 1)]).contains("twice"));
    }
}
