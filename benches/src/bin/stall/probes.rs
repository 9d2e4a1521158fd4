//! What is asked of the runtime meanwhile, at fixed times, whatever became of what was asked
//! before.

use futures_lite::{AsyncReadExt, AsyncWriteExt};
use graph_runtime::net::TcpListener;
use graph_runtime::runtime::Runtime;
use graph_runtime::time;
use std::io::{Read, Write};
use std::net::{self, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// From one probe of a kind to the next.
const EVERY: Duration = Duration::from_millis(5);

/// Before the first one's time has come all timers are set.
const LEAD: Duration = Duration::from_millis(1);

/// How long probes had to wait, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Delays {
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    pub(crate) max: f64,
}

impl Delays {
    fn of(mut delays: Vec<Duration>) -> Self {
        delays.sort_unstable();
        let last = delays.len() - 1;
        let at = |quantile: usize| delays[last * quantile / 100].as_secs_f64() * 1e3;
        Self { p50: at(50), p99: at(99), max: at(100) }
    }
}

/// What has to be there before the workers are held up: a connection that is served by a task.
pub(crate) struct Prepared {
    client: TcpStream,
}

impl Prepared {
    pub(crate) fn new(runtime: &Runtime) -> Self {
        let listener = net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.set_nonblocking(true).expect("sockets can be so");
        let address = listener.local_addr().expect("it is bound");
        drop(runtime.spawn(async move {
            let listener = TcpListener::from_std(listener).expect("it does not block");
            let (mut stream, _) = listener.accept().await.expect("somebody connects");
            let mut bytes = [0; 64];
            while let Ok(read @ 1..) = stream.read(&mut bytes).await {
                stream.write_all(&bytes[..read]).await.expect("the client stays");
            }
        }));
        let mut client = TcpStream::connect(address).expect("somebody listens");
        client.set_nodelay(true).expect("TCP has no-delay");
        client.write_all(&[0]).expect("the server stays");
        client.read_exact(&mut [0]).expect("the server answers");
        Self { client }
    }

    /// Probes timers, the echo and new tasks for as long as `lasts`, each on a thread outside.
    pub(crate) fn run(self, runtime: &Runtime, lasts: Duration) -> [Delays; 3] {
        let start = Instant::now() + LEAD;
        let count = (lasts.as_micros() / EVERY.as_micros()) as u32;
        let times = (0..count).map(|number| start + EVERY * number).collect::<Vec<_>>();
        thread::scope(|scope| {
            let timers = scope.spawn(|| timers(runtime, &times));
            let echo = scope.spawn(|| echo(self.client, &times));
            let tasks = scope.spawn(|| tasks(runtime, &times));
            [timers, echo, tasks].map(|probe| Delays::of(probe.join().expect("it ends well")))
        })
    }
}

fn wait_until(time: Instant) {
    thread::sleep(time.saturating_duration_since(Instant::now()));
}

/// Each is a task that has been spawned before its time, and sleeps until then.
fn timers(runtime: &Runtime, times: &[Instant]) -> Vec<Duration> {
    let (tell, told) = mpsc::channel();
    for &time in times {
        let tell = tell.clone();
        drop(runtime.spawn(async move {
            time::sleep_until(time.into()).await;
            let _ = tell.send(time.elapsed());
        }));
    }
    drop(tell);
    told.iter().collect()
}

fn tasks(runtime: &Runtime, times: &[Instant]) -> Vec<Duration> {
    let (tell, told) = mpsc::channel();
    for &time in times {
        wait_until(time);
        let (tell, spawned) = (tell.clone(), Instant::now());
        drop(runtime.spawn(async move {
            let _ = tell.send(spawned.elapsed());
        }));
    }
    drop(tell);
    told.iter().collect()
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
