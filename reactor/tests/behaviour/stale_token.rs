//! An event that comes after its source was deregistered reaches nobody else.

use crate::support::{Count, FakeSource, Sleep, World, at};
use graph_runtime_reactor::{Direction, ReactorError, Ready};
use mio::Interest;
use std::sync::Arc;
use std::task::Context;

#[test]
fn the_next_tenant_does_not_see_a_late_event() {
    let (world, reactor) = World::with_reactor(Sleep::Jumps);
    let old = reactor.register(&mut FakeSource, Interest::READABLE).expect("there is room");
    reactor.deregister(&mut FakeSource, &old).expect("it was registered");
    let new = reactor.register(&mut FakeSource, Interest::READABLE).expect("there is room");
    let (count, waker) = Count::with_waker();
    let mut cx = Context::from_waker(&waker);
    assert!(new.poll_ready(&mut cx, Direction::Read).is_pending());
    let tokens = world.state().tokens.clone();
    assert_ne!(tokens[0], tokens[1]);

    world.make_ready(tokens[0], Ready::READABLE);
    world.make_ready(mio::Token(12_345), Ready::READABLE);
    assert_eq!(reactor.park(&|| world.now(), Some(at(5))).io_events, 0);
    assert!(new.poll_ready(&mut cx, Direction::Read).is_pending());

    world.make_ready(tokens[1], Ready::READABLE);
    assert_eq!(reactor.park(&|| world.now(), Some(at(5))).io_events, 1);
    assert!(new.poll_ready(&mut cx, Direction::Read).is_ready());
    assert_eq!(count.get(), 1);
}

#[test]
fn deregistering_wakes_who_waits_and_frees_the_source() {
    let (_world, reactor) = World::with_reactor(Sleep::Jumps);
    let io = reactor.register(&mut FakeSource, Interest::READABLE).expect("there is room");
    let (count, waker) = Count::with_waker();
    let mut cx = Context::from_waker(&waker);
    assert!(io.poll_ready(&mut cx, Direction::Read).is_pending());
    reactor.deregister(&mut FakeSource, &io).expect("it was registered");
    assert_eq!(count.get(), 1);
    assert_eq!(Arc::strong_count(&io), 1);
    let error = reactor.deregister(&mut FakeSource, &io).expect_err("only once");
    let error = error.downcast::<ReactorError>().expect("a refusal of the reactor's own");
    assert!(error.is_not_registered());
}

#[test]
fn a_source_of_another_reactor_is_refused() {
    let ((_, here), (_, there)) =
        (World::with_reactor(Sleep::Jumps), World::with_reactor(Sleep::Jumps));
    let mine = here.register(&mut FakeSource, Interest::READABLE).expect("there is room");
    let theirs = there.register(&mut FakeSource, Interest::READABLE).expect("there is room");
    assert!(here.deregister(&mut FakeSource, &theirs).is_err());
    assert!(here.deregister(&mut FakeSource, &mine).is_ok(), "it was left in place");
}
