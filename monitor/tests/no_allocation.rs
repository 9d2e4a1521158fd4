//! Samples allocate nothing, once the files are open, and neither do times, once there is one.

use graph_runtime_monitor::{PollTimes, ResourceMonitor, ResourceMonitorConfig};
use primitives::Timestamp;
use std::time::Duration;

// Allocations are counted on the thread that makes them, so other tests would not matter.
#[test]
fn no_sample_of_this_machine_allocates_but_the_first() {
    let builder = ResourceMonitor::builder(ResourceMonitorConfig::default());
    let (monitor, mut ticker) = builder.manual().expect("a valid configuration");
    for worker in 0..20 {
        assert!(monitor.register_worker(worker));
    }
    let mut now = Timestamp::ZERO;
    // All threads have had their turn after two seconds.
    let opening = allocation_counter::measure(|| {
        for _ in 0..20 {
            ticker.tick(now);
            now = now + Duration::from_millis(100);
        }
    });
    assert!(opening.count_total > 0, "allocations are counted");
    let steady = allocation_counter::measure(|| {
        for _ in 0..50 {
            ticker.tick(now);
            now = now + Duration::from_millis(100);
        }
    });
    assert_eq!((steady.count_total, steady.bytes_total), (0, 0));
    assert!(monitor.latest().cpus_allowed().is_some() && monitor.worker_usage(19).is_some());
    assert_eq!(monitor.warnings(), []);
}

#[test]
fn no_poll_that_is_timed_allocates_but_the_first() {
    let times = PollTimes::default();
    let record = |nanos: u64| {
        times.record_delay(Duration::from_nanos(nanos));
        times.record_length(Duration::from_nanos(nanos));
    };
    let first = allocation_counter::measure(|| record(1));
    assert_eq!(first.count_total, 2, "one for each of the two histograms");
    let others = allocation_counter::measure(|| (0..64).for_each(|bits| record(1 << bits)));
    assert_eq!(others.count_total, 0);
    let (delay, length) = PollTimes::merged([&times]);
    assert_eq!((delay.count, length.count), (65, 65));
}
