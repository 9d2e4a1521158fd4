//! A client with many connections: one thread, one bare epoll loop, one message under way on each
//! connection.

use super::message::{BYTES, Message, message};
use super::poller::{Epoll, Poller};
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

const WARM_UP: Duration = Duration::from_millis(200);
const MEASURED: Duration = Duration::from_millis(500);

/// Echoes per second.
///
/// # Panics
///
/// If a connection fails, an echo is wrong, or a connection is never served.
pub fn rate(server: SocketAddr, connections: usize) -> f64 {
    let epoll = Epoll::new().expect("the system has epoll");
    let connect = |index| Connection::open(server, index, &epoll);
    let mut connections: Vec<_> = (0..connections).map(connect).collect();
    let mut poller = Poller::new(epoll);
    for connection in &mut connections {
        connection.send_next();
    }
    exchange(&mut poller, &mut connections, WARM_UP);
    let start = Instant::now();
    let echoes = exchange(&mut poller, &mut connections, MEASURED);
    let rate = echoes as f64 / start.elapsed().as_secs_f64();
    assert!(connections.iter().all(|it| it.number > 1), "every connection is served");
    rate
}

fn exchange(poller: &mut Poller, connections: &mut [Connection], duration: Duration) -> u64 {
    let (start, mut echoes) = (Instant::now(), 0);
    while start.elapsed() < duration {
        for key in poller.wait().expect("epoll works") {
            echoes += u64::from(connections[key].receive());
        }
    }
    echoes
}

struct Connection {
    stream: TcpStream,
    index: usize,
    /// Of the message under way.
    number: u64,
    echo: Message,
    received: usize,
}

impl Connection {
    fn open(server: SocketAddr, index: usize, epoll: &Epoll) -> Self {
        let stream = TcpStream::connect(server).expect("the server listens");
        stream.set_nodelay(true).expect("TCP has no-delay");
        stream.set_nonblocking(true).expect("sockets can be non-blocking");
        epoll.add(&stream, index).expect("epoll takes the socket");
        Self { stream, index, number: 0, echo: [0; BYTES], received: 0 }
    }

    fn send_next(&mut self) {
        self.number += 1;
        self.received = 0;
        // One small message per connection is under way: it always fits the socket's buffer.
        self.stream.write_all(&message(self.index, self.number)).expect("the server reads");
    }

    /// Reads what there is; if that is the whole echo, sends the next message.
    fn receive(&mut self) -> bool {
        match self.stream.read(&mut self.echo[self.received..]) {
            Ok(0) => panic!("the server closed a connection"),
            Ok(length) => self.received += length,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return false,
            Err(error) => panic!("reading an echo: {error}"),
        }
        if self.received < BYTES {
            return false;
        }
        assert_eq!(self.echo, message(self.index, self.number), "the echo is what was sent");
        self.send_next();
        true
    }
}
