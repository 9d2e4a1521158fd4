//! Changing groups and rates while tasks run.

use super::turnstile::Turnstile;
use crate::control::{Resource, millionths};
use crate::error::SchedulerError;
use crate::graph::{TaskScheduler, Ticket};
use primitives::Timestamp;

impl<P> TaskScheduler<P> {
    /// Changes how many tasks of a group may run at once. Running tasks are left alone: after
    /// lowering it, none of them starts until enough have ended. O(1).
    ///
    /// # Errors
    ///
    /// [`UnknownGroup`](SchedulerError::UnknownGroup), and
    /// [`InvalidConfig`](SchedulerError::InvalidConfig) for 0. Nothing has changed then.
    pub fn set_group_limit(&mut self, group: &str, limit: usize) -> Result<(), SchedulerError> {
        let resource = self.turnstile.allowances.names.group(group, None)?;
        if limit == 0 {
            let reason = format!("would have 0 as the limit of {group:?}; use 1 or more");
            return Err(SchedulerError::InvalidConfig { field: "groups", reason });
        }
        self.turnstile.allowances.set_limit(resource, limit);
        self.turnstile.unsettle(resource);
        Ok(())
    }

    /// How many tasks of a group run, and how many may. `None` if it is not declared. O(1).
    pub fn group_usage(&self, group: &str) -> Option<(usize, usize)> {
        let resource = self.turnstile.allowances.names.group(group, None).ok()?;
        Some(self.turnstile.allowances.places(resource))
    }

    /// Says what a running attempt costs in truth: `units` of a rate, instead of what the task was
    /// said to cost or an earlier correction. O(1).
    ///
    /// What it cost more is taken out of the bucket, which may be in debt afterwards; what it cost
    /// less is given back, as far as there is room for it. It may be a rate that the task was not
    /// said to cost anything of, and more than the burst.
    ///
    /// # Errors
    ///
    /// [`StaleTicket`](SchedulerError::StaleTicket) if the attempt has been finished,
    /// [`UnknownRate`](SchedulerError::UnknownRate),
    /// [`InvalidCost`](SchedulerError::InvalidCost). Nothing has changed then.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime_scheduler::{RateLimit, SchedulerConfig, TaskId, TaskScheduler, TaskSpec};
    /// use primitives::Timestamp;
    /// use std::time::Duration;
    ///
    /// let minute = Duration::from_secs(60);
    /// let rates = vec![RateLimit::new("llm-tokens", 600, minute)];
    /// let mut scheduler = TaskScheduler::new(SchedulerConfig { rates, ..Default::default() })?;
    /// let now = Timestamp::ZERO;
    /// for id in [1, 2] {
    ///     scheduler.submit(TaskSpec::new(TaskId::new(id), ()).costs("llm-tokens", 500.0), now)?;
    /// }
    /// let prompt = scheduler.dispatch(now).expect("there are 600");
    /// assert!(scheduler.dispatch(now).is_none(), "there are 100 left");
    ///
    /// // The answer was short.
    /// scheduler.correct_cost(prompt.ticket, "llm-tokens", 80.0, now)?;
    /// assert!(scheduler.dispatch(now).is_some(), "there are 520");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn correct_cost(
        &mut self,
        ticket: Ticket,
        rate: &str,
        units: f64,
        now: Timestamp,
    ) -> Result<(), SchedulerError> {
        if !self.graph.is_running(ticket) {
            return Err(SchedulerError::StaleTicket { ticket });
        }
        let task = Some(self.graph[ticket.index].id);
        let resource = self.turnstile.allowances.names.rate(rate, task)?;
        let truth = millionths(rate, units, task)?;
        self.turnstile.correct(ticket.index, resource, truth, now);
        Ok(())
    }

    /// Takes `units` out of a rate for what no task has said: what others use of it. The bucket
    /// may be in debt afterwards. O(1).
    ///
    /// # Errors
    ///
    /// [`UnknownRate`](SchedulerError::UnknownRate),
    /// [`InvalidCost`](SchedulerError::InvalidCost). Nothing has changed then.
    pub fn charge(&mut self, rate: &str, units: f64, now: Timestamp) -> Result<(), SchedulerError> {
        let resource = self.turnstile.allowances.names.rate(rate, None)?;
        let truth = millionths(rate, units, None)?;
        self.turnstile.allowances.correct(resource, 0, truth, now);
        self.turnstile.unsettle(resource);
        Ok(())
    }

    /// Starts nothing that costs anything of a rate before `until`: what to do when somebody says
    /// that it was too much, as HTTP does with a 429 and `Retry-After`. Of several pauses the
    /// latest end counts. Tokens flow in meanwhile. Running tasks are left alone. O(1).
    ///
    /// # Errors
    ///
    /// [`UnknownRate`](SchedulerError::UnknownRate).
    pub fn pause_rate(&mut self, rate: &str, until: Timestamp) -> Result<(), SchedulerError> {
        self.change_rate(rate, |turnstile, rate| turnstile.allowances.pause(rate, until))
    }

    /// Ends all pauses of a rate. O(1).
    ///
    /// # Errors
    ///
    /// [`UnknownRate`](SchedulerError::UnknownRate).
    pub fn resume_rate(&mut self, rate: &str) -> Result<(), SchedulerError> {
        self.change_rate(rate, |turnstile, rate| turnstile.allowances.resume(rate))
    }

    fn change_rate(
        &mut self,
        rate: &str,
        change: impl FnOnce(&mut Turnstile, Resource),
    ) -> Result<(), SchedulerError> {
        let resource = self.turnstile.allowances.names.rate(rate, None)?;
        change(&mut self.turnstile, resource);
        self.turnstile.unsettle(resource);
        Ok(())
    }
}

impl Turnstile {
    /// The attempt in `slot` has not begun and will not: it has cost nothing.
    pub(crate) fn refund(&mut self, slot: u32, now: Timestamp) {
        if let Some(needs) = self.needs(slot).cloned() {
            let rates = needs.claims.iter().take(needs.costs.len());
            rates.for_each(|&rate| self.correct(slot, rate, 0, now));
        }
    }

    /// The attempt in `slot` costs `truth` in millionths, whatever it was thought to cost before.
    pub(crate) fn correct(&mut self, slot: u32, rate: Resource, truth: u64, now: Timestamp) {
        let said = self.needs(slot).map_or(0, |needs| needs.amount(rate));
        let corrected = self.corrected.entry(slot).or_default();
        let taken = match corrected.iter_mut().find(|(it, _)| *it == rate) {
            Some((_, taken)) => std::mem::replace(taken, truth),
            None => {
                corrected.push((rate, truth));
                said
            }
        };
        self.allowances.correct(rate, taken, truth, now);
        self.unsettle(rate);
    }
}
