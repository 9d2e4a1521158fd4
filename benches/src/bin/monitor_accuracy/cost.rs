//! What a sample costs.

use crate::files_read::FilesRead;
use benches::{Finding, Findings, Target};
use graph_runtime::runtime::{Builder, Runtime};
use graph_runtime::task;
use monitor::{ProcSampler, ResourceMonitor, ResourceMonitorConfig, Ticker};
use nix::time::{ClockId, clock_gettime};
use primitives::Timestamp;
use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

/// Samples back to back, of each kind.
const SAMPLES: u32 = 4000;
/// Samples at the monitor's usual pace, when its code and the kernel's have left the caches.
const SAMPLES_PACED: u32 = 170;
const INTERVAL: Duration = Duration::from_millis(100);
/// What each task of a busy runtime goes through, and how many there are: more than the caches
/// hold.
const TASK_BYTES: usize = 64 << 10;
const TASKS: usize = 64;
/// Workers that are watched: as many as a sample looks at.
const WORKERS: usize = 8;
/// What a sample that reads no file is to cost, and one that does.
const FAST_US: f64 = 15.0;
const SLOW_US: f64 = 50.0;

pub(crate) fn measure(findings: &mut Findings) {
    let files = FilesRead::default();
    let sampler = ProcSampler::with_source(Box::new(files.clone()));
    let builder = ResourceMonitor::builder(ResourceMonitorConfig::default());
    let (monitor, ticker) = builder.sampler(Box::new(sampler)).manual().expect("a valid one");
    for worker in 0..WORKERS {
        // All of them this thread: each has a file of its own all the same.
        assert!(monitor.register_worker(worker), "there are few");
    }
    let mut bench = Bench { ticker, files, now: Timestamp::ZERO };
    eprintln!("back to back: {SAMPLES} ticks of each kind");
    // Each kind follows from the time that a tick is told to be after the one before.
    bench.back_to_back(findings, "no file", FAST_US, Duration::from_nanos(1));
    bench.back_to_back(findings, "every file", SLOW_US, ProcSampler::SELDOM);
    eprintln!("every 100 ms: three times {SAMPLES_PACED} ticks");
    // There are no ticks while the runtime is idle, so this is what they cost.
    let runtime = busy_runtime(thread::available_parallelism().map_or(1, usize::from));
    bench.paced(findings, "beside a busy runtime", || {});
    bench.paced(findings, "beside a busy runtime, memory wanted", || monitor.want_memory());
    drop(runtime);
    bench.paced(findings, "on an idle machine", || {});
    for warning in monitor.warnings() {
        eprintln!("warning: {warning}");
    }
}

/// The ticker, what it reads, and the time that it was last told.
struct Bench {
    ticker: Ticker,
    files: FilesRead,
    now: Timestamp,
}

impl Bench {
    fn tick(&mut self, apart: Duration) {
        self.now = self.now + apart;
        self.ticker.tick(self.now);
    }

    fn back_to_back(
        &mut self,
        findings: &mut Findings,
        reads: &str,
        target_us: f64,
        apart: Duration,
    ) {
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
        let case = format!("tick that reads {reads}, back to back, wall time");
        add_times(findings, &case, times_us, Target::AtMost(target_us));
        let value = allocations.count_total as f64 / f64::from(SAMPLES);
        let (metric, unit, target) = ("allocations", "per tick", Target::AtMost(0.0));
        findings.add(Finding { case, metric, value, unit, target });
    }

    /// As the monitor's thread does it: mostly asleep.
    fn paced(&mut self, findings: &mut Findings, place: &str, before_tick: impl Fn()) {
        self.tick(ProcSampler::SELDOM);
        let mut by_kind: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        for _ in 0..SAMPLES_PACED {
            thread::sleep(INTERVAL);
            before_tick();
            self.files.forget();
            let before = thread_cpu();
            self.tick(INTERVAL);
            let us = (thread_cpu() - before).as_secs_f64() * 1e6;
            by_kind.entry(self.files.names()).or_default().push(us);
        }
        let total_us: f64 = by_kind.values().flatten().sum();
        for (names, times_us) in by_kind {
            let (names, target_us) =
                if names.is_empty() { ("no file", FAST_US) } else { (names.as_str(), SLOW_US) };
            let case = format!("tick that reads {names}, every 100 ms {place}, CPU time");
            add_times(findings, &case, times_us, Target::AtMost(target_us));
        }
        findings.add(Finding {
            case: format!("all ticks, every 100 ms {place}, CPU time"),
            metric: "total",
            value: total_us / (INTERVAL * SAMPLES_PACED).as_secs_f64(),
            unit: "us a second",
            target: Target::None,
        });
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
        ("count", times_us.len() as f64, Target::None),
    ];
    for (metric, value, target) in rows {
        let unit = if metric == "count" { "" } else { "us" };
        findings.add(Finding { case: case.to_owned(), metric, value, unit, target });
    }
}

/// CPU time of this thread so far.
pub(crate) fn thread_cpu() -> Duration {
    let time = clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).expect("every thread has one");
    time.into()
}
