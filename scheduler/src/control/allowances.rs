//! Groups and rates, and what is left of them.

use super::bucket::TokenBucket;
use super::needs::{Names, Needs, Resource};
use crate::graph::SchedulerConfig;
use primitives::Timestamp;
use std::sync::Arc;

/// How far each declared group and rate is used. Every operation on one of them is O(1).
#[derive(Debug)]
pub(crate) struct Allowances {
    pub(crate) names: Names,
    rates: Vec<Rate>,
    groups: Vec<Group>,
    /// How many tasks that claim it have started, for each resource.
    starts: Vec<u64>,
}

#[derive(Debug)]
struct Rate {
    name: Arc<str>,
    bucket: TokenBucket,
    /// Nothing starts before that.
    paused_until: Timestamp,
}

#[derive(Debug)]
struct Group {
    name: Arc<str>,
    limit: usize,
    running: usize,
}

impl Allowances {
    pub(crate) fn new(config: &SchedulerConfig) -> Self {
        let rate = |rate: &super::RateLimit| Rate {
            name: Arc::clone(&rate.name),
            bucket: rate.bucket(),
            paused_until: Timestamp::ZERO,
        };
        let group = |group: &super::GroupLimit| Group {
            name: Arc::clone(&group.name),
            limit: group.limit,
            running: 0,
        };
        Self {
            names: Names::new(config),
            rates: config.rates.iter().map(rate).collect(),
            groups: config.groups.iter().map(group).collect(),
            starts: vec![0; config.rates.len() + config.groups.len()],
        }
    }

    /// How many resources there are.
    pub(crate) fn len(&self) -> usize {
        self.starts.len()
    }

    pub(crate) fn is_rate(&self, resource: Resource) -> bool {
        (resource.0 as usize) < self.rates.len()
    }

    fn rate(&mut self, resource: Resource) -> &mut Rate {
        &mut self.rates[resource.0 as usize]
    }

    fn group_at(&self, resource: Resource) -> &Group {
        &self.groups[resource.0 as usize - self.rates.len()]
    }

    fn group(&mut self, resource: Resource) -> &mut Group {
        let rates = self.rates.len();
        &mut self.groups[resource.0 as usize - rates]
    }

    pub(crate) fn name(&self, resource: Resource) -> &Arc<str> {
        match self.rates.get(resource.0 as usize) {
            Some(rate) => &rate.name,
            None => &self.group_at(resource).name,
        }
    }

    /// Whether one more task of a group may run, besides so many for which places are kept.
    pub(crate) fn is_free(&self, group: Resource, kept: u64) -> bool {
        let group = self.group_at(group);
        group.limit.saturating_sub(group.running) as u64 > kept
    }

    /// How many tasks of a group run, and how many may.
    pub(crate) fn places(&self, group: Resource) -> (usize, usize) {
        let group = self.group_at(group);
        (group.running, group.limit)
    }

    pub(crate) fn set_limit(&mut self, group: Resource, limit: usize) {
        self.group(group).limit = limit;
    }

    /// From when on a task that costs so much may start, as far as this rate goes.
    pub(crate) fn enough_at(&self, rate: Resource, cost: u64) -> Timestamp {
        let rate = &self.rates[rate.0 as usize];
        rate.bucket.enough_at(cost).max(rate.paused_until)
    }

    pub(crate) fn has(&self, rate: Resource, cost: u64, now: Timestamp) -> bool {
        let rate = &self.rates[rate.0 as usize];
        rate.paused_until <= now && rate.bucket.has(cost, now)
    }

    /// When the pause of a rate ends, if it is paused.
    pub(crate) fn paused_until(&self, rate: Resource, now: Timestamp) -> Option<Timestamp> {
        Some(self.rates[rate.0 as usize].paused_until).filter(|&end| end > now)
    }

    /// Nothing that needs the rate starts before `until`, nor before any pause there was.
    pub(crate) fn pause(&mut self, rate: Resource, until: Timestamp) {
        let rate = self.rate(rate);
        rate.paused_until = rate.paused_until.max(until);
    }

    pub(crate) fn resume(&mut self, rate: Resource) {
        self.rate(rate).paused_until = Timestamp::ZERO;
    }

    /// Replaces what was taken by what it was in truth.
    pub(crate) fn correct(&mut self, rate: Resource, taken: u64, truth: u64, now: Timestamp) {
        let bucket = &mut self.rate(rate).bucket;
        if truth > taken {
            bucket.take(truth - taken, now);
        } else {
            bucket.give_back(taken - truth, now);
        }
    }

    /// A task starts.
    pub(crate) fn take(&mut self, needs: &Needs, now: Timestamp) {
        for (at, &resource) in needs.claims.iter().enumerate() {
            self.starts[resource.0 as usize] += 1;
            match needs.costs.get(at) {
                Some(&cost) => self.rate(resource).bucket.take(cost, now),
                None => self.group(resource).running += 1,
            }
        }
    }

    /// A task that ran is over.
    pub(crate) fn release(&mut self, needs: &Needs) {
        for &resource in needs.groups() {
            self.group(resource).running -= 1;
        }
    }

    /// How many starts there have been of tasks that claim one of `claims`, counted once for each.
    pub(crate) fn starts(&self, claims: &[Resource]) -> u64 {
        claims.iter().map(|resource| self.starts[resource.0 as usize]).sum()
    }

    #[cfg(test)]
    pub(crate) fn are_groups_free(&self) -> bool {
        self.groups.iter().all(|group| group.running == 0)
    }
}
