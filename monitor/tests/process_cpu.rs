//! The CPU time of this process, against what the kernel says in another place.

use graph_runtime_monitor::{ProcSampler, Sampler};
use primitives::Timestamp;
use procfs::process::Process;
use std::time::{Duration, Instant};

/// CPU time of this process in seconds, from whole ticks.
fn kernel_says() -> f64 {
    let stat = Process::myself().and_then(|me| me.stat()).expect("/proc/self/stat");
    (stat.utime + stat.stime) as f64 / procfs::ticks_per_second() as f64
}

// One test only: tests of the same file share a process, and so its CPU time.
#[test]
fn process_cpu_lies_between_readings_taken_around_it() {
    let mut sampler = ProcSampler::new();
    let (origin, start_early) = (Instant::now(), kernel_says());
    sampler.sample(Timestamp::ZERO);
    let start_late = kernel_says();
    while kernel_says() < start_late + 0.5 {
        std::hint::spin_loop();
    }
    let elapsed = origin.elapsed();
    let end_early = kernel_says();
    let sample = sampler.sample(Timestamp::ZERO + elapsed);
    let end_late = kernel_says();

    // User and system time are each cut down to a tick, and lag a tick behind while running.
    let tolerance = 3.0 / procfs::ticks_per_second() as f64;
    let measured = sample.process_cpu.expect("a CPU clock") * elapsed.as_secs_f64();
    let (least, most) = (end_early - start_late - tolerance, end_late - start_early + tolerance);
    assert!((least..=most).contains(&measured), "{measured} s is not within {least}..={most}");
    assert!(elapsed >= Duration::from_millis(300), "a thread uses no more CPU time than passes");
}
