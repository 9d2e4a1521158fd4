//! Waking tasks: on their own worker, from another thread, and when they are queued already.
//!
//! Guards that a wake is a pointer followed and a word changed: no table, no lock, and no system
//! call unless a worker sleeps.

use benches::{Bench, Claim, FALL_ASLEEP, in_batches};
use graph_runtime::runtime::{Builder, Runtime};
use graph_runtime::task::{JoinHandle, yield_now};
use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

const OWN_WORKER: Claim = Claim {
    part: "wake",
    what: "own worker, with the poll",
    holds: "a wake by a task of the same worker makes no system call",
    limit: |machine| machine.system_call_ns,
};

const BUSY_WORKER: Claim = Claim {
    part: "wake",
    what: "outside, worker awake",
    holds: "a wake from outside makes no system call",
    limit: |machine| machine.system_call_ns,
};

const SLEEPING_WORKER: Claim = Claim {
    part: "wake",
    what: "outside, worker asleep",
    holds: "to wake a sleeping worker costs no more than to wake a thread",
    limit: |machine| 2.0 * machine.thread_wake_ns,
};

const ANSWER: Claim = Claim {
    part: "wake",
    what: "outside and back, worker asleep",
    holds: "a task answers a thread as soon as a thread would",
    limit: |machine| 1.5 * machine.thread_trip_ns,
};

const QUEUED: Claim = Claim {
    part: "wake",
    what: "queued already",
    holds: "waking a queued task again costs one locked instruction",
    limit: |machine| 1.5 * machine.locked_ns,
};

pub(crate) fn measure(bench: &mut Bench) {
    bench.measure(OWN_WORKER, one_worker, |runtime, wakes| Pair::run(runtime, wakes));
    bench.measure(BUSY_WORKER, Crowd::new, Crowd::wake_all);
    bench.measure(SLEEPING_WORKER, Echo::new, |echo, calls| echo.call(calls).0);
    bench.measure(ANSWER, Echo::new, |echo, calls| echo.call(calls).1);
    bench.measure(QUEUED, Queued::new, |queued, wakes| {
        let start = Instant::now();
        (0..wakes).for_each(|_| queued.waker.wake_by_ref());
        start.elapsed()
    });
}

fn one_worker() -> Runtime {
    let runtime = Builder::new_multi_thread().worker_threads(1).build();
    runtime.expect("the machine has threads and descriptors left")
}

/// Two tasks that wake each other in turn.
struct Pair {
    wakers: [OnceLock<Waker>; 2],
    left: AtomicU64,
}

impl Pair {
    fn run(runtime: &Runtime, wakes: u64) -> Duration {
        let pair = Arc::new(Self { wakers: Default::default(), left: AtomicU64::new(wakes) });
        let start = Instant::now();
        let tasks = [0, 1].map(|index| runtime.spawn(Arc::clone(&pair).take_turns(index)));
        for task in tasks {
            runtime.block_on(task).expect("a benchmark does not panic");
        }
        start.elapsed()
    }

    fn take_turns(self: Arc<Self>, index: usize) -> impl Future<Output = ()> {
        poll_fn(move |context| {
            self.wakers[index].get_or_init(|| context.waker().clone());
            let other = self.wakers[1 - index].get();
            // Both are on the same worker, so nobody else writes it.
            let left = self.left.load(Ordering::Relaxed);
            self.left.store(left.saturating_sub(1), Ordering::Relaxed);
            other.inspect(|other| other.wake_by_ref());
            if left == 0 { Poll::Ready(()) } else { Poll::Pending }
        })
    }
}

/// Many tasks to wake, on a worker that another task keeps awake.
struct Crowd {
    runtime: Runtime,
    wakers: Vec<Waker>,
    polls: Arc<AtomicU64>,
    over: Arc<AtomicBool>,
    restless: Option<JoinHandle<()>>,
}

impl Crowd {
    const TASKS: u64 = 256;

