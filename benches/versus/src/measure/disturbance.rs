//! How much of the machine other processes took.
//!
//! /proc/stat counts the busy time of all processors in ticks; this process's CPU clock is exact.
//! Their difference is what others took, with an error of a tick or two: about 2 % of two
//! processors in half a second. Time stolen by a hypervisor and interrupts count as others'.

use super::process;
use rustix::param::clock_ticks_per_second;
use std::fs;
use std::thread;
use std::time::{Duration, Instant};

/// Watches from its making on.
pub struct Watch {
    start: Instant,
    machine: Duration,
    own: Duration,
}

impl Watch {
    /// Starts to watch.
    ///
    /// # Panics
    ///
    /// Without /proc.
    pub fn start() -> Self {
        Self { machine: machine_busy(), own: process::cpu_time(), start: Instant::now() }
    }

    /// The share of all processors' time that others took, from 0 to 1. `also_own` is CPU time of
    /// other processes that belong to the sample.
    ///
    /// # Panics
    ///
    /// Without /proc.
    pub fn external_share(&self, also_own: Duration) -> f64 {
        let elapsed = self.start.elapsed();
        let own = process::cpu_time() - self.own + also_own;
        let busy = machine_busy().saturating_sub(self.machine);
        let processors = thread::available_parallelism().map_or(1, usize::from) as f64;
        let external = busy.saturating_sub(own).as_secs_f64();
        (external / (elapsed.as_secs_f64() * processors)).min(1.0)
    }
}

fn machine_busy() -> Duration {
    let stat = fs::read_to_string("/proc/stat").expect("/proc is mounted");
    let ticks = busy_ticks(&stat).expect("the kernel counts its processors' time");
    Duration::from_secs_f64(ticks as f64 / clock_ticks_per_second() as f64)
}

/// Everything in the line of all processors but idle (4th) and waiting for disks (5th); the time
/// of guests (9th, 10th) is in the first two already.
fn busy_ticks(stat: &str) -> Option<u64> {
    let line = stat.lines().next()?.strip_prefix("cpu ")?;
    let columns: Vec<u64> = line.split_whitespace().map_while(|it| it.parse().ok()).collect();
    (columns.len() >= 8).then(|| columns[..3].iter().chain(&columns[5..8]).sum())
}

#[cfg(test)]
mod tests {
    use super::busy_ticks;

    #[test]
    fn idle_time_and_guests_are_left_out() {
        assert_eq!(busy_ticks("cpu  1 2 4 800 900 8 16 32 1000 2000\ncpu0 9"), Some(63));
        assert_eq!(busy_ticks("cpu0 1 2 3 4 5 6 7 8"), None);
        assert_eq!(busy_ticks(""), None);
    }
}
