//! One workflow at a time.

use crate::Options;
use crate::contender::{Contender, Setting};
use crate::estimates::Estimates;
use crate::output::{Columns, geometric_mean, progress, say};
use crate::trace::Trace;
use serde_json::json;

/// Prints the makespans of all contenders over the lower bound, workflow by workflow.
pub(crate) fn measure(traces: &[Trace], options: &Options) {
    let bar = progress(options.slots.len() * traces.len(), "makespans");
    for &slots in &options.slots {
        let mut rows = Vec::new();
        for this in 0..traces.len() {
            let makespans = makespans(traces, this, slots, options);
            bar.inc(1);
            if options.json {
                print_json(&traces[this], slots, &makespans, options);
            }
            rows.push(makespans);
        }
        if !options.json {
            bar.suspend(|| print_table(traces, slots, &rows, options));
        }
    }
    bar.finish_and_clear();
}

/// In the order of the contenders, in seconds.
fn makespans(traces: &[Trace], this: usize, slots: usize, options: &Options) -> Vec<f64> {
    let estimates = options.estimates.of(traces, this, options.seed);
    let setting = Setting {
        graph: &traces[this].graph,
        estimates: &estimates,
        slots,
        memory: None,
        look_ahead: if options.estimates == Estimates::Exact { options.look_ahead } else { 0 },
        seed: options.seed,
    };
    Contender::ALL.map(|contender| contender.makespan_s(&setting)).to_vec()
}

fn print_json(trace: &Trace, slots: usize, makespans: &[f64], options: &Options) {
    for (contender, makespan_s) in Contender::ALL.iter().zip(makespans) {
        let line = json!({
            "file": trace.file,
            "slots": slots,
            "estimates": options.estimates.name(),
            "policy": contender.name(),
            "makespan_s": makespan_s,
            "lower_bound_s": trace.bound_s(slots),
        });
        say(line);
    }
}

fn print_table(traces: &[Trace], slots: usize, rows: &[Vec<f64>], options: &Options) {
    let title = format!(
        "Makespan over lower bound on {slots} slots, estimates: {}",
        options.estimates.name()
    );
    let head = ["workflow"].into_iter().chain(Contender::ALL.map(Contender::name));
    let head = head.chain(["best known"]).map(str::to_owned);
    let mut table = Columns::new(&title, head);
    for (trace, makespans) in traces.iter().zip(rows) {
        let bound = trace.bound_s(slots);
        let best = trace.best_known_s(slots).map(|best| format!("{:.4}", ratio(best, bound)));
        let ratios = makespans.iter().map(|&makespan| format!("{:.4}", ratio(makespan, bound)));
        table.row([trace.file.clone()].into_iter().chain(ratios).chain([best.unwrap_or_default()]));
    }
    let mean = |column: usize| {
        let ratios: Vec<f64> = traces
            .iter()
            .zip(rows)
            .map(|(trace, makespans)| ratio(makespans[column], trace.bound_s(slots)))
            .collect();
        format!("{:.4}", geometric_mean(&ratios))
    };
    let best: Option<Vec<f64>> = traces
        .iter()
        .map(|trace| trace.best_known_s(slots).map(|best| ratio(best, trace.bound_s(slots))))
        .collect();
    let best = best.map(|ratios| format!("{:.4}", geometric_mean(&ratios)));
    let means = (0..Contender::ALL.len()).map(mean);
    table.row(
        ["geometric mean".to_owned()].into_iter().chain(means).chain([best.unwrap_or_default()]),
    );
    table.print();
}

/// A workflow without work takes as long as it must.
fn ratio(makespan_s: f64, bound_s: f64) -> f64 {
    if bound_s > 0.0 { makespan_s / bound_s } else { 1.0 }
}
