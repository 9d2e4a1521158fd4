//! Tasks with a name, a priority, a deadline: what is started, and in which order it runs.

use crate::support::{current, each_runtime, each_single_runtime, multi, watched};
use graph_runtime::runtime::{Builder as RuntimeBuilder, Runtime};
use graph_runtime::sync::Notify;
use graph_runtime::task::{Builder, JoinSet, LocalSet, Priority, yield_now};
use graph_runtime::time::{Duration, Instant};
use graph_runtime::{spawn, task};
use std::panic::Location;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

#[test]
fn each_way_to_start_a_task_starts_it() {
    each_runtime(|runtime| {
        let handle = runtime.handle();
        let on = Builder::new().name("on").spawn_on(async { task::id() }, handle).unwrap();
        let id = on.id();
        assert_eq!(runtime.block_on(on).unwrap(), id);
        let blocking = Builder::new().name("blocking").spawn_blocking_on(|| 7, handle).unwrap();
        assert_eq!(runtime.block_on(blocking).unwrap(), 7);
        runtime.block_on(async {
            let here = Builder::new().name("here").priority(3).spawn(async { 1 }).unwrap();
            assert_eq!(here.await.unwrap(), 1);
            let failed = Builder::new().deadline(Instant::now()).spawn(async { panic!("it") });
            assert!(failed.unwrap().await.unwrap_err().is_panic());
            let aborted =
                Builder::new().priority(Priority::LOW).spawn(std::future::pending::<()>());
            let aborted = aborted.unwrap();
            aborted.abort();
            assert!(aborted.await.unwrap_err().is_cancelled());
            let set = LocalSet::new();
            let local = Builder::new().name("local").spawn_local_on(async { 3 }, &set).unwrap();
            let sum = set.run_until(async {
                let inner = async { std::rc::Rc::new(4) };
                let inner = Builder::new().name("inner").spawn_local(inner).unwrap();
                *inner.await.unwrap() + local.await.unwrap()
            });
            assert_eq!(sum.await, 7);
            let there = Builder::new().spawn_blocking(|| 2).unwrap();
            assert_eq!(there.await.unwrap(), 2);
        });
    });
}

#[test]
fn a_task_larger_than_a_cell_can_be_annotated() {
    each_runtime(|runtime| {
        let ballast = [7_u8; 10_000];
        let builder = Builder::new().name("large").priority(Priority::HIGH);
        let large = async move {
            yield_now().await;
            ballast.iter().map(|&it| u64::from(it)).sum::<u64>()
        };
        let task = builder.spawn_on(large, runtime.handle()).unwrap();
        assert_eq!(runtime.block_on(task).unwrap(), 70_000);
    });
}

#[test]
fn what_waits_by_urgency_is_dropped_with_the_runtime() {
    // The books are checked by `each_runtime`.
    each_runtime(|runtime| {
        for priority in [Priority::LOW, Priority::NORMAL, Priority::HIGH] {
            for _ in 0..10 {
                let builder = Builder::new().priority(priority).deadline(Instant::now());
                drop(builder.spawn_on(std::future::pending::<()>(), runtime.handle()).unwrap());
                let endless = async {
                    loop {
                        yield_now().await;
                    }
                };
                drop(builder.spawn_on(endless, runtime.handle()).unwrap());
            }
        }
    });
}

#[test]
fn after_the_end_of_a_runtime_tasks_are_refused() {
    let runtime = multi(1);
    let handle = runtime.handle().clone();
    drop(runtime);
    let refused = Builder::new().name("late").priority(2).spawn_on(async {}, &handle).unwrap();
    let other = current();
    assert!(other.block_on(refused).unwrap_err().is_cancelled());
}

#[test]
fn a_set_builds_tasks() {
    let names = Arc::new(Mutex::new(Vec::new()));
    let (seen, site) = (Arc::clone(&names), Location::caller());
    let mut builder = RuntimeBuilder::new_current_thread();
    let runtime = builder
        .on_task_spawn(move |task| {
            assert_eq!(task.spawned_at().file(), site.file());
            seen.lock().unwrap().push(task.name().map(str::to_owned));
        })
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut set = JoinSet::new();
        set.build_task().name("one").spawn(async { 1 }).unwrap();
        set.build_task().name("two").spawn_on(async { 2 }, runtime.handle()).unwrap();
        let low = set.build_task().priority(Priority::LOW).deadline(Instant::now());
        low.spawn(async { 3 }).unwrap();
        set.build_task().name("four").spawn_blocking(|| 4).unwrap();
        set.build_task().spawn_blocking_on(|| 5, runtime.handle()).unwrap();
        let mut sum = 0;
        while let Some(number) = set.join_next().await {
            sum += number.unwrap();
        }
        assert_eq!(sum, 15);
    });
    let names = names.lock().unwrap();
    assert_eq!(*names, [Some("one".to_owned()), Some("two".to_owned()), None]);
}

/// Numbers that differ from seed to seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

