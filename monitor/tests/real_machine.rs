//! On the machine the test runs on: the sampler against what other files of the kernel say.

use graph_runtime_monitor::{ProcSampler, Sampler};
use primitives::Timestamp;
use procfs::process::Process;
use procfs::{CurrentSI, KernelStats};
use std::time::{Duration, Instant};

/// Keeps one core busy.
fn burn(time: Duration) {
    let start = Instant::now();
    let mut x = 1_u64;
    while start.elapsed() < time {
        x = std::hint::black_box(x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
    }
}

/// Busy and all ticks of the machine.
fn machine_ticks() -> (f64, f64) {
    let cpu = KernelStats::current().expect("/proc/stat").total;
    let idle = cpu.idle + cpu.iowait.unwrap_or(0);
    let interrupts = cpu.irq.unwrap_or(0) + cpu.softirq.unwrap_or(0);
    let busy = cpu.user + cpu.nice + cpu.system + interrupts + cpu.steal.unwrap_or(0);
    (busy as f64, (busy + idle) as f64)
}

/// The measured utilisation over a while of burning, and the least and the most that readings
/// taken around the samples allow. `None` if the kernel took back I/O wait that it had counted.
fn bracketed_utilization() -> Option<(f64, f64, f64)> {
    let mut sampler = ProcSampler::new();
    let (origin, start_early) = (Instant::now(), machine_ticks());
    sampler.sample(Timestamp::ZERO);
    let start_late = machine_ticks();
    burn(Duration::from_millis(300));
    let end_early = machine_ticks();
    let sample = sampler.sample(Timestamp::ZERO + origin.elapsed());
    let end_late = machine_ticks();
    // Fewest busy ticks of the most ticks, and the reverse.
    let least = (end_early.0 - start_late.0) / (end_late.1 - start_early.1);
    let most = (end_late.0 - start_early.0) / (end_early.1 - start_late.1);
    Some((least, sample.cpu_utilization?, most))
}

#[test]
fn cpu_utilization_lies_between_readings_taken_around_it() {
    let measured = (0..10).find_map(|_| bracketed_utilization());
    let (least, busy, most) = measured.expect("/proc/stat moves forward one time in ten");
    assert!((least..=most).contains(&busy), "{busy} is not within {least}..={most}");
    assert!(busy > 0.0, "one core was busy all the time");
}

#[test]
fn resident_memory_agrees_with_vm_rss() {
    const GROWTH: usize = 64 << 20;
    let vm_rss = || {
        let status = Process::myself().and_then(|me| me.status()).expect("/proc/self/status");
        status.vmrss.expect("VmRSS") * 1024
    };
    let mut sampler = ProcSampler::new();
    let small = sampler.sample(Timestamp::ZERO).process_rss_bytes.expect("statm");
    let block = vec![1_u8; GROWTH];
    let before = vm_rss();
    let later = Timestamp::ZERO + ProcSampler::SELDOM;
    let large = sampler.sample(later).process_rss_bytes.expect("statm");
    let after = vm_rss();
    assert_eq!(block.iter().map(|&byte| usize::from(byte)).sum::<usize>(), GROWTH);

    // The kernel counts resident pages per core and adds them up in batches, so that either
    // figure may be off by a batch per core.
    let cores = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    let slack = 2 * cores * (2 * cores).max(64) * procfs::page_size();
    let (low, high) = (before.min(after) - slack, before.max(after) + slack);
    assert!((low..=high).contains(&large), "{large} is not within {low}..={high}");
    assert!(large - small > GROWTH as u64 * 9 / 10, "{small} grew to {large} only");
}

#[test]
fn memory_agrees_with_itself_and_with_the_machine() {
    let sample = ProcSampler::new().sample(Timestamp::ZERO);
    let total =
        sample.memory_used_bytes.expect("used") + sample.memory_available_bytes.expect("av");
    let meminfo = std::fs::read_to_string("/proc/meminfo").expect("meminfo");
    let line = meminfo.lines().next().expect("MemTotal");
    assert_eq!(line.split_whitespace().nth(1), Some((total >> 10).to_string().as_str()));
}
