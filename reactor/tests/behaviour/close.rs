//! After `close` nobody waits in vain, and dropping the reactor gives everything back.

use crate::support::{Count, FakeSource, Sleep, World, at};
use graph_runtime_reactor::{Direction, Reactor, ReactorError};
use mio::Interest;
use mio::net::UnixStream;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::thread;

#[test]
fn everybody_is_woken_and_told() {
    let (_world, reactor) = World::with_reactor(Sleep::Jumps);
    let (count, waker) = Count::with_waker();
    let mut cx = Context::from_waker(&waker);
    let io = reactor.register(&mut FakeSource, Interest::READABLE).expect("there is room");
    assert!(io.poll_ready(&mut cx, Direction::Read).is_pending());
    assert!(io.poll_ready(&mut cx, Direction::Write).is_pending());
    let key = reactor.insert_timer(at(1 << 50), waker.clone());
    assert!(!reactor.is_closed());

    reactor.close();
    reactor.close();
    assert!(reactor.is_closed());
    assert_eq!(count.get(), 3);
    assert!(!reactor.update_timer(key, &waker));
    for direction in [Direction::Read, Direction::Write] {
        let Poll::Ready(event) = io.poll_ready(&mut cx, direction) else {
            panic!("it would wait for ever");
        };
        assert!(event.is_shutdown());
        io.clear_readiness(event);
        assert!(io.poll_ready(&mut cx, direction).is_ready(), "shutdown is never taken back");
    }
    reactor.deregister(&mut FakeSource, &io).expect("dropping a socket late is no mistake");
}

#[test]
fn a_sleeping_owner_wakes_up() {
    let (world, reactor) = World::with_reactor(Sleep::Holds);
    thread::scope(|scope| {
        let owner = scope.spawn(|| reactor.park(&|| world.now(), None));
        world.until_asleep();
        reactor.close();
        assert!(owner.join().expect("park returns").unparked);
    });
}

#[test]
fn nothing_new_is_taken() {
    let (world, reactor) = World::with_reactor(Sleep::Jumps);
    let (count, waker) = Count::with_waker();
    reactor.close();
    let key = reactor.insert_timer(at(5), waker);
    assert_eq!(Arc::strong_count(&count), 1, "its waker is gone");
    assert!(!reactor.cancel_timer(key));
    let turn = reactor.park(&|| world.now(), Some(at(10)));
    assert_eq!((turn.timers, count.get()), (0, 0));

    let error = reactor.register(&mut FakeSource, Interest::READABLE).expect_err("it is closed");
    let error = error.downcast::<ReactorError>().expect("a refusal of the reactor's own");
    assert!(error.is_closed());
}

#[test]
fn many_timers_are_all_woken() {
    const TIMERS: usize = 3_000;
    let (_world, reactor) = World::with_reactor(Sleep::Jumps);
    let (count, waker) = Count::with_waker();
    for n in 0..TIMERS {
        reactor.insert_timer(at(n as u64 * 1_000_000_007), waker.clone());
    }
    reactor.close();
    assert_eq!((count.get(), reactor.timer_count()), (TIMERS, 0));
}

#[test]
fn dropping_it_lets_go_of_wakers_and_sources() {
    let reactor = Reactor::with_mio().expect("descriptors are left");
    let (mut here, _there) = UnixStream::pair().expect("descriptors are left");
    let (count, waker) = Count::with_waker();
    let io = reactor.register(&mut here, Interest::READABLE).expect("a fresh socket");
    assert!(io.poll_ready(&mut Context::from_waker(&waker), Direction::Read).is_pending());
    reactor.insert_timer(at(1 << 60), waker);
    assert_eq!(Arc::strong_count(&count), 3);
    drop(reactor);
    assert_eq!(Arc::strong_count(&io), 1);
    drop(io);
    assert_eq!(Arc::strong_count(&count), 1);
}
