//! What a task waits for.

use super::TaskId;
use crate::adaptive::LimitReason;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Why a task is not running. There may be several reasons; this is the one that has to go first.
///
/// Further ones will be added. [`label`](Self::label) is a word for each, to count by.
///
/// # Examples
///
/// ```
/// use graph_runtime_scheduler::{Reason, SchedulerConfig, TaskId, TaskScheduler, TaskSpec};
/// use primitives::Timestamp;
///
/// let mut scheduler = TaskScheduler::new(SchedulerConfig::default())?;
/// let (first, second) = (TaskId::new(1), TaskId::new(2));
/// scheduler.submit(TaskSpec::new(first, ()), Timestamp::ZERO)?;
/// scheduler.submit(TaskSpec::new(second, ()).after(first), Timestamp::ZERO)?;
///
/// let reason = scheduler.why(second, Timestamp::ZERO).expect("it waits");
/// assert_eq!(reason, Reason::Dependency { first, unmet: 1 });
/// assert_eq!(reason.to_string(), "waits for task 1");
/// assert_eq!(scheduler.why(first, Timestamp::ZERO), Some(Reason::Next));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// Dependencies have not ended.
    Dependency {
        /// One of them.
        first: TaskId,
        /// How many there are.
        unmet: usize,
    },
    /// Its dependencies have ended, and it is [held](crate::TaskScheduler::hold) until more of them
    /// have been added, or for whatever else the driver waits.
    Held {
        /// How many holds there are.
        holds: usize,
    },
    /// Nothing starts before the driver [resumes](crate::TaskScheduler::resume).
    Paused,
    /// Nothing starts any more: the scheduler [drains](crate::TaskScheduler::drain).
    Draining,
    /// Its level is not open; see [`Policy::LevelBarrier`](crate::Policy::LevelBarrier).
    Level {
        /// The level it is on.
        level: usize,
        /// The level its graph is at.
        open: usize,
        /// Tasks of that level that have not ended.
        unfinished: usize,
    },
    /// As many tasks run as may.
    Slot {
        /// Running tasks.
        running: usize,
        /// How many may run at once.
        limit: usize,
    },
    /// As many tasks run as a controller allows now.
    Limited {
        /// Running tasks.
        running: usize,
        /// How many may run at once now.
        limit: usize,
        /// How many may at most.
        most: usize,
        /// Why not more.
        because: LimitReason,
    },
    /// It is first, and too few cores are free.
    Cpu {
        /// Cores it needs.
        wanted: f64,
        /// Cores nobody uses.
        free: f64,
        /// The whole budget.
        total: f64,
    },
    /// It is first, and too little of the memory budget is free.
    Memory {
        /// Bytes it needs.
        wanted: u64,
        /// Bytes nobody uses.
        free: u64,
        /// The whole budget, in bytes.
        total: u64,
    },
    /// It is first, and too little of the I/O capacity is free.
    Io {
        /// The I/O intensity it has.
        wanted: f64,
        /// Capacity nobody uses.
        free: f64,
        /// The whole budget.
        total: f64,
    },
    /// As many tasks of a group run as may.
    Group {
        /// The group's name.
        name: Arc<str>,
        /// Tasks of the group that run.
        running: usize,
        /// How many may run at once.
        limit: usize,
    },
    /// There is not enough of a rate.
    Rate {
        /// The rate's name.
        name: Arc<str>,
        /// How long until there is, if nobody takes anything before.
        left: Duration,
    },
    /// A rate is paused.
    RatePaused {
        /// The rate's name.
        name: Arc<str>,
        /// How long until the pause ends.
        left: Duration,
    },
    /// What it needs is there, and kept for another task that has waited long enough.
    Reserved {
        /// That task.
        first: TaskId,
    },
    /// Another ready task comes before it, and has to wait itself.
    Behind {
        /// The one that comes first.
        first: TaskId,
    },
    /// An attempt went wrong, and it waits for the next one.
    Backoff {
        /// How long it will be until it is ready again.
        left: Duration,
        /// Attempts there have been.
        attempts: u32,
    },
    /// It is first, and the machine is short of memory, of which others that run take some.
    MachineMemory {
        /// Bytes it needs.
        wanted: u64,
        /// Bytes the machine had to spare when the driver last
        /// [said](crate::TaskScheduler::set_free_memory), less what has been taken since.
        free: u64,
    },
    /// It has been let through and waits for the driver to run it.
    Worker {
        /// How many others come before it.
        ahead: usize,
    },
    /// Nothing is in its way: the next [`dispatch`](crate::TaskScheduler::dispatch) starts it.
    Next,
}

