//! What a monitor says about its latest sample, on a clock that the test turns.

use graph_runtime_monitor::{ResourceMonitor, ResourceMonitorConfig, Sample, Sampler};
use primitives::Timestamp;
use proptest::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Always the same sample.
struct Fixed(Sample);

impl Sampler for Fixed {
    fn sample(&mut self, now: Timestamp) -> Sample {
        Sample { at: now, ..self.0 }
    }
}

fn after(sample: Sample, config: ResourceMonitorConfig) -> ResourceMonitor {
    let builder = ResourceMonitor::builder(config).sampler(Box::new(Fixed(sample)));
    let (monitor, mut ticker) = builder.manual().expect("a valid configuration");
    ticker.tick(Timestamp::from_nanos(1));
    monitor
}

fn recommended(cpu: Option<f64>, io_wait: Option<f64>, cores: usize) -> usize {
    let sample = Sample { cpu_utilization: cpu, io_wait, ..Sample::default() };
    after(sample, ResourceMonitorConfig { cores, ..Default::default() }).recommended_concurrency()
}

#[test]
fn concurrency_follows_the_table() {
    assert_eq!(recommended(None, None, 8), 8);
    assert_eq!(recommended(Some(0.8), Some(0.3), 8), 8, "the bounds themselves are normal");
    assert_eq!(recommended(Some(0.81), Some(0.0), 8), 4);
    assert_eq!(recommended(Some(0.81), None, 1), 1, "never none at all");
    assert_eq!(recommended(Some(0.1), Some(0.31), 8), 16);
    assert_eq!(recommended(Some(0.9), Some(0.31), 8), 16, "I/O wait comes first");
    assert_eq!(recommended(None, Some(0.31), usize::MAX), usize::MAX);
}

#[test]
fn concurrency_counts_only_cores_that_may_be_used() {
    let recommended = |cpu_quota, cpu| {
        let sample = Sample { cpu_quota, cpu_utilization: cpu, ..Sample::default() };
        after(sample, ResourceMonitorConfig { cores: 8, ..Default::default() })
            .recommended_concurrency()
    };
    assert_eq!(recommended(Some(f64::INFINITY), None), 8);
    assert_eq!(recommended(Some(2.5), None), 3);
    assert_eq!(recommended(Some(0.05), None), 1);
    assert_eq!(recommended(Some(64.0), None), 8, "no more than it was told");
    assert_eq!(recommended(Some(4.0), Some(0.9)), 2);
}

#[test]
fn memory_tasks_have_to_fit_into_the_cgroup() {
    let sample = Sample {
        memory_used_bytes: Some(0),
        memory_available_bytes: Some(1000),
        working_set_bytes: Some(700),
        memory_limit_bytes: Some(900),
        ..Sample::default()
    };
    let advised = |sample, bytes| after(sample, Default::default()).can_schedule_memory_task(bytes);
    assert!(advised(sample, 200) && !advised(sample, 201));
    let full = Sample { working_set_bytes: Some(901), ..sample };
    assert!(advised(full, 0) && !advised(full, 1), "more than the limit is nothing left");
    for unlimited in [
        Sample { memory_limit_bytes: Some(u64::MAX), ..sample },
        Sample { memory_limit_bytes: None, ..sample },
        Sample { working_set_bytes: None, ..sample },
    ] {
        assert!(advised(unlimited, 1000) && !advised(unlimited, 1001));
    }
}

#[test]
fn cpu_tasks_are_advised_below_the_threshold_only() {
    let advised = |cpu| {
        let sample = Sample { cpu_utilization: cpu, ..Sample::default() };
        let config = ResourceMonitorConfig { cpu_threshold: 0.6, ..Default::default() };
        after(sample, config).can_schedule_cpu_task()
    };
    assert!(advised(None), "unknown does not forbid");
    assert!(advised(Some(0.59)));
    assert!(!advised(Some(0.6)));
    assert!(!advised(Some(1.0)));
}

