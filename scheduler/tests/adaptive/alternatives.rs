//! The other controllers on the same plants: what they can, and where they end.

use crate::constant::{SERVER, TIMERS};
use crate::plant::{Phase, run_blind};
use graph_runtime_scheduler::adaptive::{
    ConcurrencyController, ControllerSettings, Gradient2, LimitReason, Vegas,
};

const POOL: Phase = Phase { kind: "pool", tasks: 20_000, speed: |n| n.min(40.0), ..TIMERS };

fn settings() -> ControllerSettings {
    ControllerSettings { max: 512, ..ControllerSettings::default() }
}

/// In relation to the time it would take with the best limit.
fn ratio(phase: Phase, controller: &mut dyn ConcurrencyController) -> f64 {
    run_blind(&[phase], controller, 1).makespan / phase.oracle(512)
}

#[test]
fn latency_finds_the_knee_of_a_pool() {
    assert!(ratio(POOL, &mut Vegas::new(settings())) < 1.1);
    assert!(ratio(POOL, &mut Gradient2::new(settings())) < 1.2);
}

#[test]
fn vegas_keeps_the_queue_of_a_pool_short() {
    let run = run_blind(&[POOL], &mut Vegas::new(settings()), 1);
    assert!(run.share_within(0, 30, 40, 128) > 0.9, "{:?}", run.limits());
    assert!(run.has(LimitReason::Latency) || run.has(LimitReason::Best));
}

#[test]
fn both_follow_timers_upwards() {
    for controller in [
        &mut Vegas::new(settings()) as &mut dyn ConcurrencyController,
        &mut Gradient2::new(settings()),
    ] {
        let run = run_blind(&[TIMERS], controller, 1);
        assert!(run.limits().into_iter().max() >= Some(300), "{controller:?}");
    }
}

#[test]
fn neither_stays_far_beyond_the_top_of_a_server() {
    for controller in [
        &mut Vegas::new(settings()) as &mut dyn ConcurrencyController,
        &mut Gradient2::new(settings()),
    ] {
        let share = run_blind(&[SERVER], controller, 1).share_within(0, 50, 1, 64);
        assert!(share > 0.8, "{share} {controller:?}");
    }
}
