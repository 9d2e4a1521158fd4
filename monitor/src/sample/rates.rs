//! From running totals to rates.

use super::reading::{CpuTicks, Reading, Stalled};
use super::{Pressure, Sample};
use primitives::Timestamp;
use std::time::Duration;

/// How far a share may exceed 1 and still be believed. The clock and a counter are not read in the
/// same instant, and a sampler that loses its core between the two sees a little more stalled time
/// than time. Beyond this it is not skew, the counter is broken.
const BELIEVABLE_SHARE: f64 = 2.0;

/// Remembers the reading before, to take differences.
///
/// Pure arithmetic: totals that go backwards, stand still for lack of time, or jump further than
/// time allows give an unknown rate for this interval, and the next one starts afresh from them.
#[derive(Debug, Default)]
pub(crate) struct Rates {
    before: Option<(Timestamp, Reading)>,
}

impl Rates {
    /// The sample that `reading`, taken at `at`, makes together with the reading before.
    pub(crate) fn sample(&mut self, at: Timestamp, reading: Reading) -> Sample {
        let mut sample = Sample {
            memory_used_bytes: reading.memory.map(|memory| memory.used_bytes),
            memory_available_bytes: reading.memory.map(|memory| memory.available_bytes),
            process_rss_bytes: reading.process_rss_bytes,
            ..Sample::unknown(at)
        };
        if let Some((then, before)) = self.before.replace((at, reading)) {
            let elapsed = at - then;
            let shares = shares(before.cpu, reading.cpu);
            sample.cpu_utilization = shares.map(|(busy, _)| busy);
            sample.io_wait = shares.map(|(_, io_wait)| io_wait);
            sample.process_cpu = rate(before.process_cpu, reading.process_cpu, elapsed);
            sample.pressure = pressure(before.stalled, reading.stalled, elapsed);
        }
        sample
    }
}

/// The busy and the I/O wait share of the ticks that passed, if all counters moved forward and
/// any tick passed.
fn shares(before: Option<CpuTicks>, now: Option<CpuTicks>) -> Option<(f64, f64)> {
    let (before, now) = (before?, now?);
    let busy = now.busy.checked_sub(before.busy)?;
    let idle = now.idle.checked_sub(before.idle)?;
    // The kernel's documentation warns that this one does decrease at times.
    let io_wait = now.io_wait.checked_sub(before.io_wait)?;
    let total = busy.checked_add(idle)?.checked_add(io_wait)?;
    (total > 0).then(|| (busy as f64 / total as f64, io_wait as f64 / total as f64))
}

/// How much of `elapsed` a total of times grew by.
fn rate(before: Option<Duration>, now: Option<Duration>, elapsed: Duration) -> Option<f64> {
    let grown = now?.checked_sub(before?)?;
    (!elapsed.is_zero()).then(|| grown.as_secs_f64() / elapsed.as_secs_f64())
}

/// Like [`rate`], for a total that cannot outgrow time.
fn share(before: Duration, now: Duration, elapsed: Duration) -> Option<f64> {
    let share = rate(Some(before), Some(now), elapsed)?;
    (share <= BELIEVABLE_SHARE).then(|| share.min(1.0))
}

fn pressure(before: Option<Stalled>, now: Option<Stalled>, elapsed: Duration) -> Option<Pressure> {
    let (before, now) = (before?, now?);
    Some(Pressure {
        cpu: share(before.cpu, now.cpu, elapsed)?,
        memory: share(before.memory, now.memory, elapsed)?,
        io: share(before.io, now.io, elapsed)?,
    })
}
