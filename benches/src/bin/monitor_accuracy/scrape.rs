//! What it costs to have all figures written out.

use crate::cost::{add_times, busy_runtime, thread_cpu};
use benches::{Findings, Target};
use monitor::{ExecutionMetrics, Export, Lateness, TaskEnd};
use std::time::Duration;

/// Scrapes of each kind.
const SCRAPES: u32 = 200;
const WORKERS: [usize; 2] = [2, 64];
/// What each worker has recorded of each kind.
const RECORDS: u32 = 1000;

/// Scrapes a runtime whose workers all have something to do, without an executor's figures and with
/// some.
pub(crate) fn measure(findings: &mut Findings) {
    for workers in WORKERS {
        eprintln!("{SCRAPES} scrapes of {workers} busy workers, without an executor and with one");
        let runtime = busy_runtime(workers);
        let case = format!("a scrape, {workers} busy workers, CPU time");
        add_scrapes(findings, &case, || runtime.handle().export());
        let executor = recorded(workers);
        let case = format!("a scrape, {workers} busy workers and an executor, CPU time");
        add_scrapes(findings, &case, || {
            Export::new(executor.snapshot()).runtime(runtime.metrics().snapshot())
        });
    }
}

fn add_scrapes(findings: &mut Findings, case: &str, export: impl Fn() -> Export) {
    let times = (0..SCRAPES).map(|_| {
        let before = thread_cpu();
        assert!(!export().to_prometheus().is_empty(), "there is always something to be said");
        (thread_cpu() - before).as_secs_f64() * 1e6
    });
    add_times(findings, case, times.collect(), Target::None);
}

/// The metrics of an executor all of whose workers have recorded of all kinds.
fn recorded(workers: usize) -> ExecutionMetrics {
    let metrics = ExecutionMetrics::new(workers);
    for worker in 0..workers {
        let recorder = metrics.recorder(Some(worker));
        recorder.submitted(RECORDS.into());
        for record in 1..=RECORDS {
            let time = Duration::from_micros(1) * record.pow(2);
            let late = Some(Lateness::Missed(time));
            recorder.began_and_ended(Some(time), TaskEnd::Completed, Some(time), late);
        }
    }
    metrics
}
