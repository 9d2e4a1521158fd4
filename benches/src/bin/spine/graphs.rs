//! Large graphs of tasks that do nothing: what is left is the cost of the graph.

use crate::probe::{Probe, Shape};
use benches::{Report, Rounds, Row};
use serde_json::Value;

/// Growing by factors of two: linear growth shows as equal figures per task.
const SIZES: [usize; 3] = [250_000, 500_000, 1_000_000];
/// How much more a task may cost in the largest graph than in the smallest.
const GROWTH_MAX: f64 = 1.3;

pub(crate) fn measure(report: &mut Report, count: usize) {
    for shape in [Shape::Wide, Shape::Chain] {
        let measured = SIZES.map(|tasks| sized(report, Probe { shape, tasks }, count));
        let [smallest, _, largest] = measured;
        let name = |what| format!("{shape}, {what} per task, 1M against 250k");
        let mut growth = |what, claim, ratio: f64| {
            let figures = Rounds::of(vec![ratio]);
            let unit = "times";
            report.row(&Row { name: name(what), claim, limit: GROWTH_MAX, unit, figures });
        };
        growth("time", "time grows linearly", largest.ns / smallest.ns);
        growth("peak memory", "memory grows linearly", largest.bytes / smallest.bytes);
    }
}

/// Medians per task.
struct PerTask {
    ns: f64,
    bytes: f64,
}

fn sized(report: &mut Report, probe: Probe, count: usize) -> PerTask {
    let results: Vec<Value> = (0..count.max(1)).map(|_| probe.in_own_process()).collect();
    let figures = |field: &str| {
        let figures = results.iter().map(|it| it[field].as_f64().expect("a probe prints numbers"));
        Rounds::of(figures.collect())
    };
    let (ns, bytes) = (figures("ns_per_task"), figures("bytes_per_task"));
    report.row(&Row {
        name: format!("{probe}, time per task"),
        claim: "to add, order, run and report a task takes less than 10 us",
        limit: 10_000.0,
        unit: "ns",
        figures: ns,
    });
    report.row(&Row {
        name: format!("{probe}, peak memory per task"),
        claim: "a task and all books on it fit in 1.5 KiB",
        limit: 1536.0,
        unit: "bytes",
        figures: bytes,
    });
    PerTask { ns: ns.median, bytes: bytes.median }
}
