//! Tasks made up by chance.

use crate::promise::{KINDS, Payload};
use graph_runtime_scheduler::{
    Jitter, ResourceRequirements, RetryPolicy, TaskId, TaskSpec, TriggerRule,
};
use primitives::Timestamp;
use primitives::rng::Rng;
use std::time::Duration;

pub(crate) const GROUPS: [(&str, usize); KINDS] = [("database", 2), ("browser", 3)];
/// Units and burst; the period is a second.
pub(crate) const RATES: [(&str, u64, u64); KINDS] = [("requests", 3, 4), ("tokens", 40, 60)];
/// Thousandths of a core, bytes, thousandths of an I/O channel.
pub(crate) const TOTALS: [u64; 3] = [3_000, 1_000, 1_000];
/// Which of them is the memory.
pub(crate) const MEMORY: usize = 1;

pub(crate) const BACKOFF_MAX: Duration = Duration::from_secs(4);

/// What [`spec`] has asked for, in whole numbers.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Draft {
    pub(crate) needs: [u64; 3],
    pub(crate) groups: [bool; KINDS],
    pub(crate) costs: [f64; KINDS],
    pub(crate) max_attempts: u32,
    pub(crate) trigger: TriggerRule,
}

pub(crate) fn one_in(rng: &mut Rng, n: u32) -> bool {
    rng.below(n) == 0
}

/// A task of which most have nothing special.
pub(crate) fn spec(
    id: TaskId,
    after: &[TaskId],
    payload: Payload,
    now: Timestamp,
    rng: &mut Rng,
) -> (TaskSpec<Payload>, Draft) {
    let mut draft = Draft { max_attempts: 1, ..Draft::default() };
    let millis = |n: u32| Duration::from_millis(n.into());
    let mut spec = TaskSpec::new(id, payload)
        .after_all(after.iter().copied())
        .priority(if one_in(rng, 4) { rng.below(3) } else { 0 })
        .estimate(millis(rng.below(3_000)));
    if one_in(rng, 4) {
        spec = spec.deadline(now + millis(rng.below(20_000)));
    }
    if one_in(rng, 3) {
        draft.needs = TOTALS.map(|total| if one_in(rng, 2) { amount(total, rng) } else { 0 });
        let [cpu, memory, io] = draft.needs;
        spec = spec.requirements(ResourceRequirements {
            cpu_cores: cpu as f64 / 1_000.0,
            memory_bytes: memory as usize,
            io_intensity: io as f64 / 1_000.0,
        });
    }
    for kind in 0..KINDS {
        if one_in(rng, 6) {
            draft.groups[kind] = true;
            spec = spec.group(GROUPS[kind].0);
        }
        if one_in(rng, 6) {
            // Eighths are exact in both arithmetics.
            draft.costs[kind] = f64::from(rng.below(RATES[kind].2 as u32 * 8) + 1) / 8.0;
            spec = spec.costs(RATES[kind].0, draft.costs[kind]);
        }
    }
    if one_in(rng, 3) {
        draft.trigger = [
            TriggerRule::AllDone,
            TriggerRule::AnySucceeded,
            TriggerRule::AllFailed,
            TriggerRule::AnyFailed,
        ][rng.below(4) as usize];
        spec = spec.trigger(draft.trigger);
    }
    if one_in(rng, 3) {
        draft.max_attempts = 1 + rng.below(4);
        let jitter = [Jitter::None, Jitter::Equal, Jitter::Full][rng.below(3) as usize];
        let policy = RetryPolicy::attempts(draft.max_attempts);
        spec = spec.retry(RetryPolicy { base: millis(500), cap: BACKOFF_MAX, jitter, ..policy });
    }
    if one_in(rng, 8) {
        spec = spec.total_timeout(millis(1 + rng.below(6_000)));
    }
    if one_in(rng, 8) {
        spec = spec.idle_timeout(millis(1 + rng.below(3_000)));
    }
    (spec, draft)
}

/// Mostly little, now and then all there is.
fn amount(total: u64, rng: &mut Rng) -> u64 {
    let most = if one_in(rng, 8) { total } else { total / 4 };
    u64::from(rng.below(most as u32 + 1))
}
