//! How evenly workers share independent tasks that one of them has spawned. Exits with status 1 if
//! a target is missed.
//!
//! ```text
//! cargo run --release -p benches --bin imbalance
//! cargo run --release -p benches --bin imbalance -- --json --workers 4
//! ```
//!
//! A task computes until its time is over, by the wall clock: a worker that the system interrupts
//! is busy, too, and what is measured is the sharing. A worker's busy time is the sum of its
//! tasks'.

mod lengths;

use benches::{Finding, Findings, Rounds, Target, parse_workers};
use clap::Parser;
use graph_runtime::runtime::{Builder, Runtime, worker_index};
use lengths::Lengths;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// What one worker computes in a round, if they share evenly.
const SHARE: Duration = Duration::from_secs(1);

/// The largest worker's busy time, in the mean of all.
const MOST: f64 = 1.05;

/// Measures how evenly workers share independent tasks.
#[derive(Debug, Parser)]
struct Options {
    /// Print one JSON object a line instead of a table
    #[arg(long)]
    json: bool,
    /// How often each case is measured; what is printed is the median
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,
    /// How many workers the runtime has
    #[arg(long, default_value_t = 2, value_parser = parse_workers)]
    workers: usize,
}

fn main() -> ExitCode {
    let Options { json, rounds, workers } = Options::parse();
    let runtime = Builder::new_multi_thread().worker_threads(workers).build();
    let runtime = runtime.expect("the machine has threads and descriptors left");
    let mut findings = Findings::begin("imbalance", json);
    for lengths in Lengths::ALL {
        let rounds: Vec<_> = (0..rounds)
            .map(|round| share(&runtime, workers, lengths.draw(SHARE * workers as u32, round)))
            .collect();
        let figures: [Figure; 4] = [
            ("max/mean busy time", |it| it.imbalance, "times", Target::AtMost(MOST)),
            ("max/mean busy time, best possible", |it| it.possible, "times", Target::None),
            ("done by spare threads", |it| it.by_spares, "of all", Target::None),
            ("wall time over even share", |it| it.wall, "times", Target::None),
        ];
        for (metric, figure, unit, target) in figures {
            let value = Rounds::of(rounds.iter().map(figure).collect()).median;
            let case = lengths.name().to_owned();
            findings.add(Finding { case, metric, value, unit, target });
        }
    }
    findings.end()
}

/// A metric, what it is of a round, its unit and its target.
type Figure = (&'static str, fn(&Shared) -> f64, &'static str, Target);

/// One round's figures.
struct Shared {
    /// The busiest worker's time in the mean of all.
    imbalance: f64,
    /// The least that any sharing could have: the longest task is one worker's.
    possible: f64,
    /// What threads did that stood in for workers in long polls.
    by_spares: f64,
    wall: f64,
}

fn share(runtime: &Runtime, workers: usize, lengths: Vec<Duration>) -> Shared {
    let total: Duration = lengths.iter().sum();
    let longest = lengths.iter().max().copied().unwrap_or_default();
    let start = Instant::now();
    let spawner = runtime.spawn(async move {
        let tasks: Vec<_> = lengths
            .into_iter()
            .map(|it| graph_runtime::spawn(async move { compute(it) }))
            .collect();
        // The last one is for the threads that stand in for workers.
        let mut busy = vec![Duration::ZERO; workers + 1];
        for task in tasks {
            let (worker, computed) = task.await.expect("it does not panic");
            busy[worker.unwrap_or(workers)] += computed;
        }
        busy
    });
    let mut busy = runtime.block_on(spawner).expect("it does not panic");
    let by_spares = busy.pop().expect("it was put there");
    let wall = start.elapsed();
    let even = busy.iter().sum::<Duration>().div_f64(workers as f64);
    let busiest = busy.into_iter().max().expect("there is a worker");
    Shared {
        imbalance: busiest.div_duration_f64(even),
        possible: longest.div_duration_f64(total.div_f64(workers as f64)).max(1.0),
        by_spares: by_spares.div_duration_f64(total),
        wall: wall.div_duration_f64(total.div_f64(workers as f64)),
    }
}

/// Which worker has computed, and for how long.
fn compute(length: Duration) -> (Option<usize>, Duration) {
    let start = Instant::now();
    loop {
        for _ in 0..50 {
            std::hint::spin_loop();
        }
        let computed = start.elapsed();
        if computed >= length {
            return (worker_index(), computed);
        }
    }
}
