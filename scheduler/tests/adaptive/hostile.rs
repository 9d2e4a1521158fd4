//! What no load should do, and every load does one day.

use crate::constant::{CORES, SERVER, TIMERS};
use crate::plant::{Phase, Run, best_fixed, run, run_blind};
use graph_runtime_scheduler::adaptive::{
    Aimd, Class, ConcurrencyController, ControllerSettings, Gradient2, Meter, Prober, Signals,
    Vegas,
};
use primitives::Timestamp;
use primitives::rng::Rng;
use std::time::Duration;

const MAX: usize = 512;

fn all(settings: ControllerSettings) -> [Box<dyn ConcurrencyController>; 4] {
    [
        Box::new(Prober::new(settings)),
        Box::new(Gradient2::new(settings)),
        Box::new(Vegas::new(settings)),
        Box::new(Aimd::new(settings)),
    ]
}

fn settings(max: usize) -> ControllerSettings {
    ControllerSettings { max, ..ControllerSettings::default() }
}

fn probe(phase: Phase, seed: u64) -> Run {
    run_blind(&[phase], &mut Prober::new(settings(MAX)), seed)
}

#[test]
fn an_outage_costs_little_more_than_it_lasts() {
    // For as long as it takes to give up on what runs, and for ten times as long.
    for (length, most) in [(2.0, 0.1), (30.0, 1.0)] {
        for phase in [TIMERS, SERVER, CORES] {
            let plain = probe(phase, 1).makespan;
            let outage = probe(Phase { outage: (0.4, 0.4 + length), ..phase }, 1);
            let lost = outage.makespan - plain - length;
            assert!(lost < most * plain, "{} loses {lost} s after {length} s", phase.kind);
        }
    }
}

#[test]
fn a_speed_that_goes_up_and_down_by_half_costs_little() {
    for (phase, most) in [(TIMERS, 512), (SERVER, 16), (CORES, 64)] {
        let noisy = Phase { jitter: 0.5, ..phase };
        let best = best_fixed(&[noisy], MAX, 3);
        let run = probe(noisy, 3);
        assert!(run.makespan < 1.1 * best, "{}: {} s, {best} s", phase.kind, run.makespan);
        assert!(run.in_flight_max <= most, "{}: {:?}", phase.kind, run.limits());
    }
}

#[test]
fn a_burst_after_a_long_time_with_little_to_do_finds_the_top() {
    let little = Phase { tasks: 6_000, width: 3, ..TIMERS };
    let run = run_blind(&[little, TIMERS], &mut Prober::new(settings(MAX)), 1);
    assert!(run.steps.iter().filter(|step| step.phase == 0).count() > 500, "it was long");
    assert!(run.share_within(1, 12, 362, 512) > 0.9, "{:?}", run.limits());
}

#[test]
fn every_controller_gets_through_everything_at_every_limit() {
    let outage = Phase { outage: (0.05, 0.3), jitter: 0.5, tasks: 600, ..SERVER };
    let narrow = Phase { width: 1, tasks: 50, ..outage };
    for max in [1, 2, 7, usize::MAX] {
        for mut controller in all(ControllerSettings { start: usize::MAX, ..settings(max) }) {
            // An infinite width would let all run at once, and that is what it is for.
            let phases = [outage, narrow, Phase { width: 100, ..outage }];
            let strained = |now: f64, _| Signals {
                memory: Some(if now < 0.2 { 1.5 } else { 0.1 }),
                cpu: Some(if now < 0.4 { 1.0 } else { 0.1 }),
                is_fresh: true,
                ..Signals::default()
            };
            let run = run(&phases, &mut *controller, 1, strained);
            assert!(run.in_flight_max <= max, "{controller:?}");
            assert!(run.limits().iter().all(|limit| (1..=max).contains(limit)), "{controller:?}");
        }
    }
}

/// Anything noted at any time, by a clock that stands still, jumps, and runs backwards.
#[test]
fn whatever_a_meter_is_told_limits_and_windows_are_possible() {
    for (seed, max) in (1..=40).zip([1, 64, usize::MAX].into_iter().cycle()) {
        for mut controller in all(settings(max)) {
            let (mut rng, mut now) = (Rng::new(seed), Timestamp::ZERO);
            let mut meter = Meter::new(controller.limit(), now);
            for _ in 0..2_000 {
                now = match rng.below(12) {
                    0 => Timestamp::from_nanos(now.as_nanos() / 2),
                    1 => now + Duration::from_secs(u64::from(rng.below(1_000_000))),
                    2 if rng.below(100) == 0 => Timestamp::MAX,
                    3..8 => now,
                    _ => now + Duration::from_millis(u64::from(rng.below(40))),
                };
                let in_flight =
                    [0, 1, rng.below(2_000) as usize, usize::MAX][rng.below(4) as usize];
                meter.note(in_flight, rng.below(3) > 0, now);
                for _ in 0..rng.below(20) {
                    let run_time = [Duration::ZERO, Duration::from_millis(3), Duration::MAX];
                    let class = Class::named(["a", "b", "c"][rng.below(3) as usize]);
                    meter.complete(class, run_time[rng.below(3) as usize]);
                }
                let Some(window) = meter.close(Signals::default(), now) else { continue };
                assert!((0.0..=1.0).contains(&window.held_back), "{window:?}");
                assert!(window.in_flight >= 0.0 && window.in_flight.is_finite(), "{window:?}");
                assert!(window.work >= 0.0 && window.work.is_finite(), "{window:?}");
                let limit = controller.observe(&window, now).limit;
                assert!((1..=max).contains(&limit), "{limit} {controller:?}");
                meter.set_limit(limit, now);
            }
        }
    }
}
