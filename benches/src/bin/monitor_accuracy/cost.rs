//! What a sample costs.

use benches::{Finding, Findings, Target};
use graph_runtime::runtime::{Builder, Runtime};
use graph_runtime::task;
use monitor::{ProcSampler, ResourceMonitor, ResourceMonitorConfig, Ticker};
use nix::time::{ClockId, clock_gettime};
use primitives::Timestamp;
use std::thread;
use std::time::{Duration, Instant};

/// Samples back to back, of each kind.
const SAMPLES: u32 = 4000;
/// Samples at the monitor's usual pace, when its code and the kernel's have left the caches.
const SAMPLES_PACED: u32 = 80;
const INTERVAL: Duration = Duration::from_millis(100);
/// What each task of a busy runtime goes through, and how many there are: more than the caches
/// hold.
const TASK_BYTES: usize = 64 << 10;
const TASKS: usize = 64;
/// Workers that are watched: as many as a sample looks at.
const WORKERS: usize = 8;

/// A kind of sample.
#[derive(Debug, Clone, Copy)]
struct Kind {
    name: &'static str,
    target_us: f64,
}

/// Reads what is read for each sample.
const FAST: Kind = Kind { name: "fast tick", target_us: 15.0 };
/// Reads everything.
const SLOW: Kind = Kind { name: "slow tick", target_us: 50.0 };

pub(crate) fn measure(findings: &mut Findings) {
    let builder = ResourceMonitor::builder(ResourceMonitorConfig::default());
    let (monitor, ticker) = builder.manual().expect("a valid configuration");
    for worker in 0..WORKERS {
        // All of them this thread: each has a file of its own all the same.
        assert!(monitor.register_worker(worker), "there are few");
    }
    let mut bench = Bench { ticker, now: Timestamp::ZERO };
    eprintln!("back to back: {SAMPLES} ticks of each kind");
    // Each kind follows from the time that a tick is told to be after the one before.
    bench.back_to_back(findings, FAST, Duration::from_nanos(1));
    bench.back_to_back(findings, SLOW, ProcSampler::SELDOM);
    eprintln!("every 100 ms: {SAMPLES_PACED} ticks on a busy machine, and as many on an idle one");
    // There are no ticks while the runtime is idle, so this is what they cost.
    let runtime = busy_runtime(thread::available_parallelism().map_or(1, usize::from));
    bench.paced(findings, "beside a busy runtime");
    drop(runtime);
    bench.paced(findings, "on an idle machine");
    for warning in monitor.warnings() {
        eprintln!("warning: {warning}");
    }
}

/// The ticker, and the time that it was last told.
struct Bench {
    ticker: Ticker,
    now: Timestamp,
}

impl Bench {
    fn tick(&mut self, apart: Duration) {
        self.now = self.now + apart;
        self.ticker.tick(self.now);
    }

    fn back_to_back(&mut self, findings: &mut Findings, kind: Kind, apart: Duration) {
        // The first opens files, and reads everything.
        self.tick(ProcSampler::SELDOM);
        let mut times_us = Vec::with_capacity(SAMPLES as usize);
        let allocations = allocation_counter::measure(|| {
            for _ in 0..SAMPLES {
                let start = Instant::now();
                self.tick(apart);
                times_us.push(start.elapsed().as_secs_f64() * 1e6);
            }
        });
        let case = format!("{}, back to back, wall time", kind.name);
        add_times(findings, &case, times_us, Target::AtMost(kind.target_us));
        let value = allocations.count_total as f64 / f64::from(SAMPLES);
        let (metric, unit, target) = ("allocations", "per tick", Target::AtMost(0.0));
        findings.add(Finding { case, metric, value, unit, target });
    }

    /// As the monitor's thread does it: mostly asleep.
    fn paced(&mut self, findings: &mut Findings, place: &str) {
        self.tick(ProcSampler::SELDOM);
        let mut complete = self.now;
        let (mut fast_us, mut slow_us) = (Vec::new(), Vec::new());
        for _ in 0..SAMPLES_PACED {
            thread::sleep(INTERVAL);
            let before = thread_cpu();
            self.tick(INTERVAL);
            let us = (thread_cpu() - before).as_secs_f64() * 1e6;
            if self.now - complete >= ProcSampler::SELDOM {
                complete = self.now;
                slow_us.push(us);
            } else {
                fast_us.push(us);
            }
        }
        for (kind, times_us) in [(FAST, fast_us), (SLOW, slow_us)] {
            let case = format!("{}, every 100 ms {place}, CPU time", kind.name);
            add_times(findings, &case, times_us, Target::AtMost(kind.target_us));
        }
    }
}

/// Workers that always have something to do, until it is dropped.
pub(crate) fn busy_runtime(workers: usize) -> Runtime {
    let mut builder = Builder::new_multi_thread();
    let runtime = builder.worker_threads(workers).build().expect("the machine has threads left");
    for _ in 0..TASKS {
        drop(runtime.spawn(async {
            let mut bytes = vec![0_u8; TASK_BYTES];
            loop {
                bytes.iter_mut().for_each(|byte| *byte = byte.wrapping_add(1));
                std::hint::black_box(&mut bytes);
                task::yield_now().await;
            }
        }));
    }
    runtime
}

/// Median, which is to be as `target` says, 99th percentile, smallest and largest.
pub(crate) fn add_times(
    findings: &mut Findings,
    case: &str,
    mut times_us: Vec<f64>,
    target: Target,
) {
    times_us.sort_by(f64::total_cmp);
    let at = |share: f64| times_us[((times_us.len() - 1) as f64 * share) as usize];
    let rows = [
        ("median", at(0.5), target),
        ("p99", at(0.99), Target::None),
        ("min", at(0.0), Target::None),
        ("max", at(1.0), Target::None),
    ];
    for (metric, value, target) in rows {
        findings.add(Finding { case: case.to_owned(), metric, value, unit: "us", target });
    }
}

/// CPU time of this thread so far.
pub(crate) fn thread_cpu() -> Duration {
    let time = clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).expect("every thread has one");
    time.into()
}
