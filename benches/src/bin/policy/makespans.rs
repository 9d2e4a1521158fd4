//! One workflow at a time.

use crate::Options;
use crate::contender::{Contender, Setting};
use crate::estimates::{Estimates, Told};
use crate::output::{Columns, geometric_mean, progress};
use crate::trace::Trace;
use benches::say;
use serde_json::json;

/// More than this is a difference: published makespans have three decimals.
const ROUNDING_S: f64 = 0.001;

/// Prints the makespans of all contenders over the lower bound, workflow by workflow.
pub(crate) fn measure(traces: &[Trace], options: &Options) {
    let bar = progress(options.slots.len() * traces.len(), "makespans");
    for &slots in &options.slots {
        let mut rows = Vec::new();
        for this in 0..traces.len() {
            let row = Row::of(traces, this, slots, options);
            bar.inc(1);
            if options.json {
                row.print_json(options);
            }
            rows.push(row);
        }
        if !options.json {
            bar.suspend(|| print_table(&rows, slots, options));
        }
    }
    bar.finish_and_clear();
}

struct Row<'a> {
    trace: &'a Trace,
    slots: usize,
    /// In the order of the contenders, in seconds; the geometric means over all draws.
    makespans_s: Vec<f64>,
    /// What the critical path takes when estimates are exact.
    informed_s: f64,
}

impl<'a> Row<'a> {
    fn of(traces: &'a [Trace], this: usize, slots: usize, options: &Options) -> Self {
        let trace = &traces[this];
        let draws = if options.estimates.are_drawn() { options.draws } else { 1 };
        let mut runs = vec![Vec::new(); Contender::ALL.len()];
        for seed in (0..draws).map(|draw| options.seed.wrapping_add(draw)) {
            let told = options.estimates.of(traces, this, seed);
            let is_exact = options.estimates == Estimates::Exact;
            let look_ahead = if is_exact { options.look_ahead } else { 0 };
            let setting = setting(trace, &told, slots, look_ahead, seed);
            for (runs, contender) in runs.iter_mut().zip(Contender::ALL) {
                runs.push(contender.makespan_s(&setting));
            }
        }
        let exact = Estimates::Exact.of(traces, this, options.seed);
        let informed = setting(trace, &exact, slots, 0, options.seed);
        Self {
            trace,
            slots,
            makespans_s: runs.iter().map(|runs| geometric_mean(runs)).collect(),
            informed_s: Contender::CriticalPath.makespan_s(&informed),
        }
    }

    fn makespan_s(&self, contender: Contender) -> f64 {
        let column = Contender::ALL.iter().position(|&it| it == contender);
        self.makespans_s[column.expect("all are there")]
    }

    /// A makespan over the lower bound. A workflow without work takes as long as it must.
    fn ratio(&self, makespan_s: f64) -> f64 {
        let bound = self.trace.bound_s(self.slots);
        if bound > 0.0 { makespan_s / bound } else { 1.0 }
    }

    fn print_json(&self, options: &Options) {
        let published = self.trace.published(self.slots);
        for (contender, makespan_s) in Contender::ALL.iter().zip(&self.makespans_s) {
            let line = json!({
                "file": self.trace.file,
                "slots": self.slots,
                "estimates": options.estimates.name(),
                "policy": contender.name(),
                "makespan_s": makespan_s,
                "lower_bound_s": self.trace.bound_s(self.slots),
                "critical_path_s": published.map(|it| it.critical_path),
                "best_known_s": published.map(|it| it.best),
            });
            say(line);
        }
    }
}

fn setting<'a>(
    trace: &'a Trace,
    told: &'a Told,
    slots: usize,
    look_ahead: u64,
    seed: u64,
) -> Setting<'a> {
    Setting { trace, told, slots, memory: None, look_ahead, seed }
}

