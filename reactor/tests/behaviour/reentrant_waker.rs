//! Wakers are called and dropped under no lock, so they may use the reactor. A lock held by
//! mistake would deadlock these tests.

use crate::support::{FakeSource, Sleep, World, at, hook};
use graph_runtime_reactor::{Direction, Reactor};
use mio::Interest;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Waker};

/// Uses every door of the reactor that takes a lock, and counts.
fn use_reactor(reactor: &Reactor, uses: &AtomicUsize) {
    let key = reactor.insert_timer(at(1 << 40), Waker::noop().clone());
    assert!(reactor.update_timer(key, Waker::noop()));
    assert!(reactor.cancel_timer(key));
    let io = reactor.register(&mut FakeSource, Interest::READABLE).expect("there is room");
    let mut cx = Context::from_waker(Waker::noop());
    assert!(io.poll_ready(&mut cx, Direction::Read).is_pending());
    reactor.deregister(&mut FakeSource, &io).expect("it was registered");
    assert!(reactor.try_turn(&|| at(0)).is_some(), "nobody is in the reactor");
    uses.fetch_add(1, Ordering::SeqCst);
}

/// A reactor, a counter, and a waker that uses the reactor when it is woken and when dropped.
fn setup() -> (Arc<World>, Arc<Reactor>, Arc<AtomicUsize>, Waker) {
    let (world, reactor) = World::with_reactor(Sleep::Jumps);
    let uses = Arc::new(AtomicUsize::new(0));
    let [on_wake, on_drop] = [(); 2].map(|()| {
        let (reactor, uses) = (Arc::downgrade(&reactor), Arc::clone(&uses));
        move || use_reactor(&reactor.upgrade().expect("the test holds it"), &uses)
    });
    (world, reactor, uses, hook(on_wake, on_drop))
}

#[test]
fn a_timers_waker_may_use_the_reactor() {
    let (world, reactor, uses, waker) = setup();
    reactor.insert_timer(at(10), waker);
    assert_eq!(reactor.park(&|| world.now(), None).woken, 1);
    assert_eq!(uses.load(Ordering::SeqCst), 2, "once woken, once dropped");
}

#[test]
fn a_sources_waker_may_use_the_reactor() {
    let (world, reactor, uses, waker) = setup();
    let io = reactor.register(&mut FakeSource, Interest::READABLE).expect("there is room");
    let token = world.state().tokens[0];
    assert!(io.poll_ready(&mut Context::from_waker(&waker), Direction::Read).is_pending());
    drop(waker);
    world.make_ready(token, graph_runtime_reactor::Ready::READABLE);
    assert_eq!(reactor.park(&|| world.now(), None).woken, 1);
    assert_eq!(uses.load(Ordering::SeqCst), 2, "once woken, once dropped");
}

#[test]
fn a_cancelled_timers_waker_is_dropped_outside_the_lock() {
    let (_world, reactor, uses, waker) = setup();
    let key = reactor.insert_timer(at(10), waker);
    assert!(reactor.cancel_timer(key));
    assert_eq!(uses.load(Ordering::SeqCst), 1);
}

#[test]
fn a_replaced_waker_is_dropped_outside_the_lock() {
    let (_world, reactor, uses, waker) = setup();
    let key = reactor.insert_timer(at(10), waker);
    assert!(reactor.update_timer(key, Waker::noop()));
    assert_eq!(uses.load(Ordering::SeqCst), 1);

    let (_world, reactor, uses, waker) = setup();
    let io = reactor.register(&mut FakeSource, Interest::WRITABLE).expect("there is room");
    assert!(io.poll_ready(&mut Context::from_waker(&waker), Direction::Write).is_pending());
    drop(waker);
    let mut cx = Context::from_waker(Waker::noop());
    assert!(io.poll_ready(&mut cx, Direction::Write).is_pending());
    assert_eq!(uses.load(Ordering::SeqCst), 1);
}

#[test]
fn a_waker_that_sets_timers_in_the_past_does_not_hold_the_turn_for_ever() {
    let (world, reactor) = World::with_reactor(Sleep::Jumps);
    fn again(reactor: Arc<Reactor>) -> Waker {
        let next = Arc::clone(&reactor);
        hook(
            move || {
                next.insert_timer(at(0), again(Arc::clone(&next)));
            },
            || {},
        )
    }
    for _ in 0..1_000 {
        reactor.insert_timer(at(0), again(Arc::clone(&reactor)));
    }
    let turn = reactor.park(&|| world.now(), None);
    assert!(turn.timers >= 1_000);
    assert_eq!(reactor.timer_count(), 1_000);
    reactor.close();
}
