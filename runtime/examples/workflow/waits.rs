//! What tasks waited for, and for how long, added up from looks at all of them.

use std::collections::BTreeMap;
use std::time::Duration;

/// Time spent waiting, by reason and task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Waits {
    tasks: usize,
    by_reason: BTreeMap<&'static str, Vec<Duration>>,
}

/// What waiting for one thing came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wait {
    pub(crate) reason: &'static str,
    /// How many tasks were seen waiting for it.
    pub(crate) tasks: usize,
    /// The sum over all tasks.
    pub(crate) total: Duration,
    pub(crate) longest: Duration,
    /// The task that waited longest, the first of several.
    pub(crate) longest_task: usize,
}

impl Waits {
    /// Of a workflow with so many tasks.
    pub(crate) fn new(tasks: usize) -> Self {
        Self { tasks, by_reason: BTreeMap::new() }
    }

    /// A task has been waiting for `reason` for so long since the last look.
    pub(crate) fn add(&mut self, task: usize, reason: &'static str, time: Duration) {
        let times =
            self.by_reason.entry(reason).or_insert_with(|| vec![Duration::ZERO; self.tasks]);
        times[task] += time;
    }

    /// One line for each reason, the one that cost the most time first.
    pub(crate) fn summary(&self) -> Vec<Wait> {
        let mut waits: Vec<Wait> = self.by_reason.iter().filter_map(summarise).collect();
        waits.sort_by_key(|wait| std::cmp::Reverse(wait.total));
        waits
    }
}

/// `None` if nobody was seen waiting for it for any time.
fn summarise((&reason, times): (&&'static str, &Vec<Duration>)) -> Option<Wait> {
    let seen = || times.iter().enumerate().filter(|(_, time)| !time.is_zero());
    let (longest_task, &longest) = seen().max_by_key(|&(task, time)| (time, usize::MAX - task))?;
    let total = times.iter().sum();
    Some(Wait { reason, tasks: seen().count(), total, longest, longest_task })
}
