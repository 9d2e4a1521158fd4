//! Timers on a virtual clock, through the reactor's public doors.

use crate::support::{Count, Sleep, World, at, hook};
use graph_runtime_reactor::Reactor;
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[test]
fn timers_fire_in_order_each_at_its_own_deadline() {
    let (world, reactor) = World::with_reactor(Sleep::Jumps);
    let fired = Arc::new(Mutex::new(Vec::new()));
    let deadlines = [90_000_000_000, 1, 40_000_000, 16_384, 16_385, 3_600_000_000_000];
    for deadline in deadlines {
        let (fired, world) = (Arc::clone(&fired), Arc::clone(&world));
        let on_wake = move || fired.lock().unwrap().push((deadline, world.now()));
        reactor.insert_timer(at(deadline), hook(on_wake, || {}));
    }
    let mut parks = 0;
    while reactor.timer_count() > 0 {
        assert_eq!(reactor.park(&|| world.now(), None).timers, 1);
        parks += 1;
    }
    assert_eq!(parks, deadlines.len(), "one sleep per deadline, none in between");
    let mut expected = deadlines.map(|deadline| (deadline, at(deadline)));
    expected.sort_unstable();
    assert_eq!(*fired.lock().unwrap(), expected);
}

#[test]
fn a_cancelled_timer_does_not_fire() {
    let (world, reactor) = World::with_reactor(Sleep::Jumps);
    let (count, waker) = Count::with_waker();
    let key = reactor.insert_timer(at(100), waker);
    assert!(reactor.cancel_timer(key));
    assert!(!reactor.cancel_timer(key));
    assert_eq!(Arc::strong_count(&count), 1, "its waker is gone");
    let _ = reactor.park(&|| world.now(), Some(at(1_000)));
    assert_eq!(count.get(), 0);
}

#[test]
fn an_updated_timer_wakes_the_new_waker_only() {
    let (world, reactor) = World::with_reactor(Sleep::Jumps);
    let ((old, old_waker), (new, new_waker)) = (Count::with_waker(), Count::with_waker());
    let key = reactor.insert_timer(at(100), old_waker);
    assert!(reactor.update_timer(key, &new_waker));
    assert!(reactor.update_timer(key, &new_waker), "the same waker again");
    assert_eq!(reactor.park(&|| world.now(), None).woken, 1);
    assert_eq!((old.get(), new.get()), (0, 1));
    assert!(!reactor.update_timer(key, &new_waker), "it has fired");
}

#[test]
fn more_due_timers_than_a_turn_takes_are_finished_in_the_next() {
    const TIMERS: usize = 10_000;
    let (world, reactor) = World::with_reactor(Sleep::Jumps);
    let (count, waker) = Count::with_waker();
    for _ in 0..TIMERS {
        reactor.insert_timer(at(5), waker.clone());
    }
    let first = reactor.park(&|| world.now(), None).timers;
    assert!(0 < first && first < TIMERS, "one turn fired {first}");
    while reactor.timer_count() > 0 {
        assert!(reactor.park(&|| world.now(), None).timers > 0, "the rest is due at once");
    }
    assert_eq!((count.get(), world.now()), (TIMERS, at(5)));
}

/// Several threads insert and cancel while the owner fires: every timer ends exactly once.
#[test]
fn each_timer_is_either_cancelled_or_fired() {
    const THREADS: usize = 3;
    const TIMERS: usize = 20_000;
    let reactor = Reactor::with_mio().expect("descriptors are left");
    let start = std::time::Instant::now();
    let clock = || at(0) + start.elapsed();
    let (count, waker) = Count::with_waker();
    let cancelled = std::thread::scope(|scope| {
        let insert_and_cancel = || {
            let mut cancelled = 0;
            for n in 0..TIMERS {
                let delay = Duration::from_nanos(n as u64 % 64 * 1_000);
                let key = reactor.insert_timer(clock() + delay, waker.clone());
                cancelled += usize::from(n % 3 == 0 && reactor.cancel_timer(key));
            }
            cancelled
        };
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(insert_and_cancel)).collect();
        while !threads.iter().all(|thread| thread.is_finished()) || reactor.timer_count() > 0 {
            let _ = reactor.try_turn(&clock);
        }
        threads.into_iter().map(|thread| thread.join().unwrap()).sum::<usize>()
    });
    assert_eq!(cancelled + count.get(), THREADS * TIMERS);
    assert_eq!(Arc::strong_count(&count), 2, "no waker is left but our own");
}
