//! What becomes of timers, sockets and new tasks while every worker is held up. Exits with status 1
//! if a target is missed.
//!
//! ```text
//! cargo run --release -p benches --bin stall
//! cargo run --release -p benches --bin stall -- --json --rounds 5 --workers 4
//! ```
//!
//! `benches/versus` has the same for other runtimes (`--only stalled-sleep,stalled-compute`).

mod probes;

use benches::{Finding, Findings, Rounds, Target, parse_workers};
use clap::Parser;
use graph_runtime::runtime::{Builder, Runtime};
use probes::Delays;
use std::process::ExitCode;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

/// How long each worker is held up.
const HELD_UP: Duration = Duration::from_secs(1);

/// What each of the three is to stay within while that lasts, in milliseconds.
const P99_MOST: f64 = 20.0;

/// Measures how long timers, an echo and new tasks wait while tasks hold every worker up.
#[derive(Debug, Parser)]
struct Options {
    /// Print one JSON object a line instead of a table
    #[arg(long)]
    json: bool,
    /// How often each case is measured; what is printed is the median round
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,
    /// How many workers the runtime has
    #[arg(long, default_value_t = 2, value_parser = parse_workers)]
    workers: usize,
}

/// What holds a worker up.
#[derive(Debug, Clone, Copy)]
enum Holding {
    Sleep,
    Compute,
}

impl Holding {
    fn name(self) -> &'static str {
        match self {
            Self::Sleep => "sleep",
            Self::Compute => "compute",
        }
    }

    fn hold(self) {
        match self {
            Self::Sleep => thread::sleep(HELD_UP),
            Self::Compute => {
                let start = Instant::now();
                while start.elapsed() < HELD_UP {
                    std::hint::spin_loop();
                }
            }
        }
    }
}

fn main() -> ExitCode {
    let Options { json, rounds, workers } = Options::parse();
    let mut findings = Findings::begin("stall", json);
    for holding in [Holding::Sleep, Holding::Compute] {
        for per_worker in [1, 2] {
            let rounds: Vec<_> = (0..rounds).map(|_| round(workers, holding, per_worker)).collect();
            let case = format!("{}, {per_worker} for each worker", holding.name());
            report(&mut findings, &case, &rounds);
        }
    }
    findings.end()
}

/// The delays of one round, in a runtime of its own: the last one's spare threads would help.
fn round(workers: usize, holding: Holding, per_worker: usize) -> [Delays; 3] {
    let runtime = Builder::new_multi_thread().worker_threads(workers).on_stall(|_| ()).build();
    let runtime = runtime.expect("the machine has threads and descriptors left");
    let probes = probes::Prepared::new(&runtime);
    hold_up(&runtime, workers, holding, per_worker);
    probes.run(&runtime, HELD_UP)
}

/// Returns when as many tasks have begun as there are workers.
fn hold_up(runtime: &Runtime, workers: usize, holding: Holding, per_worker: usize) {
    let begun = Arc::new(Barrier::new(workers + 1));
    for number in 0..workers * per_worker {
        let begun = Arc::clone(&begun);
        drop(runtime.spawn(async move {
            if number < workers {
                begun.wait();
            }
            holding.hold();
        }));
    }
    begun.wait();
}

fn report(findings: &mut Findings, case: &str, rounds: &[[Delays; 3]]) {
    let kinds = [
        ["timer lateness p50", "timer lateness p99", "timer lateness max"],
        ["echo p50", "echo p99", "echo max"],
        ["task start p50", "task start p99", "task start max"],
    ];
    for (kind, metrics) in kinds.into_iter().enumerate() {
        let quantiles: [fn(&Delays) -> f64; 3] = [|it| it.p50, |it| it.p99, |it| it.max];
        for (quantile, metric) in metrics.into_iter().enumerate() {
            let values = rounds.iter().map(|round| quantiles[quantile](&round[kind])).collect();
            let target = if quantile == 1 { Target::AtMost(P99_MOST) } else { Target::None };
            let value = Rounds::of(values).median;
            findings.add(Finding { case: case.to_owned(), metric, value, unit: "ms", target });
        }
    }
}
