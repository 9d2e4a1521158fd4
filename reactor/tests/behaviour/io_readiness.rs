//! Readiness of real sockets, and of scripted ones where the order of events matters.

use crate::support::{Count, FakeSource, Sleep, World, at};
use graph_runtime_reactor::{Direction, IoSource, Reactor, Ready, ReadyEvent};
use mio::Interest;
use mio::net::UnixStream;
use std::io::{ErrorKind, Read, Write};
use std::task::{Context, Poll, Waker};

const BOTH: Interest = Interest::READABLE.add(Interest::WRITABLE);

/// Parks until the source is ready in `direction`.
fn block_on(reactor: &Reactor, io: &IoSource, direction: Direction) -> ReadyEvent {
    let mut cx = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(event) = io.poll_ready(&mut cx, direction) {
            return event;
        }
        let _ = reactor.park(&|| at(0), None);
    }
}

#[test]
fn bytes_travel_through_a_real_socket_pair() {
    let reactor = Reactor::with_mio().expect("descriptors are left");
    let (mut here, mut there) = UnixStream::pair().expect("descriptors are left");
    let io = reactor.register(&mut here, BOTH).expect("a fresh socket");
    assert!(block_on(&reactor, &io, Direction::Write).ready().intersects(Ready::WRITABLE));
    let mut buffer = [0; 16];
    for round in 0..100u8 {
        there.write_all(&[round]).expect("there is room for a byte");
        loop {
            let event = block_on(&reactor, &io, Direction::Read);
            match here.read(&mut buffer) {
                Ok(read) => break assert_eq!(buffer[..read], [round]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => io.clear_readiness(event),
                Err(error) => panic!("{error}"),
            }
        }
    }
    reactor.deregister(&mut here, &io).expect("it was registered");
}

#[test]
fn a_closed_peer_makes_both_directions_ready_for_good() {
    let reactor = Reactor::with_mio().expect("descriptors are left");
    let (mut here, there) = UnixStream::pair().expect("descriptors are left");
    let io = reactor.register(&mut here, BOTH).expect("a fresh socket");
    drop(there);
    for direction in [Direction::Read, Direction::Write] {
        let event = block_on(&reactor, &io, direction);
        assert!(event.is_closed() && !event.is_shutdown(), "{event:?}");
        io.clear_readiness(event);
        assert!(block_on(&reactor, &io, direction).is_closed(), "closing is never taken back");
    }
}

/// A source in a scripted world, and a way to make it ready.
struct Scripted {
    world: std::sync::Arc<World>,
    reactor: std::sync::Arc<Reactor>,
    io: std::sync::Arc<IoSource>,
}

impl Scripted {
    fn new() -> Self {
        let (world, reactor) = World::with_reactor(Sleep::Jumps);
        let io = reactor.register(&mut FakeSource, BOTH).expect("there is room");
        Self { world, reactor, io }
    }

    fn event(&self, ready: Ready) {
        let token = self.world.state().tokens[0];
        self.world.make_ready(token, ready);
        let turn = self.reactor.park(&|| self.world.now(), None);
        assert_eq!(turn.io_events, 1);
    }

    fn poll(&self, direction: impl Into<Ready>, waker: &Waker) -> Option<ReadyEvent> {
        match self.io.poll_ready(&mut Context::from_waker(waker), direction) {
            Poll::Ready(event) => Some(event),
            Poll::Pending => None,
        }
    }
}

#[test]
fn clearing_waits_for_the_next_edge() {
    let scripted = Scripted::new();
    let (count, waker) = Count::with_waker();
    assert_eq!(scripted.poll(Direction::Read, &waker), None);
    scripted.event(Ready::READABLE);
    assert_eq!(count.get(), 1);
    let event = scripted.poll(Direction::Read, &waker).expect("readable");
    scripted.io.clear_readiness(event);
    assert_eq!(scripted.poll(Direction::Read, &waker), None);
    scripted.event(Ready::READABLE);
    assert_eq!(count.get(), 2);
}

#[test]
fn clearing_does_not_take_back_a_newer_edge() {
    let scripted = Scripted::new();
    scripted.event(Ready::READABLE);
    let stale = scripted.poll(Direction::Read, Waker::noop()).expect("readable");
    scripted.event(Ready::READABLE);
    scripted.io.clear_readiness(stale);
    assert!(scripted.poll(Direction::Read, Waker::noop()).is_some());
}

#[test]
fn the_directions_are_independent() {
    let scripted = Scripted::new();
    let ((reader, read_waker), (writer, write_waker)) = (Count::with_waker(), Count::with_waker());
    assert_eq!(scripted.poll(Direction::Read, &read_waker), None);
    assert_eq!(scripted.poll(Direction::Write, &write_waker), None);
    scripted.event(Ready::WRITABLE);
    assert_eq!((reader.get(), writer.get()), (0, 1));
    let event = scripted.poll(Direction::Write, &write_waker).expect("writable");
    scripted.event(Ready::READABLE);
    assert_eq!((reader.get(), writer.get()), (1, 1));
    scripted.io.clear_readiness(event);
    assert!(scripted.poll(Direction::Read, &read_waker).is_some());
}

#[test]
fn a_second_waiter_in_a_direction_replaces_the_first() {
    let scripted = Scripted::new();
    let ((first, first_waker), (second, second_waker)) = (Count::with_waker(), Count::with_waker());
    assert_eq!(scripted.poll(Direction::Read, &first_waker), None);
    assert_eq!(scripted.poll(Direction::Read, &second_waker), None);
    scripted.event(Ready::READABLE);
    assert_eq!((first.get(), second.get()), (0, 1));
}

#[test]
fn who_waits_for_either_is_woken_by_either_and_can_leave() {
    let both = Ready::READABLE | Ready::WRITABLE;
    for ready in [Ready::READABLE, Ready::WRITABLE] {
        let scripted = Scripted::new();
        let (count, waker) = Count::with_waker();
        assert_eq!(scripted.poll(both, &waker), None);
        scripted.event(ready);
        assert!(count.get() > 0);
        assert_eq!(scripted.poll(both, &waker).expect("it is ready").ready(), ready);
        let (left, waker) = Count::with_waker();
        let place = scripted.io.new_place();
        let mut cx = Context::from_waker(&waker);
        let never = Ready::PRIORITY | Ready::WRITE_CLOSED;
        assert!(scripted.io.poll_ready_at(&mut cx, never, place).is_pending());
        scripted.io.leave(never, place);
        scripted.event(Ready::PRIORITY | Ready::WRITE_CLOSED);
        assert_eq!(left.get(), 0);
    }
}

#[test]
fn part_of_an_event_is_taken_back_and_what_is_final_stays() {
    let scripted = Scripted::new();
    let all = Ready::READABLE | Ready::READ_CLOSED | Ready::PRIORITY | Ready::ERROR;
    scripted.event(all);
    let event = scripted.poll(all, Waker::noop()).expect("it is ready");
    scripted.io.clear_readiness(event.only(Ready::PRIORITY));
    let left = all.difference(Ready::PRIORITY);
    assert_eq!(scripted.poll(all, Waker::noop()).expect("it is ready").ready(), left);
    scripted.io.clear_readiness(event);
    let left = scripted.poll(all, Waker::noop()).expect("it is closed").ready();
    assert_eq!(left, Ready::READ_CLOSED);
}

/// A reader on another thread waits for every single byte; a lost edge hangs the test.
#[test]
fn no_edge_is_lost_between_threads() {
    const BYTES: usize = 5_000;
    let reactor = Reactor::with_mio().expect("descriptors are left");
    let (mut here, mut there) = UnixStream::pair().expect("descriptors are left");
    let io = reactor.register(&mut here, Interest::READABLE).expect("a fresh socket");
    let (read, echo) = std::sync::mpsc::sync_channel(0);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            for _ in 0..BYTES {
                there.write_all(b"x").expect("there is room for a byte");
                echo.recv().expect("the reader is alive");
            }
        });
        let (mut received, mut buffer) = (0, [0; 8]);
        while received < BYTES {
            let event = block_on(&reactor, &io, Direction::Read);
            match here.read(&mut buffer) {
                Ok(n) => {
                    received += n;
                    read.send(()).expect("the writer is alive");
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => io.clear_readiness(event),
                Err(error) => panic!("{error}"),
            }
        }
    });
}
