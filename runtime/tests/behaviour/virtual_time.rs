//! A runtime in a world of its own: its time is virtual, and everything it does can be replayed.

use crate::support::watched;
use graph_runtime::runtime::{Builder, Runtime};
use graph_runtime::seam::{Clock, Seams};
use graph_runtime::task;
use graph_runtime::time::{Duration, Instant, interval, sleep, timeout};
use graph_runtime::{Timestamp, spawn};
use mio::event::Source;
use mio::{Interest, Token};
use primitives::rng::Rng;
use reactor::{Driver, Reactor, Readiness, Registrar, WaitLimit};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::sync::{Arc, Condvar, Mutex};

/// A world without I/O, where time passes only while everybody sleeps.
#[derive(Default)]
struct World {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    now: Timestamp,
    woken: bool,
}

struct VirtualDriver(Arc<World>);

impl Driver for VirtualDriver {
    fn registrar(&self) -> Arc<dyn Registrar> {
        Arc::clone(&self.0) as Arc<dyn Registrar>
    }

    fn wait(&mut self, limit: WaitLimit, _: &mut Vec<Readiness>) -> io::Result<()> {
        let mut state = self.0.state.lock().unwrap();
        if !state.woken {
            match limit {
                WaitLimit::Zero => {}
                WaitLimit::Until { deadline, .. } => state.now = deadline,
                WaitLimit::Unlimited => {
                    while !state.woken {
                        state = self.0.changed.wait(state).unwrap();
                    }
                }
            }
        }
        state.woken = false;
        Ok(())
    }
}

impl Registrar for World {
    fn register(&self, _: &mut dyn Source, _: Token, _: Interest) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn deregister(&self, _: &mut dyn Source) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn wake(&self) -> io::Result<()> {
        self.state.lock().unwrap().woken = true;
        self.changed.notify_all();
        Ok(())
    }
}

/// A current-thread runtime in a new world.
fn runtime(seed: u64) -> Runtime {
    let world = Arc::new(World::default());
    let clock = Clock::supplied({
        let world = Arc::clone(&world);
        move || world.state.lock().unwrap().now
    });
    let make_reactor = move |_| Ok(Reactor::new(Box::new(VirtualDriver(Arc::clone(&world)))));
    let seams = Seams { clock, make_reactor: Arc::new(make_reactor), seed, ..Seams::default() };
    Builder::new_current_thread().seams(seams).build().unwrap()
}

/// One line of a trace: which task, in which of its steps, when.
type Step = (usize, usize, Duration);

/// What a thousand tasks do that sleep, yield and spawn as `input` has it.
fn trace(seed: u64, input: u64) -> Vec<Step> {
    let runtime = runtime(seed);
    let steps = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&steps);
    runtime.block_on(async move {
        let start = runtime_now();
        let mut rng = Rng::new(input);
        let tasks: Vec<_> = (0..1000)
            .map(|name| {
                let (steps, mut rng) = (Arc::clone(&noted), Rng::new(rng.next_u64()));
                spawn(async move {
                    for step in 0..5 {
                        match rng.below(3) {
                            0 => sleep(Duration::from_nanos(rng.next_u64() >> 24)).await,
                            1 => task::yield_now().await,
                            _ => spawn(async { task::yield_now().await }).await.unwrap(),
                        }
                        steps.lock().unwrap().push((name, step, runtime_now() - start));
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
    std::mem::take(&mut *steps.lock().unwrap())
}

/// The time on the current runtime's clock, as a timer tells it.
fn runtime_now() -> Instant {
    sleep(Duration::ZERO).deadline()
}

fn hash(steps: &[Step]) -> u64 {
    let mut hasher = DefaultHasher::new();
    steps.hash(&mut hasher);
    hasher.finish()
}

#[test]
fn the_same_input_gives_the_same_order() {
    watched(|| {
        let first = trace(1, 7);
        assert_eq!(first.len(), 5000);
        for _ in 0..3 {
            assert_eq!(hash(&trace(1, 7)), hash(&first));
        }
        // A single worker has no victims to choose from: nothing is left to chance.
        assert_eq!(hash(&trace(2, 7)), hash(&first));
        assert_ne!(hash(&trace(1, 8)), hash(&first), "the trace does follow from the input");
    });
}

#[test]
fn a_month_passes_at_once_and_to_the_nanosecond() {
    watched(|| {
        let month = Duration::new(30 * 24 * 60 * 60, 1);
        let runtime = runtime(0);
        runtime.block_on(async {
            let start = runtime_now();
            sleep(month).await;
            assert_eq!(runtime_now() - start, month);
        });
    });
}

#[test]
fn timers_fire_in_the_order_of_their_deadlines() {
    watched(|| {
        let runtime = runtime(0);
        runtime.block_on(async {
            let fired = Arc::new(Mutex::new(Vec::new()));
            let mut rng = Rng::new(3);
            let tasks: Vec<_> = (0..1000)
                .map(|_| {
                    // From nanoseconds to hours.
                    let duration = Duration::from_nanos(rng.next_u64() >> (20 + rng.below(40)));
                    let fired = Arc::clone(&fired);
                    spawn(async move {
                        let start = runtime_now();
                        sleep(duration).await;
                        assert_eq!(runtime_now() - start, duration);
                        fired.lock().unwrap().push(duration);
                    })
                })
                .collect();
            for task in tasks {
                task.await.unwrap();
            }
            let fired = fired.lock().unwrap();
            assert_eq!(fired.len(), 1000);
            assert!(fired.is_sorted());
        });
    });
}

#[test]
fn timeouts_and_intervals_follow_the_supplied_clock() {
    watched(|| {
        let runtime = runtime(0);
        runtime.block_on(async {
            let start = runtime_now();
            let hour = Duration::from_secs(3600);
            assert!(timeout(hour, std::future::pending::<()>()).await.is_err());
            assert_eq!(runtime_now() - start, hour);
            assert!(timeout(2 * hour, sleep(hour)).await.is_ok());
            let mut ticks = interval(hour);
            for tick in 0..24 {
                assert_eq!(ticks.tick().await, start + (2 + tick) * hour);
            }
        });
    });
}
