//! Figures for people.

use comfy_table::{CellAlignment, Table, presets};
use graph_runtime::{Concurrency, HistogramSnapshot, MetricsSnapshot, RuntimeSnapshot};
use std::fmt::Display;
use std::time::Duration;

/// How long everything took that is measured one by one.
pub(crate) fn distributions(executor: &MetricsSnapshot, runtime: &RuntimeSnapshot) -> Table {
    let mut table = table(["", "count", "p50", "p90", "p99", "longest"]);
    for (name, times) in [
        ("tasks: from ready to start", executor.queue_wait),
        ("tasks: from start to end", executor.run_time),
        ("tasks: after their deadlines", executor.lateness),
        ("polls: from queued to polled", runtime.poll_delay),
        ("polls: from begin to end", runtime.poll_time),
    ] {
        let HistogramSnapshot { count, p50, p90, p99, max, .. } = times;
        let times = [p50, p90, p99, max].map(short);
        table.add_row([name.to_owned(), count.to_string()].into_iter().chain(times));
    }
    table
}

/// What each worker did in `elapsed`.
pub(crate) fn workers(runtime: &RuntimeSnapshot, elapsed: Duration) -> Table {
    let mut table = table(["worker", "busy", "polls", "steals", "parks", "queued", "longest poll"]);
    for (index, (worker, queued)) in runtime.workers.iter().zip(&runtime.queue_depths).enumerate() {
        let busy = 100.0 * worker.busy.as_secs_f64() / elapsed.as_secs_f64();
        let counts = [worker.polls, worker.steals, worker.parks, *queued];
        let row = [index.to_string(), format!("{busy:.1} %")].into_iter();
        let row = row.chain(counts.map(|count| count.to_string()));
        table.add_row(row.chain([short(worker.longest_poll)]));
    }
    table
}

/// How the limit on tasks in flight came about.
pub(crate) fn decisions(concurrency: &Concurrency) -> Table {
    let mut table = table(["at most in flight", "reason"]);
    for change in &concurrency.decisions {
        let reason = change.decision.reason.to_string();
        table.add_row([change.decision.limit.to_string(), reason]);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Left);
    }
    table
}

fn table<const N: usize>(header: [impl Display; N]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header(header.map(|title| title.to_string()));
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn short(time: Duration) -> String {
    format!("{time:.1?}")
}
