//! One workflow at a time, when memory is short.
//!
//! Makespans are compared with two bounds. The simple one, the largest of the bound without memory
//! and of memory times time over all memory, is the one that a target can be set against without
//! looking at a workflow; the tight one says how near to it any schedule can come.

use crate::Options;
use crate::contender::{Contender, Setting};
use crate::estimates::Estimates;
use crate::output::{Columns, geometric_mean, progress};
use crate::trace::Trace;
use benches::say;
use scheduler::sim::memory_lower_bound;
use serde_json::json;

/// Memory, in largest tasks.
const LARGEST: usize = 4;
/// With few slots memory is not what is short.
const SLOTS_MIN: usize = 16;
/// Those that know memory.
const CONTENDERS: [Contender; 3] = [Contender::Fifo, Contender::CriticalPath, Contender::Ours];

/// Prints the makespans over two lower bounds that know memory, for the workflows that say how much
/// they take.
pub(crate) fn measure(traces: &[Trace], options: &Options) {
    let with_memory = |this: &usize| traces[*this].memory.is_some();
    let known: Vec<usize> = (0..traces.len()).filter(with_memory).collect();
    if known.is_empty() {
        eprintln!("no workflow says how much memory its tasks take: no table about that");
        return;
    }
    let slots = options.slots.iter().copied().filter(|&slots| slots >= SLOTS_MIN);
    let slots: Vec<usize> = slots.collect();
    let bar = progress(slots.len() * known.len(), "memory");
    for slots in slots {
        let rows: Vec<Row> = known
            .iter()
            .map(|&this| {
                bar.inc(1);
                Row::of(traces, this, slots, options)
            })
            .collect();
        bar.suspend(|| print(&rows, slots, options));
    }
    bar.finish_and_clear();
}

struct Row {
    file: String,
    memory_bytes: usize,
    bound_s: f64,
    tight_bound_s: f64,
    makespans_s: [f64; CONTENDERS.len()],
}

impl Row {
    fn of(traces: &[Trace], this: usize, slots: usize, options: &Options) -> Self {
        let trace = &traces[this];
        let memory = trace.memory.as_deref().expect("it was chosen for that");
        let largest = memory.iter().copied().max().unwrap_or(1).max(1);
        let total = largest.saturating_mul(LARGEST);
        let told = options.estimates.of(traces, this, options.seed);
        let setting = Setting {
            trace,
            told: &told,
            slots,
            memory: Some((memory, total)),
            look_ahead: if options.estimates == Estimates::Exact { options.look_ahead } else { 0 },
            seed: options.seed,
        };
        // Memory times time: no schedule takes less of it.
        let taken = trace.graph.tasks.iter().zip(memory);
        let taken: f64 = taken.map(|(task, &it)| task.runtime.as_secs_f64() * it as f64).sum();
        let bound_s = trace.bound_s(slots).max(taken / total as f64);
        let tight = memory_lower_bound(&trace.graph, slots, memory, total);
        let tight = tight.expect("the reader has checked it, and each task fits");
        Self {
            file: trace.file.clone(),
            memory_bytes: total,
            bound_s,
            tight_bound_s: tight.as_secs_f64().max(bound_s),
            makespans_s: CONTENDERS.map(|contender| contender.makespan_s(&setting)),
        }
    }

    /// What is printed: the makespans and the tight bound over the simple one, and the makespan of
    /// the last contender, which is ours, over the tight bound.
    fn ratios(&self) -> Vec<f64> {
        let simple = self.makespans_s.iter().chain([&self.tight_bound_s]);
        let ours = self.makespans_s[CONTENDERS.len() - 1];
        simple.map(|it| it / self.bound_s).chain([ours / self.tight_bound_s]).collect()
    }
}

fn print(rows: &[Row], slots: usize, options: &Options) {
    if options.json {
        return rows.iter().for_each(|row| print_json(row, slots, options));
    }
    let title = format!(
        "Makespan over lower bound on {slots} slots with {LARGEST} times the memory of the largest \
         task, estimates: {}",
        options.estimates.name()
    );
    let head = ["workflow"].into_iter().chain(CONTENDERS.map(Contender::name));
    let head = head.chain(["no schedule below", "ours / tight bound"]);
    let mut table = Columns::new(&title, head.map(str::to_owned));
    let ratios: Vec<Vec<f64>> = rows.iter().map(Row::ratios).collect();
    let cell = |ratio: f64| format!("{ratio:.4}");
    for (row, ratios) in rows.iter().zip(&ratios) {
        table.row([row.file.clone()].into_iter().chain(ratios.iter().copied().map(cell)));
    }
    let mean = |column: usize| {
        geometric_mean(&ratios.iter().map(|ratios| ratios[column]).collect::<Vec<_>>())
    };
    let means = (0..CONTENDERS.len() + 2).map(|column| cell(mean(column)));
    table.row(["geometric mean".to_owned()].into_iter().chain(means));
    table.print();
}

fn print_json(row: &Row, slots: usize, options: &Options) {
    for (contender, makespan_s) in CONTENDERS.iter().zip(row.makespans_s) {
        let line = json!({
            "table": "memory",
            "file": row.file,
            "slots": slots,
            "memory_bytes": row.memory_bytes,
            "estimates": options.estimates.name(),
            "policy": contender.name(),
            "makespan_s": makespan_s,
            "lower_bound_s": row.bound_s,
            "tight_lower_bound_s": row.tight_bound_s,
        });
        say(line);
    }
}

#[cfg(test)]
mod tests {
    use super::Row;
    use crate::Options;
    use crate::trace::Trace;
    use clap::Parser;
    use scheduler::sim::{SimGraph, SimTask};
    use std::time::Duration;

    #[test]
    fn four_times_the_most_memory_there_can_be_is_enough_for_all() {
        let task = |_| SimTask { runtime: Duration::from_secs(1), parents: Vec::new() };
        let graph = SimGraph { tasks: (0..4).map(task).collect() };
        let kinds = vec!["kind".to_owned(); 4];
        let trace = Trace::new("large".to_owned(), graph, kinds, vec![usize::MAX; 4]);
        let row = Row::of(&[trace], 0, 4, &Options::parse_from(["policy"]));
        assert_eq!(row.makespans_s, [1.0; 3]);
    }
}
