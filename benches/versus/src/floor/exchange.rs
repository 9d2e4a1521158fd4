//! Both ends of every connection on threads that share nothing, each with a bare epoll loop.

use super::poller::{Epoll, Poller};
use crate::workloads::message::{BYTES, Message, message};
use crate::workloads::tcp::{MEASURED, WARM_UP, connect};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

/// Echoes per second over `connections`, dealt out to at most `threads` threads in turn.
///
/// # Panics
///
/// If a connection fails, an echo is wrong, or a connection is never served.
pub fn rate(connections: usize, threads: usize) -> f64 {
    let threads = threads.min(connections);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let mut lanes: Vec<Lane> = (0..threads).map(|_| Lane::default()).collect();
    for number in 0..connections {
        lanes[number % threads].connections.push(Connection::open(number, &listener));
    }
    let start = &Barrier::new(threads);
    thread::scope(|scope| {
        let run = |lane: Lane| scope.spawn(move || lane.run(start));
        let running: Vec<_> = lanes.into_iter().map(run).collect();
        running.into_iter().map(|it| it.join().expect("every echo is right")).sum()
    })
}

/// One thread's connections.
#[derive(Default)]
struct Lane {
    connections: Vec<Connection>,
}

impl Lane {
    /// Echoes per second on this thread.
    fn run(mut self, start: &Barrier) -> f64 {
        let epoll = Epoll::new().expect("the system has epoll");
        for (index, connection) in self.connections.iter_mut().enumerate() {
            epoll.add(&connection.client, 2 * index).expect("epoll takes the socket");
            epoll.add(&connection.server, 2 * index + 1).expect("epoll takes the socket");
            connection.send_next().expect("the socket's buffer is empty");
        }
        let mut poller = Poller::new(epoll);
        start.wait();
        self.exchange(&mut poller, WARM_UP);
        let start = Instant::now();
        let echoes = self.exchange(&mut poller, MEASURED);
        let rate = echoes as f64 / start.elapsed().as_secs_f64();
        assert!(self.connections.iter().all(|it| it.number > 1), "every connection is served");
        rate
    }

    fn exchange(&mut self, poller: &mut Poller, duration: Duration) -> u64 {
        let (start, mut echoes) = (Instant::now(), 0);
        while start.elapsed() < duration {
            for key in poller.wait().expect("epoll works") {
                let connection = &mut self.connections[key / 2];
                let is_server = key % 2 == 1;
                let done = if is_server { connection.serve() } else { connection.receive() };
                echoes += u64::from(done.expect("both ends are here"));
            }
        }
        echoes
    }
}

struct Connection {
    client: TcpStream,
    server: TcpStream,
    index: usize,
    /// Of the message under way.
    number: u64,
    echo: Message,
    received: usize,
}

impl Connection {
    fn open(index: usize, listener: &TcpListener) -> Self {
        let client = connect(listener.local_addr().expect("it is bound"));
        let (server, _) = listener.accept().expect("the system accepts");
        for end in [&client, &server] {
            end.set_nonblocking(true).expect("sockets can be non-blocking");
        }
        Self { client, server, index, number: 0, echo: [0; BYTES], received: 0 }
    }

    /// One small message is under way: it always fits the socket's buffer.
    fn send_next(&mut self) -> io::Result<()> {
        self.number += 1;
        self.received = 0;
        self.client.write_all(&message(self.index, self.number))
    }

    /// Echoes what there is; no echo is done by that.
    fn serve(&mut self) -> io::Result<bool> {
        let mut buffer = [0; 4096];
        let length = read_some(&mut self.server, &mut buffer)?;
        self.server.write_all(&buffer[..length])?;
        Ok(false)
    }

    /// Reads what there is; if that is the whole echo, sends the next message.
    fn receive(&mut self) -> io::Result<bool> {
        self.received += read_some(&mut self.client, &mut self.echo[self.received..])?;
        if self.received < BYTES {
            return Ok(false);
        }
        assert_eq!(self.echo, message(self.index, self.number), "the echo is what was sent");
        self.send_next()?;
        Ok(true)
    }
}

/// Reads what there is, which may be nothing.
fn read_some(stream: &mut TcpStream, buffer: &mut [u8]) -> io::Result<usize> {
    match stream.read(buffer) {
        Ok(0) => Err(ErrorKind::UnexpectedEof.into()),
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(0),
        read => read,
    }
}
