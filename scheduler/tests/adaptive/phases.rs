//! Loads that change: opposite knees, steps, ramps, and a mix of cheap and dear tasks.

use crate::constant::{CORES, SERVER, TIMERS, probe};
use crate::plant::{PHASE, Phase, Run, best_fixed};
use graph_runtime_scheduler::adaptive::LimitReason;

const MAX: usize = 512;

fn oracle(phases: &[Phase]) -> f64 {
    phases.iter().map(|phase| phase.oracle(MAX)).sum()
}

/// Windows of a phase until the limit is within the bounds for the first time.
fn windows_until(run: &Run, phase: usize, low: usize, high: usize) -> usize {
    let of_phase = run.steps.iter().filter(|step| step.phase == phase && step.window.is_whole);
    let found = of_phase.clone().position(|step| (low..=high).contains(&step.decision.limit));
    found.unwrap_or_else(|| panic!("phase {phase}: {:?}", run.limits()))
}

#[test]
fn opposite_knees_cost_the_best_fixed_limit_twice_as_much() {
    let phases = [TIMERS, SERVER, TIMERS, SERVER];
    let (run, fixed) = (probe(&phases, 1), best_fixed(&phases, MAX, 1));
    assert!(run.makespan < 0.6 * fixed, "{} against {fixed}", run.makespan);
    // Half a second of what is missing is the server's, for 512 in flight at each change.
    let oracle = oracle(&phases);
    assert!(run.makespan < 1.25 * oracle, "{} against {oracle}", run.makespan);
}

#[test]
fn a_change_shows_in_a_few_windows_and_a_known_kind_is_recognised() {
    let run = probe(&[TIMERS, SERVER, TIMERS, SERVER], 1);
    assert!(windows_until(&run, 1, 5, 16) <= 4, "{:?}", run.limits());
    assert!(windows_until(&run, 2, 362, 512) <= 3, "{:?}", run.limits());
    assert!(windows_until(&run, 3, 5, 16) <= 4, "{:?}", run.limits());
    assert!(run.has(LimitReason::Changed));
}

#[test]
fn a_change_shows_without_a_change_of_kind() {
    let phases = [TIMERS, SERVER, TIMERS, SERVER].map(|phase| Phase { kind: "task", ..phase });
    let (run, fixed) = (probe(&phases, 1), best_fixed(&phases, MAX, 1));
    assert!(run.makespan < 0.65 * fixed, "{} against {fixed}", run.makespan);
    assert!(windows_until(&run, 1, 5, 16) <= 6, "{:?}", run.limits());
    assert!(windows_until(&run, 2, 362, 512) <= 25, "{:?}", run.limits());
}

#[test]
fn where_one_limit_suits_all_phases_little_is_lost() {
    let phases = [TIMERS, CORES, TIMERS, CORES];
    let (run, fixed) = (probe(&phases, 1), best_fixed(&phases, MAX, 1));
    assert!(run.makespan < 1.05 * fixed, "{} against {fixed}", run.makespan);
}

#[test]
fn a_ramp_is_followed() {
    // A pool that grows from 8 to 256 in six steps, all with the same kind of task.
    fn pool(speed: fn(f64) -> f64, tasks: usize) -> Phase {
        Phase { kind: "pool", tasks, size: 0.005, speed, ..PHASE }
    }
    let phases = [
        pool(|n| n.min(8.0), 2_000),
        pool(|n| n.min(16.0), 4_000),
        pool(|n| n.min(32.0), 8_000),
        pool(|n| n.min(64.0), 16_000),
        pool(|n| n.min(128.0), 32_000),
        pool(|n| n.min(256.0), 64_000),
    ];
    let run = probe(&phases, 1);
    let ratio = run.makespan / oracle(&phases);
    assert!(ratio < 1.15, "{ratio}: {:?}", run.limits());
}
