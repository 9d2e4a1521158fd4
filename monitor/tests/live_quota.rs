//! A quota that is written while the monitor runs, where a control group can be made for it.

#[path = "common/cgroup.rs"]
mod cgroup;

use cgroup::{Cgroup, skip};
use graph_runtime_monitor::{ResourceMonitor, ResourceMonitorConfig};
use std::path::Path;
use std::time::{Duration, Instant};

/// Far more than the second within which a quota is to be seen.
const PATIENCE: Duration = Duration::from_secs(20);

// One test only: it moves the whole process.
#[test]
fn a_smaller_quota_is_seen_within_a_second() {
    let cgroup = match Cgroup::enter(150) {
        Ok(cgroup) => cgroup,
        Err(why) => return skip("live_quota", &why),
    };
    let monitor = ResourceMonitor::start(ResourceMonitorConfig::default()).expect("starts");
    assert_eq!(monitor.latest().cpu_quota, Some(1.5), "the first sample is there at once");
    for percent in [50, 125, 20] {
        let (start, taken) = (Instant::now(), monitor.samples());
        cgroup.allow(percent).expect("it could be set before");
        let quota = Some(f64::from(percent) / 100.0);
        while monitor.latest().cpu_quota != quota {
            assert!(start.elapsed() < PATIENCE, "never seen: {:?}", monitor.latest());
            std::thread::sleep(Duration::from_millis(5));
        }
        // A loaded machine may delay the samples, but not make them miss anything.
        let samples = monitor.samples() - taken;
        assert!(samples <= 10, "{samples} samples at 100 ms");
        assert_eq!(monitor.latest().cpus_allowed(), quota);
        println!("{percent} % seen after {:?}, {samples} samples", start.elapsed());
    }
    let folder: &Path = &cgroup.folder;
    assert!(folder.exists(), "this process is still in it");
}