fn print_table(rows: &[Row<'_>], slots: usize, options: &Options) {
    let estimates = options.estimates;
    let draws = match estimates.are_drawn() {
        true => format!(", {} draws", options.draws),
        false => String::new(),
    };
    let title = format!(
        "Makespan over lower bound on {slots} slots, estimates: {}{draws}",
        estimates.name()
    );
    let head = ["workflow"].into_iter().chain(Contender::ALL.map(Contender::name));
    let head = head.chain(["best known", "ours / published critical path", "ours / best known"]);
    let mut table = Columns::new(&title, head.map(str::to_owned));
    for row in rows {
        let ours = row.makespan_s(Contender::Ours);
        let published = row.trace.published(slots);
        let known = [
            published.map(|it| row.ratio(it.best)),
            published.map(|it| ours / it.critical_path),
            published.map(|it| ours / it.best),
        ];
        let ratios = row.makespans_s.iter().map(|&it| Some(row.ratio(it))).chain(known);
        table.row([row.trace.file.clone()].into_iter().chain(ratios.map(cell)));
    }
    let all = |ratio: &dyn Fn(&Row<'_>) -> Option<f64>| {
        let ratios: Option<Vec<f64>> = rows.iter().map(ratio).collect();
        ratios.map(|ratios| geometric_mean(&ratios))
    };
    let contenders = Contender::ALL.map(|it| all(&|row| Some(row.ratio(row.makespan_s(it)))));
    let best = all(&|row| row.trace.published(slots).map(|it| row.ratio(it.best)));
    let means = contenders.into_iter().chain([best]).map(cell);
    table.row(["geometric mean".to_owned()].into_iter().chain(means));
    table.print();
    print_verdict(rows, slots, estimates);
}

fn cell(ratio: Option<f64>) -> String {
    ratio.map(|ratio| format!("{ratio:.4}")).unwrap_or_default()
}

/// A makespan to compare with, if there is one.
type Other = fn(&Row<'_>) -> Option<f64>;

/// What the table says in short.
fn print_verdict(rows: &[Row<'_>], slots: usize, estimates: Estimates) {
    let all = |ratio: &dyn Fn(&Row<'_>) -> f64| {
        geometric_mean(&rows.iter().map(ratio).collect::<Vec<_>>())
    };
    let ratio = |contender| all(&|row| row.ratio(row.makespan_s(contender)));
    let (fifo, ours) = (ratio(Contender::Fifo), ratio(Contender::Ours));
    let informed = all(&|row| row.ratio(row.informed_s));
    if estimates != Estimates::Exact && fifo > informed {
        let kept = |baseline: f64| 100.0 * (baseline - ours) / (baseline - informed);
        let shuffled = ratio(Contender::Shuffled);
        say(format_args!(
            "\nOurs keeps {:.0} % of what the critical path gains over FIFO with exact estimates, and \
             {:.0} % of what it gains over FIFO in a shuffled order.",
            kept(fifo),
            kept(shuffled)
        ));
    }
    let others: [(&str, Other); 4] = [
        ("FIFO", |row| Some(row.makespan_s(Contender::Fifo))),
        ("the critical path with the same estimates", |row| {
            Some(row.makespan_s(Contender::CriticalPath))
        }),
        ("the published critical path", |row| Some(row.trace.published(row.slots)?.critical_path)),
        ("the best known", |row| Some(row.trace.published(row.slots)?.best)),
    ];
    for (name, other) in others {
        let differences: Vec<f64> = rows
            .iter()
            .filter_map(|row| Some(row.makespan_s(Contender::Ours) - other(row)?))
            .collect();
        let count = |is: fn(f64) -> bool| differences.iter().filter(|&&it| is(it)).count();
        if !differences.is_empty() {
            say(format_args!(
                "Ours against {name} on {slots} slots: {} better, {} equal, {} worse.",
                count(|it| it < -ROUNDING_S),
                count(|it| it.abs() <= ROUNDING_S),
                count(|it| it > ROUNDING_S)
            ));
        }
    }
}
