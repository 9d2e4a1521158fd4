//! What the sampler could not make sense of, and who is told.

use graph_runtime_monitor::sample::{FileSource, SourceFile};
use graph_runtime_monitor::{ProcSampler, ResourceMonitor, ResourceMonitorConfig, Warning};
use primitives::Timestamp;
use std::io;
use std::path::Path;
use std::sync::mpsc;

/// A machine that keeps everything to itself.
struct Closed;

impl FileSource for Closed {
    fn open(&self, _path: &Path) -> io::Result<Box<dyn SourceFile>> {
        Err(io::ErrorKind::PermissionDenied.into())
    }
}

#[test]
fn warnings_are_passed_on_once_and_kept() {
    let (told, warnings) = mpsc::channel::<Warning>();
    let (monitor, mut ticker) = ResourceMonitor::builder(ResourceMonitorConfig::default())
        .sampler(Box::new(ProcSampler::with_source(Box::new(Closed))))
        .on_warning(move |warning| told.send(warning.clone()).expect("the test waits"))
        .manual()
        .expect("a valid configuration");
    assert_eq!(monitor.warnings(), []);
    for second in 0..3 {
        ticker.tick(Timestamp::from_nanos(second * 1_000_000_000));
    }
    let kept = monitor.warnings();
    assert_eq!(warnings.try_iter().collect::<Vec<_>>(), kept);
    // Three of the machine, three of pressure, and where the cgroups are.
    assert_eq!(kept.len(), 7, "{kept:?}");
    let mut paths: Vec<_> = kept.iter().map(|warning| &warning.path).collect();
    paths.sort();
    paths.dedup();
    assert_eq!(paths.len(), 7);
    assert_eq!(monitor.sampler_panics(), 0);
}
