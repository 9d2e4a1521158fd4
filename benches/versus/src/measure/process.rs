//! This process, as the kernel counts it.

use rustix::process::{
    Resource, Rlimit, Signal, getrlimit, set_parent_process_death_signal, setrlimit,
};
use rustix::thread::gettid;
use rustix::time::{ClockId, clock_gettime};
use std::fs;
use std::time::Duration;

/// The CPU time of all threads, in user and kernel mode.
pub fn cpu_time() -> Duration {
    clock(ClockId::ProcessCPUTime)
}

/// The CPU time of all threads but the calling one, in user and kernel mode.
pub fn cpu_time_of_other_threads() -> Duration {
    // In this order the time between both readings is never taken for that of others.
    let all = clock(ClockId::ProcessCPUTime);
    all.saturating_sub(clock(ClockId::ThreadCPUTime))
}

fn clock(clock: ClockId) -> Duration {
    Duration::try_from(clock_gettime(clock)).expect("CPU time is not negative")
}

/// How often any thread but the calling one has given up the CPU or lost it.
///
/// # Panics
///
/// Without /proc.
pub fn switches_of_other_threads() -> u64 {
    let own = gettid().as_raw_nonzero().to_string();
    let threads = fs::read_dir("/proc/self/task").expect("/proc is mounted");
    threads
        .filter_map(Result::ok)
        .filter(|thread| thread.file_name().to_str() != Some(own.as_str()))
        // A thread that has ended meanwhile has no status.
        .filter_map(|thread| fs::read_to_string(thread.path().join("status")).ok())
        .map(|status| switches(&status))
        .sum()
}

fn switches(status: &str) -> u64 {
    let counts = status.lines().filter(|line| line.contains("ctxt_switches:"));
    counts.filter_map(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok()).sum()
}

/// Allows as many open files as the system lets this process have: a thousand connections have two
/// thousand ends.
pub fn raise_descriptor_limit() {
    let limit = getrlimit(Resource::Nofile);
    // If it is refused, the workload that needs it says so.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
}

/// Ends this process when the one that has started it ends, however that happens: a sample that
/// nobody waits for would only disturb.
pub fn die_with_parent() {
    // Without it the sample is taken all the same, and then ends by itself.
    let _ = set_parent_process_death_signal(Some(Signal::KILL));
}

#[cfg(test)]
mod tests {
    use super::switches;

    #[test]
    fn both_kinds_of_switches_are_counted() {
        let status = "Name:\tx\nvoluntary_ctxt_switches:\t12\nnonvoluntary_ctxt_switches:\t3\n";
        assert_eq!(switches(status), 15);
    }
}
