//! What holds the prober back, and what must never stop it.

use crate::constant::{SERVER, TIMERS};
use crate::plant::{PHASE, Phase, Run, run};
use graph_runtime_scheduler::adaptive::{
    Aimd, ConcurrencyController, ControllerSettings, Gradient2, LimitReason, Prober, Signals,
    Vegas, Window,
};
use primitives::Timestamp;
use proptest::prelude::*;
use std::time::Duration;

fn settings(max: usize) -> ControllerSettings {
    ControllerSettings { max, ..ControllerSettings::default() }
}

fn probe(phase: Phase, signals: impl Fn(f64, usize) -> Signals) -> Run {
    run(&[phase], &mut Prober::new(settings(512)), 1, signals)
}

#[test]
fn an_application_that_is_the_limit_leaves_it_alone() {
    let narrow = Phase { tasks: 20_000, width: 6, ..TIMERS };
    let run = probe(narrow, |_, _| Signals::default());
    assert!(run.limits().iter().all(|&limit| limit == 8), "{:?}", run.limits());
    assert!(run.has(LimitReason::ApplicationLimited));
}

#[test]
fn what_cannot_be_filled_is_given_up() {
    // Room for a hundred: the search goes on only as far as the tasks go.
    let run = probe(Phase { width: 100, ..TIMERS }, |_, _| Signals::default());
    assert!(run.has(LimitReason::ApplicationLimited));
    let highest = run.limits().into_iter().max().unwrap();
    assert!(highest <= 800, "{highest}");
    assert!(run.share_within(0, 20, 64, 140) > 0.9, "{:?}", run.limits());
}

#[test]
fn memory_over_its_threshold_brings_the_limit_down_and_then_it_climbs_again() {
    // Each task in flight takes a hundredth of what there may be, for a while.
    let run = probe(TIMERS, |now, in_flight| {
        let share = if (0.5..1.0).contains(&now) { in_flight as f64 / 100.0 } else { 0.0 };
        Signals { memory: Some(share), is_fresh: true, ..Signals::default() }
    });
    let during = run.steps.iter().filter(|step| (0.7..1.0).contains(&step.at));
    assert!(during.clone().count() > 10);
    assert!(during.into_iter().all(|step| step.window.in_flight < 120.0), "{:?}", run.limits());
    assert!(run.has(LimitReason::Memory));
    let after = run.steps.iter().find(|step| step.at > 1.3).unwrap();
    assert!(after.decision.limit >= 362, "{}", after.decision);
}

#[test]
fn memory_that_stays_over_brings_the_limit_down_to_one() {
    let short = Signals { memory: Some(1.5), is_fresh: true, ..Signals::default() };
    let run = probe(Phase { tasks: 2_000, ..SERVER }, |_, _| short);
    assert_eq!(run.limits().last(), Some(&1));
}

#[test]
fn a_busy_cpu_or_an_empty_quota_holds_the_limit_where_it_is() {
    let busy = Signals { busy: Some(0.95), ..Signals::default() };
    let hot = Signals { cpu: Some(1.0), ..Signals::default() };
    let throttled = Signals { throttled: Some(0.4), ..Signals::default() };
    let reasons = [
        (busy, LimitReason::CpuBusy),
        (hot, LimitReason::CpuBusy),
        (throttled, LimitReason::Throttled),
    ];
    for (signals, reason) in reasons {
        let run = probe(Phase { tasks: 20_000, ..TIMERS }, |_, _| signals);
        assert!(run.limits().iter().all(|&limit| limit <= 8), "{:?}", run.limits());
        assert!(run.has(reason));
    }
}

#[test]
fn a_cpu_that_others_keep_busy_holds_nothing_back() {
    let others = Signals { cpu: Some(1.0), busy: Some(0.2), ..Signals::default() };
    let run = probe(TIMERS, |_, _| others);
    assert!(run.share_within(0, 10, 362, 512) > 0.9, "{:?}", run.limits());
}

#[test]
fn tasks_that_wait_for_what_is_held_back_get_company() {
    let mut prober = Prober::new(settings(512));
    let stuck = |limit| Window {
        span: Duration::from_millis(100),
        limit,
        in_flight: limit as f64,
        held_back: 1.0,
        is_stuck: true,
        ..Window::default()
    };
    let mut windows = 0;
    while prober.limit() < 512 {
        // Others keep the machine busy, which is no reason not to go on.
        let signals = Signals { cpu: Some(1.0), busy: Some(0.0), ..Signals::default() };
        let window = Window { signals, ..stuck(prober.limit()) };
        let reason = prober.observe(&window, Timestamp::ZERO).reason;
        assert!([LimitReason::NothingEnds, LimitReason::Measuring].contains(&reason));
        windows += 1;
        assert!(windows <= 64, "{prober:?}");
    }
}

