//! A source that moves to another reactor keeps its waiters and loses no edge.

use crate::support::at;
use graph_runtime_reactor::{Direction, IoSource, Reactor};
use mio::Interest;
use mio::unix::SourceFd;
use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

struct Moving {
    reactors: [Reactor; 2],
    here: UnixStream,
    there: UnixStream,
    io: Arc<IoSource>,
    wakes: Arc<Wakes>,
}

impl Moving {
    /// A socket that the first reactor watches.
    fn new() -> Self {
        let reactors = [(); 2].map(|()| Reactor::with_mio().expect("there are descriptors"));
        let (here, there) = UnixStream::pair().expect("there are descriptors");
        here.set_nonblocking(true).expect("a socket can be non-blocking");
        let io = reactors[0]
            .register(&mut SourceFd(&here.as_raw_fd()), Interest::READABLE)
            .expect("it is new");
        Self { reactors, here, there, io, wakes: Arc::default() }
    }

    fn move_over(&self) {
        let [from, to] = &self.reactors;
        let mut source = SourceFd(&self.here.as_raw_fd());
        from.move_to(to, &mut source, &self.io, Interest::READABLE).expect("both are open");
    }

    fn poll(&self) -> Poll<()> {
        let waker = Waker::from(Arc::clone(&self.wakes));
        self.io.poll_ready(&mut Context::from_waker(&waker), Direction::Read).map(|_| ())
    }

    /// How many events a turn of a reactor brings.
    fn events(&self, reactor: usize) -> usize {
        self.reactors[reactor].try_turn(&|| at(0)).expect("nobody sleeps in it").io_events
    }

    fn woken(&self) -> usize {
        self.wakes.0.load(Ordering::SeqCst)
    }
}

#[test]
fn who_waits_is_woken_by_the_new_reactor() {
    let moving = Moving::new();
    assert!(moving.poll().is_pending());
    moving.move_over();
    assert_eq!(moving.woken(), 0, "it goes on waiting");
    (&moving.there).write_all(b"x").unwrap();
    assert_eq!(moving.events(0), 0, "the old one has let go");
    assert_eq!(moving.events(1), 1);
    assert_eq!(moving.woken(), 1);
    assert!(moving.poll().is_ready());
}

#[test]
fn an_edge_that_the_old_reactor_has_not_reported_is_not_lost() {
    let moving = Moving::new();
    assert!(moving.poll().is_pending());
    (&moving.there).write_all(b"x").unwrap();
    moving.move_over();
    assert_eq!(moving.events(1), 1);
    assert_eq!(moving.woken(), 1);
    assert_eq!((&moving.here).read(&mut [0; 8]).unwrap(), 1);
}

#[test]
fn it_is_deregistered_where_it_is() {
    let moving = Moving::new();
    moving.move_over();
    let mut source = SourceFd(&moving.here.as_raw_fd());
    assert!(moving.reactors[0].deregister(&mut source, &moving.io).is_err());
    assert!(moving.reactors[1].deregister(&mut source, &moving.io).is_ok());
}

#[test]
fn a_closed_reactor_takes_nothing_over() {
    let moving = Moving::new();
    assert!(moving.poll().is_pending());
    moving.reactors[1].close();
    let [from, to] = &moving.reactors;
    let mut source = SourceFd(&moving.here.as_raw_fd());
    assert!(from.move_to(to, &mut source, &moving.io, Interest::READABLE).is_err());
    (&moving.there).write_all(b"x").unwrap();
    assert_eq!(moving.events(0), 1, "it has stayed");
    assert_eq!(moving.woken(), 1);
}