    fn new() -> Self {
        let (runtime, polls) = (one_worker(), Arc::new(AtomicU64::new(0)));
        let over = Arc::new(AtomicBool::new(false));
        let restless = runtime.spawn({
            let over = Arc::clone(&over);
            async move {
                while !over.load(Ordering::Relaxed) {
                    yield_now().await;
                }
            }
        });
        let wakers = (0..Self::TASKS).map(|_| counting_task(&runtime, &polls, || ())).collect();
        Self { runtime, wakers, polls, over, restless: Some(restless) }
    }

    /// The time that the wakes take their caller. The polls that follow are waited for off the
    /// clock.
    fn wake_all(&mut self, wakes: u64) -> Duration {
        in_batches(wakes, Self::TASKS, |wakes| {
            let expected = self.polls.load(Ordering::Acquire) + wakes;
            let start = Instant::now();
            self.wakers[..wakes as usize].iter().for_each(Waker::wake_by_ref);
            let elapsed = start.elapsed();
            wait_for(&self.polls, expected);
            elapsed
        })
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        let restless = self.restless.take().expect("it is joined once");
        self.runtime.block_on(restless).expect("it does not panic");
    }
}

/// Spawns a task that counts its polls and calls `counted` after each; its waker.
fn counting_task(
    runtime: &Runtime,
    polls: &Arc<AtomicU64>,
    counted: impl Fn() + Send + 'static,
) -> Waker {
    let (waker, before) = (Arc::new(OnceLock::new()), polls.load(Ordering::Acquire));
    let (told, count) = (Arc::clone(&waker), Arc::clone(polls));
    drop(runtime.spawn(poll_fn(move |context| {
        told.get_or_init(|| context.waker().clone());
        count.fetch_add(1, Ordering::Release);
        counted();
        Poll::<()>::Pending
    })));
    wait_for(polls, before + 1);
    waker.get().cloned().expect("it was polled")
}

/// Waits until each wake has led to its poll: a wake that is lost hangs the benchmark.
fn wait_for(polls: &AtomicU64, expected: u64) {
    while polls.load(Ordering::Acquire) < expected {
        thread::yield_now();
    }
}

/// A task that answers a thread.
struct Echo {
    /// Keeps the task alive.
    _runtime: Runtime,
    waker: Waker,
    answers: Arc<AtomicU64>,
}

impl Echo {
    fn new() -> Self {
        let (runtime, answers) = (one_worker(), Arc::new(AtomicU64::new(0)));
        let caller = thread::current();
        let waker = counting_task(&runtime, &answers, move || caller.unpark());
        Self { _runtime: runtime, waker, answers }
    }

    /// Wakes the task, one call at a time: how long the wakes take, and until the answers.
    fn call(&mut self, calls: u64) -> (Duration, Duration) {
        let (mut waking, mut answering) = (Duration::ZERO, Duration::ZERO);
        for _ in 0..calls {
            thread::sleep(FALL_ASLEEP);
            let expected = self.answers.load(Ordering::Acquire) + 1;
            let start = Instant::now();
            self.waker.wake_by_ref();
            waking += start.elapsed();
            while self.answers.load(Ordering::Acquire) < expected {
                thread::park();
            }
            answering += start.elapsed();
        }
        (waking, answering)
    }
}

/// A task that is queued and stays so: nobody runs its runtime.
struct Queued {
    /// Keeps the task alive.
    _runtime: Runtime,
    waker: Waker,
}

impl Queued {
    fn new() -> Self {
        let runtime = Builder::new_current_thread().build();
        let runtime = runtime.expect("the machine has descriptors left");
        let waker = runtime.block_on(async {
            let waker = Arc::new(OnceLock::new());
            let told = Arc::clone(&waker);
            drop(graph_runtime::spawn(poll_fn(move |context| {
                told.get_or_init(|| context.waker().clone());
                Poll::<()>::Pending
            })));
            while waker.get().is_none() {
                yield_now().await;
            }
            waker.get().cloned().expect("it was polled")
        });
        waker.wake_by_ref();
        Self { _runtime: runtime, waker }
    }
}
