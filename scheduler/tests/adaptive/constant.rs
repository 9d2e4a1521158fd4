//! Loads that stay what they are: how close, how soon, and how much it costs to look.

use crate::plant::{PHASE, Phase, Run, Spread, best_fixed, degrading, run_blind};
use graph_runtime_scheduler::adaptive::{ControllerSettings, Prober};

const MAX: usize = 512;

pub(crate) const TIMERS: Phase = Phase { kind: "timers", tasks: 100_000, size: 0.01, ..PHASE };
pub(crate) const CORES: Phase =
    Phase { kind: "cores", tasks: 6_000, speed: |n| n.min(2.0), ..PHASE };
pub(crate) const SERVER: Phase = Phase {
    kind: "server",
    tasks: 10_000,
    size: 0.002,
    speed: |n| 8.0 * degrading(n, 8.0),
    ..PHASE
};
const POOL: Phase =
    Phase { kind: "pool", tasks: 15_000, size: 0.004, speed: |n| n.min(40.0), ..PHASE };

pub(crate) fn probe(phases: &[Phase], seed: u64) -> Run {
    let settings = ControllerSettings { max: MAX, ..ControllerSettings::default() };
    run_blind(phases, &mut Prober::new(settings), seed)
}

/// Time in relation to that of the best fixed limit.
fn regret(phase: Phase) -> f64 {
    probe(&[phase], 1).makespan / best_fixed(&[phase], MAX, 1)
}

#[test]
fn a_constant_load_loses_little_against_the_best_fixed_limit() {
    for phase in [TIMERS, CORES, SERVER, POOL] {
        let regret = regret(phase);
        assert!(regret < 1.05, "{}: {regret}", phase.kind);
    }
}

#[test]
fn noise_costs_little_more() {
    for phase in [TIMERS, CORES, SERVER, POOL] {
        let noisy = [
            ("random lengths", 1.08, Phase { spread: Spread::Exponential, ..phase }),
            ("heavy tail", 1.10, Phase { spread: Spread::HeavyTail, ..phase }),
            ("a speed that goes up and down", 1.08, Phase { jitter: 0.3, ..phase }),
            ("feedback that comes late", 1.12, Phase { delay: 0.005, ..phase }),
        ];
        for (noise, bound, phase) in noisy {
            let regret = regret(phase);
            assert!(regret < bound, "{}, {noise}: {regret}", phase.kind);
        }
    }
}

#[test]
fn the_top_is_reached_in_a_few_windows_and_kept() {
    // Where it is, within which factor, after how many windows, and the share of the time there.
    let tops = [(TIMERS, 362, 512, 10), (POOL, 28, 80, 20), (SERVER, 5, 12, 10), (CORES, 2, 4, 60)];
    for (phase, low, high, settling) in tops {
        let run = probe(&[phase], 1);
        let share = run.share_within(0, settling, low, high);
        assert!(share > 0.9, "{}: {share} of the time, {:?}", phase.kind, run.limits());
    }
}

#[test]
fn a_search_overshoots_by_one_step_at_most() {
    let highest = |phase| probe(&[phase], 1).in_flight_max;
    assert!(highest(SERVER) <= 16, "twice its top: {}", highest(SERVER));
    assert!(highest(CORES) <= 64, "throughput is flat there: {}", highest(CORES));
}

#[test]
fn slow_tasks_give_no_empty_windows_and_long_steps() {
    // Three seconds each: a fixed limit of 512 takes 24 s, and the search four steps of two rounds.
    let slow = Phase { kind: "slow", tasks: 4_000, size: 3.0, ..PHASE };
    let run = probe(&[slow], 1);
    assert!(run.makespan < 60.0, "{}", run.makespan);
    let settled = run.steps.iter().filter(|step| step.window.is_settled);
    assert!(settled.clone().count() > 5);
    assert!(settled.into_iter().all(|step| step.window.completions >= 8));
}

#[test]
fn the_same_seed_gives_the_same_decisions() {
    let noisy = Phase { spread: Spread::HeavyTail, jitter: 0.2, tasks: 5_000, ..SERVER };
    assert_eq!(probe(&[noisy], 7).limits(), probe(&[noisy], 7).limits());
    assert_ne!(probe(&[noisy], 7).limits(), probe(&[noisy], 8).limits());
}
