//! Work of every kind that goes on and on, for the tests of who does it.

use crate::support::until;
use futures_lite::{AsyncReadExt, AsyncWriteExt};
use graph_runtime::net::{TcpListener, TcpStream};
use graph_runtime::runtime::Runtime;
use graph_runtime::task::{self, JoinHandle};
use graph_runtime::{spawn, time};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Some of each kind.
const TASKS: usize = 4;

/// How many polls are under way at once.
#[derive(Default)]
pub(crate) struct Polls {
    now: AtomicUsize,
    pub(crate) most: AtomicUsize,
}

impl Polls {
    /// As one of them, for long enough that others would come.
    fn enter(&self) {
        let others = self.now.fetch_add(1, Ordering::SeqCst);
        self.most.fetch_max(others + 1, Ordering::SeqCst);
        let start = Instant::now();
        while start.elapsed() < Duration::from_micros(50) {
            std::hint::spin_loop();
        }
        self.now.fetch_sub(1, Ordering::SeqCst);
    }

    /// The most since the last time.
    pub(crate) fn most(&self) -> usize {
        self.most.swap(0, Ordering::SeqCst)
    }
}

/// What goes on until it is over: tasks that yield, timers and sockets.
#[derive(Default)]
pub(crate) struct Load {
    pub(crate) polls: Arc<Polls>,
    is_over: Arc<AtomicBool>,
    rounds: Vec<Arc<AtomicUsize>>,
    tasks: Vec<JoinHandle<()>>,
}

impl Load {
    pub(crate) fn on(runtime: &Runtime) -> Self {
        let mut load = Self::default();
        for _ in 0..2 * TASKS {
            load.start(runtime, task::yield_now);
            load.start(runtime, || time::sleep(Duration::from_micros(300)));
        }
        for _ in 0..TASKS {
            load.echo(runtime);
        }
        load
    }

    /// A task that goes round until it is over.
    pub(crate) fn start<F>(&mut self, runtime: &Runtime, pause: impl Fn() -> F + Send + 'static)
    where
        F: Future + Send,
    {
        let (round, polls) = (Arc::new(AtomicUsize::new(0)), Arc::clone(&self.polls));
        let (rounds, is_over) = (Arc::clone(&round), Arc::clone(&self.is_over));
        self.rounds.push(round);
        self.tasks.push(runtime.spawn(async move {
            while !is_over.load(Ordering::Relaxed) {
                polls.enter();
                rounds.fetch_add(1, Ordering::Relaxed);
                pause().await;
            }
        }));
    }

    /// Two tasks that send a byte to and fro.
    fn echo(&mut self, runtime: &Runtime) {
        let (round, polls) = (Arc::new(AtomicUsize::new(0)), Arc::clone(&self.polls));
        let (rounds, is_over) = (Arc::clone(&round), Arc::clone(&self.is_over));
        self.rounds.push(round);
        self.tasks.push(runtime.spawn(async move {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let server = spawn(async move {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut byte = [0];
                while stream.read(&mut byte).await.unwrap() > 0 {
                    stream.write_all(&byte).await.unwrap();
                }
            });
            let mut stream = TcpStream::connect(address).await.unwrap();
            let mut byte = [0];
            while !is_over.load(Ordering::Relaxed) {
                stream.write_all(&[7]).await.unwrap();
                stream.read_exact(&mut byte).await.unwrap();
                polls.enter();
                rounds.fetch_add(1, Ordering::Relaxed);
            }
            drop(stream);
            server.await.unwrap();
        }));
    }

    /// Everybody gets on.
    pub(crate) fn goes_on(&self) {
        let get = |round: &Arc<AtomicUsize>| round.load(Ordering::Relaxed);
        let before: Vec<_> = self.rounds.iter().map(get).collect();
        let all_do = || self.rounds.iter().zip(&before).all(|(round, &then)| get(round) > then + 2);
        until("all get on", all_do);
    }

    pub(crate) fn end(self, runtime: &Runtime) {
        self.is_over.store(true, Ordering::Relaxed);
        for task in self.tasks {
            runtime.block_on(task).unwrap();
        }
    }
}
