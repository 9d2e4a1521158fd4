//! A sampler that panics costs one sample, not the monitor.

mod common {
    pub(crate) mod scripted;
}

use common::scripted::{PATIENCE, Scripted};
use graph_runtime_monitor::{ResourceMonitor, ResourceMonitorConfig, Sample};
use primitives::Timestamp;
use std::time::Duration;

/// A panic's payload that panics again when dropped.
struct Grudge;

impl Drop for Grudge {
    fn drop(&mut self) {
        std::panic::panic_any("and another thing");
    }
}

fn busy_or_panic(number: u64, now: Timestamp) -> Sample {
    match number {
        1 => panic!("no sample today"),
        2 => std::panic::panic_any(Grudge),
        _ => Sample { cpu_utilization: Some(0.5), ..Sample::unknown(now) },
    }
}

// One test only: it silences the panic messages of the whole process.
#[test]
fn panics_are_counted_and_the_figures_unknown() {
    std::panic::set_hook(Box::new(|_| {}));
    let (sampler, _reports) = Scripted::new(busy_or_panic);
    let builder = ResourceMonitor::builder(ResourceMonitorConfig::default()).sampler(sampler);
    let (monitor, mut ticker) = builder.manual().expect("a valid configuration");
    let mut seen = Vec::new();
    for at in 0..4 {
        seen.push(ticker.tick(Timestamp::from_nanos(at)).cpu_utilization);
        assert_eq!(monitor.latest().at, Timestamp::from_nanos(at));
    }
    assert_eq!(seen, [Some(0.5), None, None, Some(0.5)]);
    assert_eq!((monitor.samples(), monitor.sampler_panics()), (4, 2));

    // The thread outlives them as well.
    let (sampler, reports) = Scripted::new(busy_or_panic);
    let interval = Duration::from_millis(10);
    let config = ResourceMonitorConfig { monitoring_interval: interval, ..Default::default() };
    let monitor = ResourceMonitor::with_sampler(config, sampler).expect("starts");
    while reports.recv_timeout(PATIENCE).expect("it lives on") < 4 {}
    assert_eq!(monitor.sampler_panics(), 2);
}
