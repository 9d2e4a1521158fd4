//! What a meter makes of the ends of tasks.

use graph_runtime_scheduler::adaptive::{Class, Meter, Signals, Window};
use primitives::Timestamp;
use std::time::Duration;

fn at(millis: u64) -> Timestamp {
    Timestamp::from_nanos(millis * 1_000_000)
}

/// The ends of `cheap` tasks of 1 ms and `dear` ones of 9 ms, `stretch` times as long, one after
/// another on one of two places in flight, beginning at `now`.
fn window(meter: &mut Meter, now: &mut u64, cheap: u64, dear: u64, stretch: u64) -> Window {
    meter.note(2, true, at(*now));
    for (name, count, millis) in [("cheap", cheap, 1), ("dear", dear, 9)] {
        for _ in 0..count {
            *now += millis * stretch;
            meter.complete(Class::named(name), Duration::from_millis(millis * stretch));
        }
    }
    meter.close(Signals::default(), at(*now)).expect("it is long enough")
}

#[test]
fn a_change_of_the_mix_is_not_taken_for_throughput() {
    let (mut meter, mut now) = (Meter::new(2, at(0)), 0);
    let both = window(&mut meter, &mut now, 9, 3, 1).throughput();
    let cheap = window(&mut meter, &mut now, 36, 1, 1);
    let dear = window(&mut meter, &mut now, 2, 10, 1);
    assert!(cheap.completions > 3 * dear.completions);
    for window in [cheap, dear] {
        assert!((window.throughput() / both - 1.0).abs() < 1e-6, "{window:?}");
    }
}

#[test]
fn tasks_that_take_longer_are_less_throughput() {
    let (mut meter, mut now) = (Meter::new(2, at(0)), 0);
    let before = window(&mut meter, &mut now, 9, 3, 1).throughput();
    for _ in 0..100 {
        let after = window(&mut meter, &mut now, 9, 3, 4).throughput();
        assert!((after / before - 0.25).abs() < 1e-6, "it does not get used to it: {after}");
    }
}

#[test]
fn the_class_that_does_most_of_the_work_is_the_main_one() {
    let (mut meter, mut now) = (Meter::new(2, at(0)), 0);
    assert_eq!(window(&mut meter, &mut now, 9, 1, 1).main_class, None);
    let main = window(&mut meter, &mut now, 5, 9, 1).main_class;
    assert!(main.is_some());
    assert_ne!(window(&mut meter, &mut now, 40, 0, 1).main_class, main);
}

#[test]
fn a_window_after_a_change_is_not_settled_until_all_that_ran_has_ended() {
    let mut meter = Meter::new(16, at(0));
    meter.note(16, true, at(0));
    meter.set_limit(4, at(0));
    let complete = |meter: &mut Meter, count| {
        (0..count).for_each(|_| meter.complete(Class::default(), Duration::from_millis(1)));
    };
    complete(&mut meter, 16);
    meter.note(5, true, at(20));
    assert_eq!(meter.close(Signals::default(), at(20)), None, "more in flight than may be");
    meter.note(4, true, at(30));
    let window = meter.close(Signals::default(), at(30)).expect("drained");
    assert!(!window.is_settled);
    complete(&mut meter, 8);
    assert!(meter.close(Signals::default(), at(50)).expect("a generation").is_settled);
}

#[test]
fn a_window_that_does_not_fill_is_shown_as_far_as_it_has_come() {
    let mut meter = Meter::new(4, at(0));
    meter.note(4, true, at(0));
    assert_eq!(meter.close(Signals::default(), at(99)), None);
    let window = meter.close(Signals::default(), at(100)).expect("it is time");
    assert_eq!((window.completions, window.is_whole, window.is_stuck), (0, false, true));
    assert!((window.held_back - 1.0).abs() < 1e-9);
    (0..8).for_each(|_| meter.complete(Class::default(), Duration::from_millis(100)));
    let window = meter.close(Signals::default(), at(150)).expect("it is complete");
    assert_eq!((window.completions, window.is_whole), (8, true));
    assert_eq!(window.span, Duration::from_millis(150), "all of it");
}

#[test]
fn tasks_that_start_together_and_end_together_are_counted_together() {
    let mut meter = Meter::new(100, at(0));
    meter.note(100, true, at(0));
    for round in 1..=10 {
        meter.note(100, true, at(20 * (round - 1)));
        let ends = |meter: &mut Meter| {
            meter.complete(Class::default(), Duration::from_millis(20));
            meter.close(Signals::default(), at(20 * round))
        };
        let windows: Vec<_> = (0..100).filter_map(|_| ends(&mut meter)).collect();
        assert_eq!(windows.len(), 1, "one for each round");
        assert_eq!(windows[0].completions, 100);
    }
}

#[test]
fn a_window_is_never_cut_in_the_middle_of_a_generation() {
    // Sixteen at a time that take 4 ms: in 10 ms two and a half generations.
    let mut meter = Meter::new(16, at(0));
    let mut spans = Vec::new();
    for round in 0..40 {
        meter.note(16, true, at(4 * round));
        (0..16).for_each(|_| meter.complete(Class::default(), Duration::from_millis(4)));
        // Somebody looks in between as well.
        for now in [4 * round + 4, 4 * round + 6] {
            if let Some(window) = meter.close(Signals::default(), at(now)) {
                assert!((window.throughput() * 0.004 / 0.064 - 1.0).abs() < 1e-9, "{window:?}");
                spans.push(window.span.as_millis());
            }
        }
    }
    // The first one only has to take effect.
    assert_eq!((spans[0], spans[1], spans[2]), (8, 12, 12));
}

#[test]
fn the_first_generation_is_not_settled() {
    let mut meter = Meter::new(4, at(0));
    meter.note(4, true, at(0));
    let mut next = |now| {
        (0..8).for_each(|_| meter.complete(Class::default(), Duration::from_millis(5)));
        meter.close(Signals::default(), at(now)).expect("a generation")
    };
    assert!(!next(10).is_settled, "what only the first tasks cost is in it");
    assert!(next(20).is_settled);
}

#[test]
fn a_window_begins_with_the_work() {
    let mut meter = Meter::new(4, at(0));
    meter.note(0, false, at(50));
    meter.note(4, true, at(70));
    (0..4).for_each(|_| meter.complete(Class::default(), Duration::from_millis(10)));
    meter.note(4, true, at(80));
    let window = meter.close(Signals::default(), at(80)).expect("a generation");
    assert_eq!(window.span, Duration::from_millis(10), "idle time says nothing about the limit");
    assert!(!window.is_application_limited());
}
