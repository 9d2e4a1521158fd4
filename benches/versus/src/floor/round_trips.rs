//! A blocking client with one connection.

use super::message::{BYTES, message};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

const WARM_UP: Duration = Duration::from_millis(100);
const MEASURED: Duration = Duration::from_millis(500);

/// The mean time from sending a message to having its echo.
///
/// # Panics
///
/// If the connection fails or an echo is wrong.
pub fn mean(server: SocketAddr) -> Duration {
    let mut stream = TcpStream::connect(server).expect("the server listens");
    stream.set_nodelay(true).expect("TCP has no-delay");
    trips(&mut stream, WARM_UP);
    trips(&mut stream, MEASURED)
}

fn trips(stream: &mut TcpStream, duration: Duration) -> Duration {
    let start = Instant::now();
    for number in 1.. {
        let sent = message(0, number);
        stream.write_all(&sent).expect("the server reads");
        let mut echo = [0; BYTES];
        stream.read_exact(&mut echo).expect("the server answers");
        assert_eq!(echo, sent, "the echo is what was sent");
        let elapsed = start.elapsed();
        if elapsed >= duration {
            return elapsed.div_f64(number as f64);
        }
    }
    unreachable!("it counts for ever")
}
