//! Everything a builder has been told.

use super::thread_hooks::ThreadHooks;
use super::thread_names::ThreadNames;
use super::{BuildError, UnhandledPanic};
use crate::seam::Seams;
use crate::task::coop::DEFAULT_BUDGET;
use crate::worker::Hooks;
use monitor::{PollBuckets, ResourceMonitorConfig};
use std::time::Duration;

/// The most workers a runtime may have: the idle register counts them in 32 bits, and no machine
/// of today comes near this.
const MAX_WORKERS: usize = 4096;

/// The most bounds that a histogram may have: half a megabyte for each worker.
pub(super) const MAX_BOUNDS: usize = (1 << 16) - 1;

/// A runtime's options, with their defaults.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    pub(crate) worker_threads: usize,
    pub(crate) max_blocking_threads: usize,
    pub(crate) name: Option<String>,
    pub(crate) worker_processors: Vec<Vec<usize>>,
    pub(crate) thread_names: ThreadNames,
    pub(crate) thread_hooks: ThreadHooks,
    pub(crate) thread_stack_size: Option<usize>,
    pub(crate) thread_keep_alive: Duration,
    pub(crate) global_queue_interval: u32,
    pub(crate) event_interval: u32,
    pub(crate) coop_budget: Option<u32>,
    pub(crate) poll_sampling: Option<u32>,
    pub(crate) poll_buckets: PollBuckets,
    pub(crate) work_stealing: bool,
    pub(crate) lifo_slot: bool,
    pub(crate) max_io_events: Option<usize>,
    pub(crate) unhandled_panic: UnhandledPanic,
    pub(crate) start_paused: bool,
    /// Whether it is part of a [`LocalRuntime`](super::LocalRuntime).
    pub(crate) is_local: bool,
    pub(crate) max_spare_workers: usize,
    pub(crate) monitor: Option<ResourceMonitorConfig>,
    pub(crate) hooks: Hooks,
    pub(crate) seams: Seams,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            worker_threads: std::thread::available_parallelism().map_or(1, usize::from),
            max_blocking_threads: 512,
            name: None,
            worker_processors: Vec::new(),
            thread_names: ThreadNames::Prefix("graph-runtime".to_owned()),
            thread_hooks: ThreadHooks::default(),
            thread_stack_size: None,
            thread_keep_alive: Duration::from_secs(10),
            global_queue_interval: 31,
            event_interval: 61,
            coop_budget: Some(DEFAULT_BUDGET),
            poll_sampling: Some(1024),
            poll_buckets: PollBuckets::default(),
            work_stealing: true,
            lifo_slot: true,
            max_io_events: None,
            unhandled_panic: UnhandledPanic::Ignore,
            start_paused: false,
            is_local: false,
            max_spare_workers: 64,
            monitor: None,
            hooks: Hooks::default(),
            seams: Seams::default(),
        }
    }
}

impl Config {
    /// Of how many polls one is timed: each, where they are counted in a histogram.
    pub(super) fn poll_sampling(&self) -> Option<u32> {
        let PollBuckets { delays, lengths } = &self.poll_buckets;
        if delays.is_some() || lengths.is_some() { Some(1) } else { self.poll_sampling }
    }

    pub(crate) fn validate(&self) -> Result<(), BuildError> {
        let positive = "it must be at least 1";
        let check = |field, value: usize| {
            if value == 0 { Err(BuildError::config(field, value, positive)) } else { Ok(()) }
        };
        check("worker_threads", self.worker_threads)?;
        check("max_blocking_threads", self.max_blocking_threads)?;
        check("global_queue_interval", self.global_queue_interval as usize)?;
        check("event_interval", self.event_interval as usize)?;
        check("coop_budget", self.coop_budget.map_or(1, |budget| budget as usize))?;
        check("poll_sampling", self.poll_sampling.map_or(1, |every| every as usize))?;
        check_bounds("poll_time_histogram", self.poll_buckets.lengths.as_deref())?;
        check_bounds("poll_delay_histogram", self.poll_buckets.delays.as_deref())?;
        if self.worker_threads > MAX_WORKERS {
            let requirement = "more than 4096 workers are of no use on any machine";
            return Err(BuildError::config("worker_threads", self.worker_threads, requirement));
        }
        check("max_io_events_per_tick", self.max_io_events.unwrap_or(1))?;
        if let Some(name) = self.name.as_ref().filter(|name| name.trim().is_empty()) {
            let requirement = "a name has to say something";
            return Err(BuildError::config("name", format!("{name:?}"), requirement));
        }
        if self.worker_processors.iter().any(Vec::is_empty) {
            let requirement = "a worker needs at least one processor";
            return Err(BuildError::config("worker_processors", "an empty list", requirement));
        }
        if let ThreadNames::Prefix(prefix) = &self.thread_names
            && prefix.contains('\0')
        {
            let requirement = "a thread name cannot contain a zero byte";
            return Err(BuildError::config("thread_name", prefix, requirement));
        }
        Ok(())
    }
}

fn check_bounds(field: &'static str, bounds: Option<&[Duration]>) -> Result<(), BuildError> {
    let Some(bounds) = bounds else { return Ok(()) };
    if bounds.len() > MAX_BOUNDS {
        let requirement = "so many buckets would take more than half a megabyte for each worker";
        return Err(BuildError::config(field, "more than 65,535 bounds", requirement));
    }
    let ascend = bounds.first() != Some(&Duration::ZERO) && bounds.is_sorted_by(|a, b| a < b);
    let requirement = "bounds are more than zero and ascend, for no bucket to be empty";
    if ascend { Ok(()) } else { Err(BuildError::config(field, "out of order", requirement)) }
}
