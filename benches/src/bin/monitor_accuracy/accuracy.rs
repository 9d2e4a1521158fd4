//! The monitor beside other sources, under a load.

use crate::duty::Duty;
use crate::oracle::{Oracle, Totals};
use crate::vmstat::Vmstat;
use benches::{Finding, Findings, Target, resident_bytes};
use monitor::{ProcSampler, Sample, Sampler};
use primitives::Timestamp;
use std::thread;
use std::time::{Duration, Instant};

const INTERVAL: Duration = Duration::from_millis(100);
/// Samples that are so many intervals apart read every file; others estimate, from the readings of
/// as many intervals.
const READS_ALL: u32 = 10;
/// What the load holds in memory, so that there is something to be resident.
const MEMORY_BYTES: usize = 64 << 20;
/// The least that a deviation is set against: cores, and share of the machine.
const CORES_MIN: f64 = 0.01;
const MACHINE_MIN: f64 = 0.05;

/// Rates summed up to totals again.
#[derive(Default)]
struct Sum {
    process_seconds: f64,
    cgroup_seconds: f64,
    busy_seconds: f64,
    /// The time for which the machine's utilisation is known.
    machine_seconds: f64,
    unknown: u32,
}

/// A sampler, and what its samples come to.
struct Series {
    sampler: ProcSampler,
    last: Sample,
    sum: Sum,
}

impl Series {
    fn new(now: Timestamp) -> Self {
        let mut sampler = ProcSampler::new();
        let last = sampler.sample(now);
        Self { sampler, last, sum: Sum::default() }
    }

    /// The sum is one from this sample on.
    fn begin(&mut self, now: Timestamp) {
        self.last = self.sampler.sample(now);
        self.sum = Sum::default();
    }

    fn add(&mut self, now: Timestamp) {
        let sample = self.sampler.sample(now);
        self.sum.add(&sample, now - self.last.at);
        self.last = sample;
    }
}

impl Sum {
    fn add(&mut self, sample: &Sample, elapsed: Duration) {
        let seconds = elapsed.as_secs_f64();
        self.process_seconds += sample.process_cpu.unwrap_or(f64::NAN) * seconds;
        self.cgroup_seconds += sample.cgroup_cpu.unwrap_or(f64::NAN) * seconds;
        match sample.cpu_utilization {
            Some(busy) => {
                self.busy_seconds += busy * seconds;
                self.machine_seconds += seconds;
            }
            None => self.unknown += 1,
        }
    }
}

/// Readings of the other sources just before and just after one of the monitor's.
type Around = (Totals, Totals);

/// How far a total of the other sources grew between the middles of two such pairs.
fn growth(start: &Around, end: &Around, of: impl Fn(&Totals) -> f64) -> f64 {
    let middle = |around: &Around| (of(&around.0) + of(&around.1)) / 2.0;
    middle(end) - middle(start)
}

/// Measures for `seconds` with each core busy for `percent` of the time.
pub(crate) fn measure(findings: &mut Findings, percent: u32, seconds: u16) {
    let memory = vec![1_u8; MEMORY_BYTES];
    let duty = Duty::start(percent);
    let oracle = Oracle::new();
    let origin = Instant::now();
    let now = || Timestamp::ZERO + origin.elapsed();
    // Opens files, so that nothing is when it counts.
    let (mut often, mut seldom) = (Series::new(now()), Series::new(now()));
    for _ in 0..READS_ALL {
        thread::sleep(INTERVAL);
        often.add(now());
    }

    let vmstat = Vmstat::start(seconds);
    let (before, first) = (oracle.totals(), now());
    often.begin(first);
    seldom.begin(first);
    let start = (before, oracle.totals());
    let mut end = start;
    for tick in 1..=u32::from(seconds) * READS_ALL {
        thread::sleep(INTERVAL);
        let (before, now) = (oracle.totals(), now());
        often.add(now);
        if tick % READS_ALL == 0 {
            seldom.add(now);
            end = (before, oracle.totals());
        }
    }
    let resident = resident_bytes();
    let (last, sum) = (often.last, often.sum);
    let elapsed = (last.at - first).as_secs_f64();
    let vmstat = vmstat.and_then(Vmstat::busy_percent);
    drop((duty, memory));

    let case = format!("{percent} % duty");
    let mut add = |metric, value, unit, target| {
        findings.add(Finding { case: case.clone(), metric, value, unit, target });
    };
    let process = growth(&start, &end, |totals| totals.process_seconds);
    let least = CORES_MIN * elapsed;
    let value = deviation(sum.process_seconds, process, least);
    add("process CPU against getrusage", value, "%", Target::AtMost(1.0));
    if start.0.cgroup_seconds.is_some() {
        let cgroup = growth(&start, &end, |totals| totals.cgroup_seconds.unwrap_or(f64::NAN));
        let value = deviation(seldom.sum.cgroup_seconds, cgroup, least);
        add("cgroup CPU as read, against the raw file", value, "%", Target::AtMost(1.0));
        let value = deviation(sum.cgroup_seconds, cgroup, least);
        add("cgroup CPU as estimated, against the raw file", value, "%", Target::None);
    } else {
        eprintln!("SKIPPED: no file with this cgroup's CPU time was found");
    }
    let ours = last.process_rss_bytes.map_or(f64::NAN, |bytes| bytes as f64);
    let value = deviation(ours, resident as f64, 1.0);
    add("RSS against VmRSS", value, "%", Target::AtMost(1.0));

    let busy = growth(&start, &end, |totals| totals.busy_ticks);
    let busy = busy / growth(&start, &end, |totals| totals.all_ticks);
    let ours = sum.busy_seconds / sum.machine_seconds;
    let value = deviation(ours, busy, MACHINE_MIN);
    add("machine CPU against /proc/stat", value, "%", Target::AtMost(5.0));
    match vmstat {
        Some(theirs) => {
            let value = (ours * 100.0 - theirs).abs();
            add("machine CPU against vmstat", value, "points", Target::AtMost(5.0));
        }
        None => eprintln!("SKIPPED: vmstat is not installed"),
    }
    add("machine CPU", ours * 100.0, "%", Target::None);
    add("process CPU", sum.process_seconds / elapsed, "cores", Target::None);
    add("samples without machine CPU", f64::from(sum.unknown), "samples", Target::None);
}

/// By how many percent of `theirs`, or of `least` if that is more, the two differ.
fn deviation(ours: f64, theirs: f64, least: f64) -> f64 {
    (ours - theirs).abs() / theirs.max(least) * 100.0
}
