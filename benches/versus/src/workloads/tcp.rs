//! TCP echo: both ends of every connection are tasks of the runtime, each connection has one
//! message under way.
//!
//! With the clients outside, threads of theirs would take turns with the workers on the same
//! processors, and the row would measure how the kernel wakes them. Inside, the runtime has all the
//! work, on as many threads as it was given, and so has the floor.

use super::message::{BYTES, message};
use super::serve;
use crate::peers::{Figures, Peer, Stream};
use futures_channel::oneshot;
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Before anything is counted.
pub const WARM_UP: Duration = Duration::from_millis(200);
/// While echoes are counted.
pub const MEASURED: Duration = Duration::from_millis(500);

/// One connection: gives the mean round trip in microseconds.
///
/// # Errors
///
/// Never.
pub fn round_trip<P: Peer>(peer: &P) -> Figures {
    Ok(as_round_trip(exchange(peer, 1)))
}

/// Many connections: gives thousands of echoes per second.
///
/// # Errors
///
/// Never.
pub fn rate<P: Peer>(peer: &P, connections: usize) -> Figures {
    Ok(as_rate(exchange(peer, connections)))
}

/// Echoes per second over one connection as the figure of its row.
pub fn as_round_trip(rate: f64) -> Vec<f64> {
    vec![1e6 / rate]
}

/// Echoes per second over many connections as the figure of their row.
pub fn as_rate(rate: f64) -> Vec<f64> {
    vec![rate / 1e3]
}

/// Connects, and sends small messages at once.
///
/// # Panics
///
/// If nobody listens.
pub fn connect(server: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(server).expect("the server listens");
    stream.set_nodelay(true).expect("TCP has no-delay");
    stream
}

fn exchange<P: Peer>(peer: &P, connections: usize) -> f64 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let server = listener.local_addr().expect("it is bound");
    let (connected, clients) = oneshot::channel();
    thread::spawn(move || {
        let clients: Vec<_> = (0..connections).map(|_| connect(server)).collect();
        connected.send(clients).expect("the runtime waits for them");
    });
    peer.on_worker(async move {
        P::spawn_detached(serve::accept_all::<P>(listener));
        let clients = clients.await.expect("all of them connect");
        count::<P>(clients).await
    })
}

/// Echoes per second of all clients together.
async fn count<P: Peer>(clients: Vec<TcpStream>) -> f64 {
    let phase = Arc::new(Phase::default());
    let mut joins = Vec::new();
    for (index, client) in clients.into_iter().enumerate() {
        joins.push(P::spawn(talk::<P>(client, index, Arc::clone(&phase))));
    }
    P::sleep(WARM_UP).await;
    phase.0.store(Phase::COUNTED, Ordering::Relaxed);
    let start = Instant::now();
    P::sleep(MEASURED).await;
    phase.0.store(Phase::OVER, Ordering::Relaxed);
    let elapsed = start.elapsed();
    let mut echoes = 0;
    for join in joins {
        echoes += join.await;
    }
    echoes as f64 / elapsed.as_secs_f64()
}

/// What the clients are at. Only ever read while they work.
#[derive(Default)]
struct Phase(AtomicU8);

impl Phase {
    const COUNTED: u8 = 1;
    const OVER: u8 = 2;
}

/// One client; how many of its echoes count.
async fn talk<P: Peer>(stream: TcpStream, index: usize, phase: Arc<Phase>) -> u64 {
    let mut stream = StreamOf::<P>::from_std(stream).expect("the runtime takes the stream");
    let mut buffer = Vec::with_capacity(BYTES);
    let (mut counted, mut number) = (0, 0);
    loop {
        number += 1;
        buffer = call(&mut stream, buffer, index, number).await.expect("the server answers");
        match phase.0.load(Ordering::Relaxed) {
            Phase::OVER => break,
            now => counted += u64::from(now == Phase::COUNTED),
        }
    }
    assert!(number > 1, "every connection is served");
    counted
}

type StreamOf<P> = <<P as Peer>::Listener as crate::peers::Listener>::Stream;

/// Sends a message and waits for its echo.
async fn call(
    stream: &mut impl Stream,
    mut buffer: Vec<u8>,
    index: usize,
    number: u64,
) -> io::Result<Vec<u8>> {
    let sent = message(index, number);
    buffer.clear();
    buffer.extend_from_slice(&sent);
    let (written, mut buffer) = stream.write_all(buffer, BYTES).await;
    written?;
    let mut received = 0;
    while received < BYTES {
        let (read, bytes) = stream.read(buffer).await;
        let echo = &bytes[..read?];
        assert!(!echo.is_empty(), "the server stays");
        assert_eq!(sent.get(received..received + echo.len()), Some(echo), "the echo is right");
        received += echo.len();
        buffer = bytes;
    }
    Ok(buffer)
}
