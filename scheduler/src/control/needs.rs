//! What a task says it needs by name, looked up.

use super::limits::MILLIONTHS;
use crate::error::SchedulerError;
use crate::graph::{SchedulerConfig, TaskId, TaskTerms};
use std::collections::HashMap;
use std::sync::Arc;

/// A declared rate or group, by its number: first the rates, in the order of the configuration,
/// then the groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Resource(pub(crate) u32);

/// Rates and groups of a task.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Needs {
    /// Each once, in order.
    pub(crate) claims: Arc<[Resource]>,
    /// What it takes of each rate among them, in millionths of a unit.
    pub(crate) costs: Box<[u64]>,
}

impl Needs {
    /// What it takes of a resource: of a rate in millionths, of a group one place.
    pub(crate) fn amount(&self, resource: Resource) -> u64 {
        let place = self.claims.binary_search(&resource).ok();
        place.map_or(0, |place| self.costs.get(place).copied().unwrap_or(1))
    }

    pub(crate) fn groups(&self) -> &[Resource] {
        &self.claims[self.costs.len()..]
    }
}

/// The names that a configuration declares. Looking one up is O(1).
#[derive(Debug)]
pub(crate) struct Names {
    rates: HashMap<Arc<str>, Resource>,
    groups: HashMap<Arc<str>, Resource>,
}

impl Names {
    pub(crate) fn new(config: &SchedulerConfig) -> Self {
        let rates = config.rates.iter().map(|rate| Arc::clone(&rate.name));
        let groups = config.groups.iter().map(|group| Arc::clone(&group.name));
        let first_group = config.rates.len() as u32;
        Self {
            rates: rates.zip((0..).map(Resource)).collect(),
            groups: groups.zip((first_group..).map(Resource)).collect(),
        }
    }

    pub(crate) fn group(
        &self,
        name: &str,
        task: Option<TaskId>,
    ) -> Result<Resource, SchedulerError> {
        let unknown =
            || SchedulerError::UnknownGroup { task, name: name.into(), known: known(&self.groups) };
        self.groups.get(name).copied().ok_or_else(unknown)
    }

    pub(crate) fn rate(
        &self,
        name: &str,
        task: Option<TaskId>,
    ) -> Result<Resource, SchedulerError> {
        let unknown =
            || SchedulerError::UnknownRate { task, name: name.into(), known: known(&self.rates) };
        self.rates.get(name).copied().ok_or_else(unknown)
    }

    /// What a task needs by name; `None` if nothing. `config` is what the names come from.
    pub(crate) fn needs(
        &self,
        task: &TaskTerms<'_>,
        config: &SchedulerConfig,
    ) -> Result<Option<Needs>, SchedulerError> {
        if task.groups.is_empty() && task.costs.is_empty() {
            return Ok(None);
        }
        let mut costs: Vec<(Resource, u64)> = Vec::new();
        for cost in task.costs {
            let rate = self.rate(&cost.rate, Some(task.id))?;
            let millionths = millionths(&cost.rate, cost.units, Some(task.id))?;
            match costs.iter_mut().find(|(it, _)| *it == rate) {
                Some((_, sum)) => *sum = sum.saturating_add(millionths),
                None => costs.push((rate, millionths)),
            }
        }
        for &(Resource(rate), cost) in &costs {
            let limit = &config.rates[rate as usize];
            if cost > limit.burst * MILLIONTHS {
                let (name, burst) = (Arc::clone(&limit.name), limit.burst);
                let wanted = cost as f64 / MILLIONTHS as f64;
                return Err(SchedulerError::CostAboveBurst {
                    task: task.id,
                    rate: name,
                    wanted,
                    burst,
                });
            }
        }
        costs.sort_unstable();
        let mut claims: Vec<Resource> = costs.iter().map(|&(rate, _)| rate).collect();
        for name in task.groups {
            claims.push(self.group(name, Some(task.id))?);
        }
        claims.sort_unstable();
        claims.dedup();
        let costs = costs.into_iter().map(|(_, cost)| cost).collect();
        Ok(Some(Needs { claims: claims.into(), costs }))
    }
}

/// A cost in millionths of a unit, rounded to the nearest.
pub(crate) fn millionths(
    rate: &str,
    units: f64,
    task: Option<TaskId>,
) -> Result<u64, SchedulerError> {
    if units.is_finite() && units >= 0.0 {
        // The cast stops at the end of the range.
        return Ok((units * MILLIONTHS as f64).round() as u64);
    }
    Err(SchedulerError::InvalidCost { task, rate: rate.into(), units })
}

fn known(names: &HashMap<Arc<str>, Resource>) -> Vec<Arc<str>> {
    let mut known: Vec<_> = names.keys().cloned().collect();
    known.sort_unstable();
    known
}
