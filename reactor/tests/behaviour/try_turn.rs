//! A reactor served by others: only while its owner is not in it, and then completely.

use crate::support::{Count, FakeSource, Sleep, World, at};
use graph_runtime_reactor::{Direction, Ready, WaitLimit};
use mio::Interest;
use std::task::Context;
use std::thread;

#[test]
fn the_reactor_of_a_stuck_owner_can_be_served() {
    let (world, reactor) = World::with_reactor(Sleep::Holds);
    let (count, waker) = Count::with_waker();
    let io = reactor.register(&mut FakeSource, Interest::READABLE).expect("there is room");
    assert!(io.poll_ready(&mut Context::from_waker(&waker), Direction::Read).is_pending());
    reactor.insert_timer(at(100), waker.clone());
    reactor.insert_timer(at(900), waker);
    let token = world.state().tokens[0];
    world.make_ready(token, Ready::READABLE);
    world.advance_to(at(500));

    let turn = reactor.try_turn(&|| world.now()).expect("the owner is not in the reactor");
    assert_eq!((turn.io_events, turn.timers, turn.woken), (1, 1, 2));
    assert_eq!(count.get(), 2);
    assert_eq!(world.state().limits, [WaitLimit::Zero]);
    assert_eq!(reactor.next_expiry(), Some(at(900)));
}

#[test]
fn a_helper_leaves_a_sleeping_owner_alone_and_takes_no_permit() {
    let (world, reactor) = World::with_reactor(Sleep::Holds);
    thread::scope(|scope| {
        let owner = scope.spawn(|| reactor.park(&|| world.now(), None));
        world.until_asleep();
        assert_eq!(reactor.try_turn(&|| world.now()), None, "the owner sleeps in it");
        reactor.unpark();
        assert!(owner.join().expect("park returns").unparked);
    });
    reactor.unpark();
    let turn = reactor.try_turn(&|| world.now()).expect("the owner is not in the reactor");
    assert!(!turn.unparked);
    assert!(reactor.park(&|| world.now(), None).unparked, "the permit is the owner's");
}

#[test]
fn a_deadline_that_a_helper_served_does_not_wake_the_owner_again() {
    let (world, reactor) = World::with_reactor(Sleep::Jumps);
    let (count, waker) = Count::with_waker();
    reactor.insert_timer(at(100), waker.clone());
    reactor.insert_timer(at(200), waker);
    world.advance_to(at(100));
    assert_eq!(reactor.try_turn(&|| world.now()).map(|turn| turn.timers), Some(1));
    assert_eq!(reactor.park(&|| world.now(), None).timers, 1);
    let limits = [WaitLimit::Zero, WaitLimit::Until { now: at(100), deadline: at(200) }];
    assert_eq!(world.state().limits, limits);
    assert_eq!(count.get(), 2);
}
