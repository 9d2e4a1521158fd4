//! The threads that stand in for workers that are stuck: how many, and where they are.

use super::Pulse;
use crate::runtime::{StallCause, StallMetrics};
use monitor::PollTimes;
use primitives::shim::atomic::{AtomicU64, AtomicUsize, Ordering};
use primitives::shim::{CachePadded, Mutex, MutexGuard};
use scheduler::steal::Tenure;
use std::sync::Arc;
use std::time::Duration;

/// One stand-in, as the watch sees it.
#[derive(Debug)]
pub(super) struct Spare {
    pub(super) pulse: CachePadded<Pulse>,
    /// The number of the worker whose seat it has been given.
    pub(super) worker: usize,
    pub(super) tenure: Tenure,
}

/// All stand-ins of a runtime, and what there is to count about stalls.
#[derive(Debug)]
pub(crate) struct Spares {
    limit: usize,
    /// Stand-ins that were called for and have not left, also those that are stuck themselves.
    out: AtomicUsize,
    /// Those of them that were called because somebody computed.
    out_for_cpu: AtomicUsize,
    at_work: Mutex<Vec<Arc<Spare>>>,
    counters: Counters,
    times: Mutex<PollTimes>,
}

#[derive(Debug, Default)]
struct Counters {
    blocked: AtomicU64,
    cpu_bound: AtomicU64,
    preempted: AtomicU64,
    longest_ns: AtomicU64,
    called: AtomicU64,
    refused: AtomicU64,
    polls: AtomicU64,
    io_events: AtomicU64,
}

/// The right to one more stand-in. Dropping it gives it back.
#[derive(Debug)]
pub(super) struct Permission {
    spares: Arc<Spares>,
    is_for_cpu: bool,
}

// ORDERING (this whole file): numbers that order nothing; every access is Relaxed. The limit holds
// because the addition itself cannot be missed.
impl Spares {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            out: AtomicUsize::new(0),
            out_for_cpu: AtomicUsize::new(0),
            at_work: Mutex::default(),
            counters: Counters::default(),
            times: Mutex::default(),
        }
    }

    /// One more, unless there are as many as there may be: in all, or if it is called because
    /// somebody computes, `limit_for_cpu` of that kind.
    pub(super) fn permit(
        self: &Arc<Self>,
        cause: StallCause,
        limit_for_cpu: usize,
    ) -> Option<Permission> {
        let is_for_cpu = cause == StallCause::CpuBound;
        if !enter(&self.out, self.limit) {
            return None;
        }
        if is_for_cpu && !enter(&self.out_for_cpu, limit_for_cpu) {
            leave(&self.out);
            return None;
        }
        count(&self.counters.called, 1);
        Some(Permission { spares: Arc::clone(self), is_for_cpu })
    }

    /// How many there are.
    pub(crate) fn out(&self) -> usize {
        self.out.load(Ordering::Relaxed)
    }

    /// How many of them there are because somebody does not compute, and keeps a worker all the
    /// same.
    pub(crate) fn out_for_blocked(&self) -> usize {
        self.out().saturating_sub(self.out_for_cpu.load(Ordering::Relaxed))
    }

    pub(super) fn enter(&self, spare: &Arc<Spare>) {
        self.at_work.lock().push(Arc::clone(spare));
    }

    pub(super) fn leave(&self, spare: &Arc<Spare>) {
        self.at_work.lock().retain(|it| !Arc::ptr_eq(it, spare));
    }

    /// Those that have a thread. Costs nothing while nobody is stuck.
    pub(super) fn at_work(&self) -> Vec<Arc<Spare>> {
        if self.out() == 0 { Vec::new() } else { self.at_work.lock().clone() }
    }

    pub(super) fn count_stall(&self, cause: StallCause) {
        let counters = &self.counters;
        let column = match cause {
            StallCause::Blocked => &counters.blocked,
            StallCause::CpuBound => &counters.cpu_bound,
            StallCause::Preempted => &counters.preempted,
        };
        count(column, 1);
    }

    pub(super) fn note_length(&self, length: Duration) {
        // A u64 of nanoseconds is centuries long.
        self.counters.longest_ns.fetch_max(length.as_nanos() as u64, Ordering::Relaxed);
    }

    pub(super) fn count_refusal(&self) {
        count(&self.counters.refused, 1);
    }

    /// What stand-ins have timed, or are about to, one at a time.
    pub(crate) fn times(&self) -> MutexGuard<'_, PollTimes> {
        self.times.lock()
    }

    pub(super) fn count_poll(&self) {
        count(&self.counters.polls, 1);
    }

    /// A reactor was served by a thread that is not its worker.
    pub(super) fn count_io_events(&self, events: usize) {
        count(&self.counters.io_events, events as u64);
    }

    pub(crate) fn io_events(&self) -> u64 {
        self.counters.io_events.load(Ordering::Relaxed)
    }

    /// The counters at this moment.
    pub(crate) fn metrics(&self) -> StallMetrics {
        let get = |number: &AtomicU64| number.load(Ordering::Relaxed);
        let counters = &self.counters;
        StallMetrics {
            blocked: get(&counters.blocked),
            cpu_bound: get(&counters.cpu_bound),
            preempted: get(&counters.preempted),
            longest: Duration::from_nanos(get(&counters.longest_ns)),
            spares: self.out(),
            spares_called: get(&counters.called),
            spares_refused: get(&counters.refused),
            spare_polls: get(&counters.polls),
        }
    }
}

/// One more, if there are fewer than `limit`.
fn enter(number: &AtomicUsize, limit: usize) -> bool {
    let has_room = number.fetch_add(1, Ordering::Relaxed) < limit;
    if !has_room {
        leave(number);
    }
    has_room
}

fn leave(number: &AtomicUsize) {
    number.fetch_sub(1, Ordering::Relaxed);
}

fn count(number: &AtomicU64, more: u64) {
    if more > 0 {
        number.fetch_add(more, Ordering::Relaxed);
    }
}

impl Drop for Permission {
    fn drop(&mut self) {
        leave(&self.spares.out);
        if self.is_for_cpu {
            leave(&self.spares.out_for_cpu);
        }
    }
}