#[test]
fn before_the_first_sample_everything_is_unknown() {
    let config = ResourceMonitorConfig { memory_threshold: 100, cores: 3, ..Default::default() };
    let (monitor, _ticker) = ResourceMonitor::builder(config).manual().expect("valid");
    assert_eq!((monitor.latest(), monitor.samples()), (Sample::default(), 0));
    assert!(monitor.can_schedule_cpu_task());
    assert!(monitor.can_schedule_memory_task(99));
    assert!(!monitor.can_schedule_memory_task(100), "it alone reaches the threshold");
    assert_eq!(monitor.recommended_concurrency(), 3);
}

/// Small numbers, and those around the end of the range.
fn amount() -> impl Strategy<Value = u64> {
    prop_oneof![0..200_u64, (u64::MAX - 200)..=u64::MAX]
}

proptest! {
    /// Against arithmetic that cannot overflow.
    #[test]
    fn memory_tasks_fit_or_do_not(
        used in prop::option::of(amount()),
        available in prop::option::of(amount()),
        required in amount(),
        threshold in amount().prop_filter("refused", |&threshold| threshold > 0),
    ) {
        let sample = Sample {
            memory_used_bytes: used,
            memory_available_bytes: available,
            ..Sample::default()
        };
        let memory_threshold = threshold as usize;
        let config = ResourceMonitorConfig { memory_threshold, ..Default::default() };
        let below = u128::from(used.unwrap_or(0)) + u128::from(required) < u128::from(threshold);
        let expected = below && available.is_none_or(|available| required <= available);
        let monitor = after(sample, config);
        prop_assert_eq!(monitor.can_schedule_memory_task(required as usize), expected);
        if let Some(most) = sample.memory_to_spare(threshold) {
            prop_assert!(monitor.can_schedule_memory_task(most as usize));
            prop_assert!(!monitor.can_schedule_memory_task(most as usize + 1));
        }
    }
}

/// Memory is read for every third sample.
struct EveryThird(u32);

impl Sampler for EveryThird {
    fn sample(&mut self, now: Timestamp) -> Sample {
        let memory_age = Duration::from_secs(u64::from(self.0 % 3));
        self.0 += 1;
        Sample { memory_age, ..Sample::unknown(now) }
    }
}

#[test]
fn samples_that_repeat_memory_are_no_readings_of_it() {
    let builder = ResourceMonitor::builder(ResourceMonitorConfig::default());
    let (monitor, mut ticker) = builder.sampler(Box::new(EveryThird(0))).manual().expect("valid");
    let mut readings = [0; 7];
    for (second, readings) in (0..).zip(&mut readings) {
        ticker.tick(Timestamp::from_nanos(second * 1_000_000_000));
        *readings = monitor.memory_readings();
    }
    assert_eq!(readings, [1, 1, 1, 2, 2, 2, 3]);
}

/// Says for how many samples memory was expected.
struct Expecting(Arc<AtomicU32>);

impl Sampler for Expecting {
    fn sample(&mut self, now: Timestamp) -> Sample {
        Sample::unknown(now)
    }

    fn expect_memory(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn memory_that_is_asked_for_is_expected_of_the_next_sample() {
    let expected = Arc::new(AtomicU32::new(0));
    let sampler = Expecting(Arc::clone(&expected));
    let builder = ResourceMonitor::builder(ResourceMonitorConfig::default());
    let (monitor, mut ticker) = builder.sampler(Box::new(sampler)).manual().expect("valid");
    let asking: [&dyn Fn(); 5] = [
        &|| {},
        &|| assert!(monitor.can_schedule_memory_task(1)),
        &|| assert!(monitor.can_schedule_cpu_task()),
        &|| monitor.want_memory(),
        &|| {},
    ];
    let expected = asking.map(|ask| {
        ask();
        ticker.tick(Timestamp::ZERO);
        expected.load(Ordering::Relaxed)
    });
    assert_eq!(expected, [0, 1, 1, 2, 2]);
}
