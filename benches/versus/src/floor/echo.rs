//! The floor: an echo server of bare epoll loops, one a thread, that shares nothing.

use super::poller::{Epoll, Poller};
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

const BUFFER_BYTES: usize = 4096;

/// Starts the server on `threads` threads, which end with the process, and one more that accepts
/// and deals the connections out in turn.
///
/// # Panics
///
/// If the system refuses sockets.
pub fn serve(threads: usize) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let lanes: Vec<_> = (0..threads).map(|_| start_lane()).collect();
    thread::spawn(move || {
        for lane in lanes.iter().cycle() {
            let (stream, _) = listener.accept().expect("the system accepts");
            stream.set_nonblocking(true).expect("sockets can be non-blocking");
            lane.take(stream);
        }
    });
    address
}

/// How the accepting thread hands a connection to a loop.
struct Lane {
    epoll: Epoll,
    streams: Sender<Arc<TcpStream>>,
}

impl Lane {
    fn take(&self, stream: TcpStream) {
        let stream = Arc::new(stream);
        self.streams.send(Arc::clone(&stream)).expect("the loop runs for ever");
        // Only now: the loop finds the stream when it hears of its key.
        self.epoll.add(&*stream, key_of(&stream)).expect("epoll takes the socket");
    }
}

fn start_lane() -> Lane {
    let epoll = Epoll::new().expect("the system has epoll");
    let waited_on = epoll.try_clone().expect("descriptors are left");
    let (streams, accepted) = channel();
    thread::spawn(move || echo_all(Poller::new(waited_on), &accepted));
    Lane { epoll, streams }
}

/// A stream's place in the loop's table.
fn key_of(stream: &TcpStream) -> usize {
    usize::try_from(stream.as_raw_fd()).expect("descriptors are not negative")
}

fn echo_all(mut poller: Poller, accepted: &Receiver<Arc<TcpStream>>) {
    let mut streams: Vec<Option<Arc<TcpStream>>> = Vec::new();
    let mut buffer = [0; BUFFER_BYTES];
    loop {
        for key in poller.wait().expect("epoll works") {
            while streams.get(key).is_none_or(Option::is_none) {
                let stream = accepted.recv().expect("the accepting thread runs for ever");
                let place = key_of(&stream);
                streams.resize_with(streams.len().max(place + 1), || None);
                streams[place] = Some(stream);
            }
            let stream = streams[key].as_deref().expect("it was put there above");
            if !echo(stream, &mut buffer) {
                streams[key] = None;
            }
        }
    }
}

/// Echoes what there is; false when the connection has ended. The client checks every echo, so an
/// error here needs no report: it would miss its answer.
fn echo(mut stream: &TcpStream, buffer: &mut [u8]) -> bool {
    match stream.read(buffer) {
        Ok(0) => false,
        Ok(length) => stream.write_all(&buffer[..length]).is_ok(),
        Err(error) => error.kind() == ErrorKind::WouldBlock,
    }
}