impl Reason {
    /// A word for what the task waits for, to count by.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Dependency { .. } => "dependency",
            Self::Held { .. } => "held",
            Self::Paused => "paused",
            Self::Draining => "draining",
            Self::Level { .. } => "level",
            Self::Slot { .. } => "slot",
            Self::Limited { .. } => "limited",
            Self::Cpu { .. } => "cpu",
            Self::Memory { .. } => "memory",
            Self::Io { .. } => "io",
            Self::Group { .. } => "group",
            Self::Rate { .. } => "rate",
            Self::RatePaused { .. } => "rate-paused",
            Self::Reserved { .. } => "reserved",
            Self::Behind { .. } => "behind",
            Self::Backoff { .. } => "backoff",
            Self::MachineMemory { .. } => "machine-memory",
            Self::Worker { .. } => "worker",
            Self::Next => "next",
        }
    }

    /// The other task that it names.
    pub fn task(&self) -> Option<TaskId> {
        match *self {
            Self::Dependency { first, .. } | Self::Behind { first } | Self::Reserved { first } => {
                Some(first)
            }
            _ => None,
        }
    }

    /// The reason in a line, with the name of the [task](Self::task) that it names.
    ///
    /// ```
    /// # use graph_runtime_scheduler::{Reason, TaskId};
    /// let reason = Reason::Behind { first: TaskId::new(7) };
    /// assert_eq!(reason.with_name(Some("sort")).to_string(), "waits behind task 7 (sort)");
    /// ```
    pub fn with_name<'a>(&'a self, name: Option<&'a str>) -> impl fmt::Display + 'a {
        Line { reason: self, name }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with_name(None).fmt(f)
    }
}

/// A reason, and perhaps the name of the task in it.
struct Line<'a> {
    reason: &'a Reason,
    name: Option<&'a str>,
}

impl Line<'_> {
    fn write_task(&self, id: TaskId, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "task {id}")?;
        self.name.map_or(Ok(()), |name| write!(f, " ({name})"))
    }
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self.reason {
            Reason::Dependency { first, unmet } => {
                f.write_str("waits for ")?;
                self.write_task(first, f)?;
                if unmet > 1 { write!(f, " and {} more", unmet - 1) } else { Ok(()) }
            }
            Reason::Held { holds: 1 } => f.write_str("is held"),
            Reason::Held { holds } => write!(f, "is held {holds} times"),
            Reason::Paused => f.write_str("waits because nothing starts during a pause"),
            Reason::Draining => f.write_str("waits because nothing starts during a drain"),
            Reason::Level { level, open, unfinished } => {
                write!(f, "waits for level {level} to open: {unfinished} of level {open} are left")
            }
            Reason::Slot { running, limit } => {
                write!(f, "waits for a slot: {running} tasks run, {limit} may")
            }
            Reason::Limited { running, limit, most, because } => write!(
                f,
                "waits for a slot: {running} tasks run, {limit} of at most {most} may ({because})"
            ),
            Reason::Cpu { wanted, free, total } => {
                write!(f, "waits for {wanted} cores: {free} of {total} are free")
            }
            Reason::Memory { wanted, free, total } => {
                write!(f, "waits for {wanted} bytes of memory: {free} of {total} are free")
            }
            Reason::Io { wanted, free, total } => {
                write!(f, "waits for {wanted} of the I/O capacity: {free} of {total} are free")
            }
            Reason::Group { ref name, running, limit } => {
                write!(f, "waits for a place in the group {name}: {running} tasks run, {limit} may")
            }
            Reason::Rate { ref name, left } => {
                write!(f, "waits for enough of the rate {name}, {left:.1?} more")
            }
            Reason::RatePaused { ref name, left } => {
                write!(f, "waits while the rate {name} is paused, {left:.1?} more")
            }
            Reason::Reserved { first } => {
                f.write_str("waits for room that is kept for ")?;
                self.write_task(first, f)
            }
            Reason::Behind { first } => {
                f.write_str("waits behind ")?;
                self.write_task(first, f)
            }
            Reason::Backoff { left, attempts } => {
                write!(f, "waits another {left:?} to be tried again after attempt {attempts}")
            }
            Reason::MachineMemory { wanted, free } => {
                write!(f, "waits for {wanted} bytes of the machine's memory: {free} are free")
            }
            Reason::Worker { ahead: 0 } => f.write_str("waits for a worker"),
            Reason::Worker { ahead } => write!(f, "waits for a worker behind {ahead} others"),
            Reason::Next => f.write_str("starts next"),
        }
    }
}
