//! Timers that their owner is late with: somebody else fires them, whatever the owner does.

use crate::support::{Count, Sleep, World, at};
use graph_runtime_reactor::Turn;
use std::thread;

#[test]
fn a_helper_fires_what_is_due_once_something_is_overdue() {
    let (world, reactor) = World::with_reactor(Sleep::Holds);
    let (count, waker) = Count::with_waker();
    for deadline in [100, 200, 900] {
        reactor.insert_timer(at(deadline), waker.clone());
    }
    world.advance_to(at(250));
    let clock = || world.now();
    assert_eq!(reactor.expire_overdue(&clock, at(99)), Turn::default(), "within its patience");
    assert_eq!(reactor.expire_overdue(&clock, at(100)).timers, 2);
    assert_eq!(count.get(), 2);
    assert_eq!(reactor.expire_overdue(&clock, at(250)), Turn::default(), "nothing is left");
    assert!(world.state().limits.is_empty(), "the driver is not asked");
}

#[test]
fn a_sleeping_owner_is_helped_too() {
    let (world, reactor) = World::with_reactor(Sleep::Holds);
    let (count, waker) = Count::with_waker();
    thread::scope(|scope| {
        let owner = scope.spawn(|| reactor.park(&|| world.now(), None));
        world.until_asleep();
        // The owner's sleep has no end, so this wakes it; to the helper that makes no difference.
        reactor.insert_timer(at(0), waker);
        let helped = reactor.expire_overdue(&|| world.now(), at(0)).timers;
        let own = owner.join().expect("park returns").timers;
        assert_eq!(helped + own, 1, "fired once, by one of them");
    });
    assert_eq!(count.get(), 1);
}

#[test]
fn a_cancelled_timer_is_overdue_at_most_once() {
    let (world, reactor) = World::with_reactor(Sleep::Holds);
    let (count, waker) = Count::with_waker();
    let key = reactor.insert_timer(at(100), waker.clone());
    reactor.insert_timer(at(900), waker);
    assert!(reactor.cancel_timer(key));
    world.advance_to(at(500));
    assert_eq!(reactor.expire_overdue(&|| world.now(), at(500)).timers, 0);
    assert_eq!(reactor.next_expiry(), Some(at(900)));
    assert_eq!(count.get(), 0);
}

#[test]
fn the_moment_everything_has_fired_up_to_follows_the_clock() {
    let (world, reactor) = World::with_reactor(Sleep::Holds);
    let (_, waker) = Count::with_waker();
    assert_eq!(reactor.expired_through(), at(0));
    reactor.insert_timer(at(100), waker.clone());
    assert_eq!(reactor.expired_through(), at(0), "a new timer changes nothing");
    world.advance_to(at(70));
    let _ = reactor.try_turn(&|| world.now());
    assert_eq!(reactor.expired_through(), at(70));
    world.advance_to(at(60));
    let _ = reactor.try_turn(&|| world.now());
    assert_eq!(reactor.expired_through(), at(70), "it never goes back");
    reactor.insert_timer(at(u64::MAX), waker);
    reactor.close();
    assert_eq!(reactor.expired_through(), at(70), "closing is not the end of time");
}

#[test]
fn a_turn_cut_short_does_not_claim_what_it_left() {
    const TIMERS: usize = 10_000;
    let (world, reactor) = World::with_reactor(Sleep::Holds);
    let (count, waker) = Count::with_waker();
    for _ in 0..TIMERS {
        reactor.insert_timer(at(5), waker.clone());
    }
    world.advance_to(at(9));
    while count.get() < TIMERS {
        let before = count.get();
        assert!(reactor.expired_through() < at(5), "{before} of {TIMERS} have fired");
        let _ = reactor.try_turn(&|| world.now());
    }
    assert_eq!(reactor.expired_through(), at(9));
}
