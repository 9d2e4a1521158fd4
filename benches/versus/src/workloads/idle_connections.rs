//! What a server costs that has nothing to do: CPU time and wake-ups with ten silent connections.

use super::serve;
use crate::measure::process;
use crate::peers::{Figures, Peer};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

const CONNECTIONS: usize = 10;
/// For the workers to find out that there is nothing to do.
const SETTLING: Duration = Duration::from_millis(500);
const MEASURED: Duration = Duration::from_secs(5);

/// Gives the CPU time in microseconds, and how often a thread gave up a CPU, of all threads but the
/// one that measures.
///
/// # Errors
///
/// Never.
pub fn run<P: Peer>(peer: &P) -> Figures {
    Ok(serve::against(peer, watch))
}

fn watch(server: SocketAddr) -> Vec<f64> {
    let connections: Vec<_> = (0..CONNECTIONS).map(|_| use_once(server)).collect();
    thread::sleep(SETTLING);
    let switches = process::switches_of_other_threads();
    let cpu = process::cpu_time_of_other_threads();
    thread::sleep(MEASURED);
    let cpu = process::cpu_time_of_other_threads().saturating_sub(cpu);
    let switches = process::switches_of_other_threads() - switches;
    drop(connections);
    vec![cpu.as_secs_f64() * 1e6, switches as f64]
}

/// A connection that works, so that the server is in the middle of serving it.
fn use_once(server: SocketAddr) -> TcpStream {
    let mut stream = TcpStream::connect(server).expect("the server listens");
    stream.write_all(b"ping").expect("the server reads");
    let mut echo = [0; 4];
    stream.read_exact(&mut echo).expect("the server answers");
    assert_eq!(&echo, b"ping", "the echo is what was sent");
    stream
}
