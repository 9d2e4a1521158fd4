//! What a task costs, without graph or scheduler.

use benches::{Report, Row, rounds};
use graph_runtime::runtime::{Builder, Runtime};
use graph_runtime::task::yield_now;
use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};
use std::time::Instant;

const TASKS: usize = 100_000;
const YIELDS: usize = 1_000_000;
const ROUND_TRIPS: usize = 100_000;

pub(crate) fn measure(report: &mut Report, count: usize) {
    for workers in [1, 2] {
        let runtime = Builder::new_multi_thread().worker_threads(workers).build();
        let runtime = runtime.expect("the machine has threads and descriptors left");
        let mut row = |name: &str, claim, limit, measure: fn(&Runtime) -> f64| {
            let name = format!("{name}, workers: {workers}");
            let figures = rounds(count, || measure(&runtime));
            report.row(&Row { name, claim, limit, unit: "ns", figures });
        };
        let claim = "with an allocation and a join, a task costs less than a microsecond";
        row("spawn and join, of 100k tasks", claim, 1000.0, spawn_and_join);
        let claim = "a task that yields makes no system call";
        row("yield", claim, 150.0, yields);
        let claim = "two tasks that take turns do not wait for a thread to wake up";
        row("ping-pong, per round trip", claim, 1000.0, ping_pong);
    }
}

/// Runs `future` on a worker: the thread in `block_on` is none.
fn on_worker<F>(runtime: &Runtime, future: F) -> F::Output
where
    F: Future<Output: Send> + Send + 'static,
{
    runtime.block_on(runtime.spawn(future)).expect("a benchmark does not panic")
}

fn spawn_and_join(runtime: &Runtime) -> f64 {
    let start = Instant::now();
    let sum = on_worker(runtime, async {
        let tasks: Vec<_> = (0..TASKS).map(|n| graph_runtime::spawn(async move { n })).collect();
        let mut sum = 0;
        for task in tasks {
            sum += task.await.expect("it does not panic");
        }
        sum
    });
    let elapsed = start.elapsed();
    assert_eq!(sum, TASKS * (TASKS - 1) / 2, "every task has run once");
    elapsed.as_nanos() as f64 / TASKS as f64
}

fn yields(runtime: &Runtime) -> f64 {
    let start = Instant::now();
    let polls = on_worker(runtime, async {
        let mut polls = 0;
        while polls < YIELDS {
            yield_now().await;
            polls += 1;
        }
        polls
    });
    assert_eq!(polls, YIELDS);
    start.elapsed().as_nanos() as f64 / YIELDS as f64
}

fn ping_pong(runtime: &Runtime) -> f64 {
    let [ping, pong] = [(); 2].map(|()| Arc::new(Baton::default()));
    let start = Instant::now();
    let trips = on_worker(runtime, async move {
        let (there, back) = (Arc::clone(&ping), Arc::clone(&pong));
        let other = graph_runtime::spawn(async move {
            for _ in 0..ROUND_TRIPS {
                there.taken().await;
                back.pass();
            }
        });
        let mut trips = 0;
        while trips < ROUND_TRIPS {
            ping.pass();
            pong.taken().await;
            trips += 1;
        }
        other.await.expect("it does not panic");
        trips
    });
    assert_eq!(trips, ROUND_TRIPS);
    start.elapsed().as_nanos() as f64 / ROUND_TRIPS as f64
}

/// Passed from one task to another, one at a time.
#[derive(Default)]
struct Baton {
    state: Mutex<(bool, Option<Waker>)>,
}

impl Baton {
    fn pass(&self) {
        let waker = {
            let mut state = self.state.lock().expect("nobody panics here");
            state.0 = true;
            state.1.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn taken(&self) -> impl Future<Output = ()> {
        poll_fn(|context| {
            let mut state = self.state.lock().expect("nobody panics here");
            if std::mem::take(&mut state.0) {
                return Poll::Ready(());
            }
            state.1 = Some(context.waker().clone());
            Poll::Pending
        })
    }
}
