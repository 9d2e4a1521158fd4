//! The owner sleeps for exactly as long as it has to, and no wake-up is lost.

use crate::support::{Count, Sleep, World, at};
use graph_runtime_reactor::{Reactor, WaitLimit};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

#[test]
fn without_timers_it_sleeps_without_a_limit() {
    let (world, reactor) = World::with_reactor(Sleep::Holds);
    let turn = thread::scope(|scope| {
        let owner = scope.spawn(|| reactor.park(&|| world.now(), None));
        assert_eq!(world.until_asleep(), WaitLimit::Unlimited);
        reactor.unpark();
        owner.join().expect("park returns")
    });
    assert!(turn.unparked);
    assert_eq!(world.state().limits.len(), 1, "one sleep, no periodic wake-up");
}

#[test]
fn a_permit_left_before_keeps_it_awake_once() {
    let (world, reactor) = World::with_reactor(Sleep::Jumps);
    reactor.unpark();
    reactor.unpark();
    assert!(reactor.park(&|| world.now(), None).unparked);
    assert!(!reactor.park(&|| world.now(), Some(at(7))).unparked, "two unparks are one permit");
    let expected = [WaitLimit::Zero, WaitLimit::Until { now: at(0), deadline: at(7) }];
    assert_eq!(world.state().limits, expected);
}

#[test]
fn the_extra_deadline_counts_if_it_is_earlier() {
    let (world, reactor) = World::with_reactor(Sleep::Jumps);
    let (count, waker) = Count::with_waker();
    reactor.insert_timer(at(1_000), waker);
    assert_eq!(reactor.park(&|| world.now(), Some(at(400))).timers, 0);
    assert_eq!(world.now(), at(400));
    assert_eq!(reactor.park(&|| world.now(), Some(at(5_000))).timers, 1);
    assert_eq!((world.now(), count.get()), (at(1_000), 1));
}

#[test]
fn only_an_earlier_timer_wakes_the_sleeper() {
    let (world, reactor) = World::with_reactor(Sleep::Holds);
    let (count, waker) = Count::with_waker();
    reactor.insert_timer(at(1_000), waker.clone());
    thread::scope(|scope| {
        let owner = scope.spawn(|| {
            let first = reactor.park(&|| world.now(), None);
            (first, reactor.park(&|| world.now(), None))
        });
        let asleep_for = |deadline| WaitLimit::Until { now: at(0), deadline: at(deadline) };
        assert_eq!(world.until_asleep(), asleep_for(1_000));
        reactor.insert_timer(at(1_000), waker.clone());
        reactor.insert_timer(at(2_000), waker.clone());
        assert_eq!(world.state().limits.len(), 1, "a later timer must not wake it");
        reactor.insert_timer(at(600), waker.clone());
        while world.until_asleep() != asleep_for(600) {
            thread::yield_now();
        }
        world.advance_to(at(600));
        let (first, second) = owner.join().expect("park returns");
        assert!(first.unparked);
        assert_eq!((second.timers, second.unparked), (1, false));
    });
    assert_eq!(count.get(), 1);
    assert_eq!(reactor.next_expiry(), Some(at(1_000)));
}

#[test]
fn timers_of_an_awake_owner_leave_no_permit() {
    let (world, reactor) = World::with_reactor(Sleep::Jumps);
    let (count, waker) = Count::with_waker();
    for deadline in [500, 200, 800] {
        reactor.insert_timer(world.now() + Duration::from_nanos(deadline), waker.clone());
        let turn = reactor.park(&|| world.now(), None);
        assert_eq!((turn.timers, turn.unparked), (1, false));
    }
    assert_eq!((count.get(), world.state().limits.len()), (3, 3));
}

#[test]
fn the_end_of_the_sleep_is_announced_before_anybody_is_woken() {
    let (world, reactor) = World::with_reactor(Sleep::Jumps);
    let (count, waker) = Count::with_waker();
    let clock = || world.now();
    for leave_permit in [false, true] {
        reactor.insert_timer(world.now() + Duration::from_nanos(10), waker.clone());
        if leave_permit {
            reactor.unpark();
            world.advance_to(world.now() + Duration::from_nanos(10));
        }
        let woken_before = count.get();
        let (mut announced, mut fired_meanwhile) = (0, 0);
        let turn = reactor.park_then(&clock, None, || {
            announced += 1;
            assert_eq!(count.get(), woken_before);
            fired_meanwhile = reactor.try_turn(&clock).expect("no lock is held").timers;
        });
        let fired = fired_meanwhile + turn.timers;
        assert_eq!((announced, fired, turn.unparked), (1, 1, leave_permit));
        assert_eq!(count.get(), woken_before + 1);
    }
}

/// Each side waits for the other's unpark, so one that is lost hangs the test.
#[test]
fn no_unpark_is_lost() {
    const ROUNDS: usize = 20_000;
    let pair: [Arc<Reactor>; 2] =
        std::array::from_fn(|_| Arc::new(Reactor::with_mio().expect("descriptors are left")));
    let ball = AtomicUsize::new(0);
    thread::scope(|scope| {
        for side in 0..2 {
            let (pair, ball) = (&pair, &ball);
            scope.spawn(move || {
                for round in (side..ROUNDS).step_by(2) {
                    while ball.load(Ordering::Acquire) != round {
                        let _ = pair[side].park(&|| at(0), None);
                    }
                    ball.store(round + 1, Ordering::Release);
                    pair[1 - side].unpark();
                }
            });
        }
    });
    assert_eq!(ball.into_inner(), ROUNDS);
}

/// The only thing that can wake the owner is the timer just inserted by another thread.
#[test]
fn no_timer_inserted_from_elsewhere_is_missed() {
    const ROUNDS: usize = 5_000;
    let reactor = Reactor::with_mio().expect("descriptors are left");
    let start = std::time::Instant::now();
    let clock = || at(0) + start.elapsed();
    let (count, waker) = Count::with_waker();
    thread::scope(|scope| {
        scope.spawn(|| {
            for round in 0..ROUNDS {
                reactor.insert_timer(clock(), waker.clone());
                while count.get() == round {
                    thread::yield_now();
                }
            }
        });
        while count.get() < ROUNDS {
            let _ = reactor.park(&clock, None);
        }
    });
    assert_eq!(reactor.timer_count(), 0);
}
