//! The other controllers on the same plants: what they can, and where they end.

use crate::constant::{SERVER, TIMERS};
use crate::plant::{Phase, Spread, run, run_blind};
use graph_runtime_scheduler::adaptive::{
    Aimd, ConcurrencyController, ControllerSettings, Gradient2, LimitReason, Signals, Vegas,
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

#[test]
fn noise_costs_a_third_at_most_where_latency_is_followed() {
    let noisy = [
        Phase { jitter: 0.3, ..POOL },
        Phase { spread: Spread::Exponential, ..POOL },
        Phase { delay: 0.005, ..POOL },
    ];
    for phase in noisy {
        let vegas = ratio(phase, &mut Vegas::new(settings()));
        assert!(vegas < 1.33, "{vegas}");
        let gradient = ratio(phase, &mut Gradient2::new(settings()));
        assert!(gradient < 1.33, "{gradient}");
    }
}

#[test]
fn a_pool_that_grows_is_followed() {
    let small = Phase { speed: |n| n.min(10.0), tasks: 5_000, ..POOL };
    for controller in [
        &mut Vegas::new(settings()) as &mut dyn ConcurrencyController,
        &mut Gradient2::new(settings()),
    ] {
        let run = run_blind(&[small, POOL], controller, 1);
        let share = run.share_within(1, 20, 40, 160);
        assert!(share > 0.9, "{share}: {:?}", run.limits());
    }
}

#[test]
fn a_pool_that_shrinks_is_followed_by_the_gradient() {
    // Vegas takes the longer latency for the lowest as soon as it has forgotten the other.
    let small = Phase { speed: |n| n.min(10.0), tasks: 10_000, ..POOL };
    let run = run_blind(&[POOL, small], &mut Gradient2::new(settings()), 1);
    let share = run.share_within(1, 20, 1, 64);
    assert!(share > 0.9, "{share}: {:?}", run.limits());
}

#[test]
fn an_application_that_is_the_limit_leaves_both_alone() {
    for controller in [
        &mut Vegas::new(settings()) as &mut dyn ConcurrencyController,
        &mut Gradient2::new(settings()),
    ] {
        let before = controller.limit();
        let run = run_blind(&[Phase { width: 6, tasks: 5_000, ..TIMERS }], controller, 1);
        assert!(run.limits().iter().all(|&limit| limit == before), "{controller:?}");
        assert!(run.has(LimitReason::ApplicationLimited));
    }
}

/// A machine on which so many in flight use all of the CPU.
fn machine(full: f64) -> impl Fn(f64, usize) -> Signals {
    move |_, in_flight| {
        let cpu = Some((in_flight as f64 / full).min(1.0));
        Signals { cpu, memory: Some(0.0), is_fresh: true, ..Signals::default() }
    }
}

#[test]
fn aimd_comes_down_to_the_target_and_stays_around_it() {
    let phase = Phase { tasks: 60_000, speed: |n| n.min(100.0), ..TIMERS };
    let run = run(&[phase], &mut Aimd::new(settings()), 1, machine(100.0));
    let first = run.steps.iter().find(|step| step.decision.limit <= 90).expect("it comes down");
    assert!(first.at < 1.5, "{}", first.at);
    // A step of sixteen above the target, and three quarters of that below it.
    let after = run.steps.iter().skip_while(|step| step.at <= first.at);
    let (low, high) = (56, 106);
    assert!(after.clone().count() > 100);
    assert!(after.into_iter().all(|step| (low..=high).contains(&step.decision.limit)));
}

#[test]
fn aimd_climbs_when_the_machine_is_free_again() {
    let phase = Phase { tasks: 60_000, ..TIMERS };
    let (busy, free) = (machine(10.0), machine(10_000.0));
    let run = run(&[phase], &mut Aimd::new(settings()), 1, |now, in_flight| {
        if now < 0.5 { busy(now, in_flight) } else { free(now, in_flight) }
    });
    let lowest = run.limits().into_iter().min();
    assert!(lowest < Some(64), "{lowest:?}");
    assert_eq!(run.limits().into_iter().rev().take(10).max(), Some(512));
}