#[test]
fn while_what_was_started_before_drains_nothing_is_decided() {
    let mut prober = Prober::new(settings(512));
    let window = Window {
        span: Duration::from_millis(100),
        limit: 8,
        in_flight: 500.0,
        held_back: 1.0,
        is_stuck: true,
        ..Window::default()
    };
    for _ in 0..100 {
        assert_eq!(prober.observe(&window, Timestamp::ZERO).limit, 8);
    }
    // If nothing of it ever ends, it may wait for what is held back.
    let rises = (0..100).any(|_| prober.observe(&window, Timestamp::ZERO).limit > 500);
    assert!(rises, "{prober:?}");
}

#[test]
fn a_higher_limit_with_which_nothing_ends_is_given_up_first() {
    let mut prober = Prober::new(settings(512));
    let flowing = |limit: usize| Window {
        span: Duration::from_millis(10),
        limit,
        completions: 2 * limit as u64,
        work: limit as f64 * 0.01,
        in_flight: limit as f64,
        held_back: 1.0,
        is_whole: true,
        is_settled: true,
        ..Window::default()
    };
    while prober.observe(&flowing(prober.limit()), Timestamp::ZERO).reason != LimitReason::ProbingUp
    {
    }
    let probed = prober.limit();
    let stuck =
        Window { completions: 0, work: 0.0, is_stuck: true, is_settled: false, ..flowing(probed) };
    let decision = prober.observe(&stuck, Timestamp::ZERO);
    assert_eq!(decision.reason, LimitReason::Reverted);
    assert!(decision.limit < probed, "{decision}");
}

fn windows() -> impl Strategy<Value = Window> {
    let share = || prop::option::of(0.0..2.0_f64);
    let signals = (share(), share(), share(), share(), any::<bool>());
    let figures = (0..2_000_u64, 0..5_000_u64, 0.0..1e6_f64, 0.0..2_000.0_f64, 0.0..1.0_f64);
    (figures, signals, prop::option::of(0..64_u8), any::<bool>()).prop_map(
        |((millis, completions, work, in_flight, held_back), signals, main_class, is_settled)| {
            let (cpu, busy, memory, throttled, is_fresh) = signals;
            Window {
                span: Duration::from_millis(millis),
                completions,
                work,
                in_flight,
                held_back,
                run_time: Duration::from_millis(millis / 2),
                main_class,
                is_settled,
                is_whole: true,
                signals: Signals { cpu, busy, memory, throttled, is_fresh },
                ..Window::default()
            }
        },
    )
}

proptest! {
    #[test]
    fn something_may_always_run_and_never_more_than_is_allowed(
        max in prop_oneof![1..4_usize, 1..2_000_usize, Just(usize::MAX)],
        start in 0..3_000_usize,
        windows in prop::collection::vec(windows(), 1..200),
    ) {
        let settings = ControllerSettings { max, start, ..ControllerSettings::default() };
        let mut controllers: [Box<dyn ConcurrencyController>; 4] = [
            Box::new(Prober::new(settings)),
            Box::new(Gradient2::new(settings)),
            Box::new(Vegas::new(settings)),
            Box::new(Aimd::new(settings)),
        ];
        for controller in &mut controllers {
            prop_assert!((1..=max).contains(&controller.limit()));
            for window in &windows {
                let window = Window { limit: controller.limit(), ..*window };
                let decision = controller.observe(&window, Timestamp::ZERO);
                prop_assert!((1..=max).contains(&decision.limit), "{decision} {controller:?}");
                prop_assert_eq!(decision.limit, controller.limit());
            }
        }
    }
}

#[test]
fn one_task_after_another_is_enough_to_go_on() {
    let one = ControllerSettings { max: 1, start: 0, ..ControllerSettings::default() };
    let phase = Phase { tasks: 1_000, ..PHASE };
    let run = run(&[phase], &mut Prober::new(one), 1, |_, _| Signals::default());
    assert_eq!(run.in_flight_max, 1);
}
