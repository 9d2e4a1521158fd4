//! One workflow at a time, when memory is short.

use crate::Options;
use crate::contender::{Contender, Setting};
use crate::estimates::Estimates;
use crate::output::{Columns, geometric_mean, progress, say};
use crate::trace::Trace;
use serde_json::json;

/// Memory, in largest tasks.
const LARGEST: usize = 4;
/// With few slots memory is not what is short.
const SLOTS_MIN: usize = 16;
/// Those that know memory.
const CONTENDERS: [Contender; 3] = [Contender::Fifo, Contender::CriticalPath, Contender::Ours];

/// Prints the makespans over a lower bound that knows memory, for the workflows that say how much
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
    makespans_s: [f64; CONTENDERS.len()],
}

impl Row {
    fn of(traces: &[Trace], this: usize, slots: usize, options: &Options) -> Self {
        let trace = &traces[this];
        let memory = trace.memory.as_deref().expect("it was chosen for that");
        let total = LARGEST * memory.iter().copied().max().unwrap_or(1).max(1);
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
        Self {
            file: trace.file.clone(),
            memory_bytes: total,
            bound_s: trace.bound_s(slots).max(taken / total as f64),
            makespans_s: CONTENDERS.map(|contender| contender.makespan_s(&setting)),
        }
    }

    fn ratios(&self) -> [f64; CONTENDERS.len()] {
        self.makespans_s.map(|makespan| makespan / self.bound_s)
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
    let mut table = Columns::new(&title, head.map(str::to_owned));
    for row in rows {
        let ratios = row.ratios().map(|ratio| format!("{ratio:.4}"));
        table.row([row.file.clone()].into_iter().chain(ratios));
    }
    let mean = |column: usize| {
        let ratios: Vec<f64> = rows.iter().map(|row| row.ratios()[column]).collect();
        format!("{:.4}", geometric_mean(&ratios))
    };
    table.row(["geometric mean".to_owned()].into_iter().chain((0..CONTENDERS.len()).map(mean)));
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
        });
        say(line);
    }
}