#[derive(Debug, Clone, Copy)]
struct Terms {
    priority: i32,
    deadline: Option<u64>,
}

impl Terms {
    fn any(dice: &mut Dice) -> Self {
        let priority = dice.below(5) as i32 - 2;
        let deadline = (dice.below(3) == 0).then(|| dice.below(4));
        Self { priority, deadline }
    }

    fn is_urgent(self) -> bool {
        self.priority > 0 || self.priority == 0 && self.deadline.is_some()
    }

    fn is_ordinary(self) -> bool {
        self.priority == 0 && self.deadline.is_none()
    }

    /// Smaller is earlier.
    fn key(self, number: usize) -> (bool, bool, i32, u64, usize) {
        let due = self.deadline.unwrap_or(u64::MAX);
        (!self.is_urgent(), !self.is_ordinary(), -self.priority, due, number)
    }
}

/// Starts a task for each of `terms`, which notes its number, waits for a signal and does it again.
async fn trace(terms: Vec<Terms>) -> Vec<usize> {
    let (trace, signal) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Notify::new()));
    let start = Instant::now();
    let tasks = (0..).zip(terms).map(|(number, terms): (usize, Terms)| {
        let (trace, signal) = (Arc::clone(&trace), Arc::clone(&signal));
        let mut builder = Builder::new().priority(terms.priority);
        if let Some(deadline) = terms.deadline {
            builder = builder.deadline(start + Duration::from_secs(deadline));
        }
        let body = async move {
            trace.lock().unwrap().push(number);
            signal.notified().await;
            trace.lock().unwrap().push(number);
        };
        builder.spawn(body).unwrap()
    });
    let tasks: Vec<_> = tasks.collect();
    while trace.lock().unwrap().len() < tasks.len() {
        yield_now().await;
    }
    signal.notify_waiters();
    for task in tasks {
        task.await.unwrap();
    }
    Arc::into_inner(trace).unwrap().into_inner().unwrap()
}

#[test]
fn one_worker_runs_tasks_in_the_order_of_an_oracle() {
    watched(|| {
        for seed in 1..200 {
            let mut dice = Dice(seed);
            let terms: Vec<_> = (0..30).map(|_| Terms::any(&mut dice)).collect();
            let mut first: Vec<usize> = (0..terms.len()).collect();
            first.sort_by_key(|&number| terms[number].key(number));
            // They wait in the order in which they ran, and are woken in that.
            let expected = [first.clone(), first].concat();
            // The tracing task is of low priority itself, and last: it is in nobody's way.
            let last = Builder::new().priority(-9);
            let runtime = current();
            let traced = runtime.block_on(async { last.spawn(trace(terms)).unwrap().await });
            assert_eq!(traced.unwrap(), expected, "seed {seed}");
        }
    });
}

/// Yields until it is told to stop; counts its polls.
async fn busy(stop: Arc<AtomicBool>, polls: Arc<AtomicUsize>) {
    while !stop.load(Ordering::Relaxed) {
        polls.fetch_add(1, Ordering::Relaxed);
        yield_now().await;
    }
}

/// How often busy tasks of one priority are polled before one of another has had its turn.
fn polls_before(runtime: &Runtime, busier: Priority, starved: Priority) -> usize {
    let (stop, polls) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let inside = Arc::clone(&polls);
    runtime
        .block_on(runtime.spawn(async move {
            let busy = |_| {
                let busy = busy(Arc::clone(&stop), Arc::clone(&inside));
                Builder::new().priority(busier).spawn(busy).unwrap()
            };
            let tasks: Vec<_> = (0..3).map(busy).collect();
            let stopper = async move { stop.store(true, Ordering::Relaxed) };
            Builder::new().priority(starved).spawn(stopper).unwrap().await.unwrap();
            for task in tasks {
                task.await.unwrap();
            }
        }))
        .unwrap();
    polls.load(Ordering::Relaxed)
}

#[test]
fn nobody_starves() {
    each_single_runtime(|runtime| {
        let urgent = polls_before(runtime, Priority::HIGH, Priority::NORMAL);
        assert!((31..=31 * 4).contains(&urgent), "{urgent}");
        let ordinary = polls_before(runtime, Priority::NORMAL, Priority::LOW);
        assert!(ordinary <= 127 + 1, "{ordinary}");
        let both = polls_before(runtime, Priority::HIGH, Priority::LOW);
        assert!(both <= 127 + 1, "{both}");
    });
}

#[test]
fn urgent_work_from_outside_wakes_a_sleeping_worker() {
    watched(|| {
        let runtime = multi(2);
        for priority in [-1, 0, 1].into_iter().cycle().take(300) {
            let builder = Builder::new().priority(priority).deadline(Instant::now());
            let task =
                builder.spawn_on(async { spawn(async { 1 }).await.unwrap() }, runtime.handle());
            assert_eq!(futures_lite::future::block_on(task.unwrap()).unwrap(), 1);
        }
    });
}
