//! Every worker is held up for a second, and timers, an echo and new tasks have to wait.

use super::serve;
use super::tcp::connect;
use crate::peers::{Figures, Missing, Peer};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Barrier, mpsc};
use std::thread;
use std::time::{Duration, Instant};

/// How long a task holds a worker up.
const HELD_UP: Duration = Duration::from_secs(1);
/// From one probe of a kind to the next, whatever became of those before.
const EVERY: Duration = Duration::from_millis(5);
/// Before the first one's time has come all timers are set.
const LEAD: Duration = Duration::from_millis(1);

/// What holds a worker up.
#[derive(Debug, Clone, Copy)]
pub enum Holding {
    /// A sleep of the standard library.
    Sleep,
    /// A computation.
    Compute,
}

impl Holding {
    fn hold(self) {
        let start = Instant::now();
        match self {
            Self::Sleep => thread::sleep(HELD_UP),
            Self::Compute => {
                while start.elapsed() < HELD_UP {
                    std::hint::spin_loop();
                }
            }
        }
    }
}

/// Gives the 99th percentiles of how late timers are, how long an echo takes, and how long a new
/// task waits, in milliseconds, while `per_worker` tasks for each worker hold them up.
///
/// # Errors
///
/// If the peer takes no tasks from outside.
pub fn run<P: Peer>(peer: &P, workers: usize, holding: Holding, per_worker: usize) -> Figures {
    let client = served::<P>(peer);
    let mut joins = hold_up(peer, workers, holding, per_worker)?;
    let start = Instant::now() + LEAD;
    let count = (HELD_UP.as_micros() / EVERY.as_micros()) as u32;
    let times: Vec<_> = (0..count).map(|number| start + EVERY * number).collect();
    let (tell, late) = mpsc::channel();
    for &time in &times {
        let tell = tell.clone();
        joins.push(peer.spawn_outside(async move {
            P::sleep_until(time).await;
            let _ = tell.send(time.elapsed());
        })?);
    }
    drop(tell);
    let (tell, started) = mpsc::channel();
    let echoes = thread::scope(|scope| {
        let echoes = scope.spawn(|| echo(client, &times));
        for &time in &times {
            wait_until(time);
            let (tell, spawned) = (tell.clone(), Instant::now());
            joins.push(peer.spawn_outside(async move {
                let _ = tell.send(spawned.elapsed());
            })?);
        }
        drop(tell);
        Ok(echoes.join().expect("the server answers"))
    })?;
    let figures = [late.iter().collect(), echoes, started.iter().collect()].map(p99);
    // Dropped before, a join might cancel its task.
    drop(joins);
    Ok(figures.to_vec())
}

/// A connection that a task of the peer's echoes, and has done so once.
fn served<P: Peer>(peer: &P) -> TcpStream {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let server = listener.local_addr().expect("it is bound");
    let client = thread::spawn(move || {
        let mut client = connect(server);
        client.write_all(&[0]).expect("the server stays");
        client.read_exact(&mut [0]).expect("the server answers");
        client
    });
    peer.on_worker(async { P::spawn_detached(serve::accept_all::<P>(listener)) });
    client.join().expect("the server answers")
}

/// Returns when every worker has one of the tasks.
fn hold_up<P: Peer>(
    peer: &P,
    workers: usize,
    holding: Holding,
    per_worker: usize,
) -> Result<Vec<P::Join<()>>, Missing> {
    let begun = Arc::new(Barrier::new(workers + 1));
    let tasks = (0..workers * per_worker).map(|number| {
        let begun = Arc::clone(&begun);
        peer.spawn_outside(async move {
            if number < workers {
                begun.wait();
            }
            holding.hold();
        })
    });
    let tasks = tasks.collect::<Result<_, _>>()?;
    begun.wait();
    Ok(tasks)
}

/// The sender does not wait for the answers, which come in order.
fn echo(mut client: TcpStream, times: &[Instant]) -> Vec<Duration> {
    let mut sending = client.try_clone().expect("descriptors are left");
    let (tell, told) = mpsc::channel();
    thread::scope(|scope| {
        scope.spawn(move || {
            for &time in times {
                wait_until(time);
                tell.send(Instant::now()).expect("the receiver stays");
                sending.write_all(&[1]).expect("the server stays");
            }
        });
        let received = told.iter().map(|sent| {
            client.read_exact(&mut [0]).expect("the server answers");
            sent.elapsed()
        });
        received.collect()
    })
}

fn wait_until(time: Instant) {
    thread::sleep(time.saturating_duration_since(Instant::now()));
}

fn p99(mut delays: Vec<Duration>) -> f64 {
    delays.sort_unstable();
    delays[(delays.len() - 1) * 99 / 100].as_secs_f64() * 1e3
}
