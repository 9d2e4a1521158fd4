//! Models of the loads that the benchmark `adaptive` compares on, as short as there: what the
//! search at the start costs, and how far a limit may be from the best.

use crate::plant::{PHASE, Phase, Run, Spread, best_fixed, degrading, run};
use graph_runtime_scheduler::adaptive::{ControllerSettings, Prober, Signals};

const MAX: usize = 512;

const TIMERS: Phase = Phase { kind: "timers", tasks: 72_000, size: 0.01, ..PHASE };
const CPU: Phase =
    Phase { kind: "cpu", tasks: 18_000, size: 0.000_17, speed: |n| n.min(2.0), ..PHASE };
const CACHE: Phase = Phase {
    kind: "cache",
    tasks: 18_000,
    size: 0.000_23,
    speed: |n| if n > 2.0 { 2.0 * degrading(n, 2.0).max(0.4) } else { n },
    ..PHASE
};
const SERVER: Phase = Phase {
    kind: "server",
    tasks: 6_000,
    size: 0.002,
    speed: |n| {
        let share = n / 16.0;
        n / (1.0 + share * share).min(10.0 * share.max(1.0))
    },
    ..PHASE
};
/// Each waits, and then computes.
const MIXED: Phase = Phase {
    kind: "mixed",
    tasks: 54_000,
    size: 0.000_055,
    spread: Spread::Exponential,
    delay: 0.005,
    speed: |n| n.min(2.0),
    ..PHASE
};

/// As on two workers, which are fully busy from so many in flight on.
fn probe(phase: Phase, busy_from: f64, seed: u64) -> Run {
    let settings = ControllerSettings { max: MAX, start: 4, ..ControllerSettings::default() };
    let signals = |_, in_flight: usize| {
        let busy = Some((in_flight as f64 / busy_from).min(1.0));
        Signals { busy, ..Signals::default() }
    };
    run(&[phase], &mut Prober::new(settings), seed, signals)
}

/// The middle one of the times with five seeds, in relation to that of the best fixed limit.
fn regret(phase: Phase, busy_from: f64) -> f64 {
    let best = best_fixed(&[phase], MAX, 1);
    let mut regrets: Vec<_> =
        (1..=5).map(|seed| probe(phase, busy_from, seed).makespan / best).collect();
    regrets.sort_by(f64::total_cmp);
    assert!(regrets[4] < 1.2, "{}: {regrets:?}", phase.kind);
    regrets[2]
}

#[test]
fn a_search_costs_little_of_a_second_and_a_half() {
    let all = [
        (TIMERS, f64::INFINITY),
        (CPU, 2.0),
        (CACHE, 2.0),
        (SERVER, f64::INFINITY),
        (MIXED, 184.0),
    ];
    for (phase, busy_from) in all {
        let regret = regret(phase, busy_from);
        assert!(regret < 1.05, "{}: {regret}", phase.kind);
        let noisy = Phase { jitter: 0.2, ..phase };
        let regret = self::regret(noisy, busy_from);
        assert!(regret < 1.07, "{} with noise: {regret}", phase.kind);
    }
}

#[test]
fn timers_are_followed_to_the_top_in_five_generations() {
    let run = probe(TIMERS, f64::INFINITY, 1);
    let reached = run.steps.iter().find(|step| step.decision.limit == MAX).expect("the top");
    assert!(reached.at < 0.05, "{}", reached.at);
}

#[test]
fn what_gets_worse_is_left_as_soon_as_that_shows() {
    // Three quarters are lost beyond eight in flight.
    let cliff = Phase { speed: |n| if n > 8.0 { 2.0 } else { n }, tasks: 8_000, ..SERVER };
    let run = probe(cliff, f64::INFINITY, 1);
    let beyond = run.steps.iter().filter(|step| step.window.limit > 8 && step.window.is_whole);
    let seconds: f64 = beyond.clone().map(|step| step.window.span.as_secs_f64()).sum();
    assert!(beyond.count() > 0, "it was tried");
    assert!(seconds < 0.06 * run.makespan, "{seconds} of {}", run.makespan);
    assert!(run.in_flight_max <= 32, "{}", run.in_flight_max);
}

#[test]
fn a_limit_that_makes_everything_slow_is_not_taken_for_a_deadlock() {
    // Beyond sixteen each task takes as long as all of them would, so for long nothing ends.
    let slow = Phase { speed: |n| if n > 16.0 { 0.05 } else { n }, tasks: 6_000, ..SERVER };
    let run = probe(slow, f64::INFINITY, 1);
    assert!(run.in_flight_max <= 32, "{:?}", run.limits());
    assert!(run.share_within(0, 20, 8, 16) > 0.8, "{:?}", run.limits());
}
