//! What a failing operating system does to the reactor.

use crate::support::{Count, FakeSource, Sleep, World, at};
use mio::Interest;
use std::io::ErrorKind;
use std::panic::{AssertUnwindSafe, catch_unwind};

#[test]
fn an_interrupted_sleep_is_an_empty_turn() {
    let (world, reactor) = World::with_reactor(Sleep::Jumps);
    let (count, waker) = Count::with_waker();
    reactor.insert_timer(at(10), waker);
    world.state().fault = Some(ErrorKind::Interrupted);
    assert_eq!(reactor.park(&|| world.now(), None), graph_runtime_reactor::Turn::default());
    assert_eq!(reactor.park(&|| world.now(), None).timers, 1);
    assert_eq!(count.get(), 1);
}

#[test]
fn any_other_failure_to_wait_panics_and_says_why() {
    let (world, reactor) = World::with_reactor(Sleep::Jumps);
    world.state().fault = Some(ErrorKind::PermissionDenied);
    let panic = catch_unwind(AssertUnwindSafe(|| reactor.park(&|| world.now(), None)));
    let message = *panic.expect_err("it panics").downcast::<String>().expect("a message");
    assert!(message.contains("cannot wait: permission denied"), "{message}");
}

#[test]
fn a_refused_registration_leaves_nothing_behind() {
    let (world, reactor) = World::with_reactor(Sleep::Jumps);
    world.state().fault = Some(ErrorKind::AlreadyExists);
    let error = reactor.register(&mut FakeSource, Interest::READABLE).expect_err("it was refused");
    assert_eq!(error.kind(), ErrorKind::AlreadyExists);
    reactor.register(&mut FakeSource, Interest::READABLE).expect("there is room");
    let token = world.state().tokens[0].0;
    assert_eq!(token & 0xFFFF, 0, "the place is used again");
}
