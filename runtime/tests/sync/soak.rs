//! Everything at once on several workers, with futures that are dropped at random at each await:
//! nothing hangs, nothing is lost, nothing is doubled. Seeded; a second or less for each.

use crate::support::on_two_workers;
use graph_runtime::sync::{Barrier, Mutex, Notify, OnceCell, RwLock, Semaphore};
use graph_runtime::sync::{broadcast, mpsc, oneshot, watch};
use graph_runtime::task::yield_now;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;

/// Random numbers from a seed: splitmix64.
struct Rng(u64);

impl Rng {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }
}

const TASKS: u64 = 8;
const TIMES: usize = 3_000;

/// Polls `future` a random number of times, and drops it if it is not ready by then. In between
/// the task yields, so that it is polled without having been woken as well.
async fn impatient<F: Future>(rng: &mut Rng, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    for _ in 0..1 + rng.below(4) {
        let polled = poll_fn(|context| Poll::Ready(future.as_mut().poll(context))).await;
        if let Poll::Ready(output) = polled {
            return Some(output);
        }
        yield_now().await;
    }
    if rng.below(4) == 0 { Some(future.await) } else { None }
}

/// Runs `body` in several tasks, each with numbers of its own.
async fn in_tasks<F>(body: impl Fn(Rng) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let tasks: Vec<_> = (0..TASKS).map(|n| graph_runtime::spawn(body(Rng(n)))).collect();
    for task in tasks {
        task.await.unwrap();
    }
}

#[test]
fn of_the_mutex() {
    on_two_workers(async {
        let shared = Arc::new((Mutex::new(0), AtomicUsize::new(0)));
        let of_tasks = Arc::clone(&shared);
        in_tasks(move |mut rng| {
            let shared = Arc::clone(&of_tasks);
            async move {
                for _ in 0..TIMES {
                    if let Some(mut guard) = impatient(&mut rng, shared.0.lock()).await {
                        *guard += 1;
                        shared.1.fetch_add(1, Ordering::Relaxed);
                        if rng.below(8) == 0 {
                            yield_now().await;
                        }
                    }
                }
            }
        })
        .await;
        assert_eq!(*shared.0.try_lock().expect("nobody has it"), shared.1.load(Ordering::Relaxed));
    });
}

#[test]
fn of_the_semaphore_and_the_lock() {
    on_two_workers(async {
        let shared = Arc::new((Semaphore::new(5), RwLock::with_max_readers((0, 0), 3)));
        let of_tasks = Arc::clone(&shared);
        in_tasks(move |mut rng| {
            let shared = Arc::clone(&of_tasks);
            async move {
                for _ in 0..TIMES {
                    let many = 1 + rng.below(5) as u32;
                    let permit = impatient(&mut rng, shared.0.acquire_many(many)).await;
                    if rng.below(3) == 0 {
                        if let Some(mut pair) = impatient(&mut rng, shared.1.write()).await {
                            pair.0 += 1;
                            yield_now().await;
                            pair.1 += 1;
                        }
                    } else if let Some(pair) = impatient(&mut rng, shared.1.read()).await {
                        assert_eq!(pair.0, pair.1);
                    }
                    drop(permit);
                }
            }
        })
        .await;
        assert_eq!(shared.0.available_permits(), 5);
        assert!(shared.1.try_write().is_ok());
    });
}

#[test]
fn of_signals() {
    on_two_workers(async {
        let notify = Arc::new(Notify::new());
        let of_tasks = Arc::clone(&notify);
        let waiting = in_tasks(move |mut rng| {
            let notify = Arc::clone(&of_tasks);
            async move {
                for _ in 0..TIMES {
                    // Passed on, so that the signal goes on for ever.
                    if impatient(&mut rng, notify.notified()).await.is_some() {
                        if rng.below(2) == 0 { notify.notify_one() } else { notify.notify_last() }
                    }
                    if rng.below(64) == 0 {
                        notify.notify_waiters();
                    }
                }
            }
        });
        notify.notify_one();
        waiting.await;
        // Whoever had it last has passed it on, to nobody.
        notify.notified().await;
    });
}

#[test]
fn of_channels() {
    for capacity in [1, 3, 64] {
        on_two_workers(async move {
            let (sender, mut receiver) = mpsc::channel(capacity);
            let sent = Arc::new(AtomicUsize::new(0));
            let counts = Arc::clone(&sent);
            let receives = graph_runtime::spawn(async move {
                let (mut rng, mut received) = (Rng(99), 0);
                loop {
                    match impatient(&mut rng, receiver.recv()).await {
                        Some(Some(())) => received += 1,
                        Some(None) => return received,
                        None => {}
                    }
                }
            });
            in_tasks(move |mut rng| {
                let (sender, sent) = (sender.clone(), Arc::clone(&counts));
                async move {
                    for _ in 0..TIMES {
                        let done = match rng.below(3) {
                            0 => impatient(&mut rng, sender.send(())).await.map(|it| it.is_ok()),
                            1 => impatient(&mut rng, sender.reserve()).await.map(|permit| {
                                permit.unwrap().send(());
                                true
                            }),
                            _ => {
                                let owned = sender.clone().reserve_owned();
                                impatient(&mut rng, owned).await.map(|permit| {
                                    permit.unwrap().send(());
                                    true
                                })
                            }
                        };
                        if done == Some(true) {
                            sent.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                }
            })
            .await;
            assert_eq!(receives.await.unwrap(), sent.load(Ordering::Relaxed));
        });
    }
}

#[test]
fn of_broadcast_and_watch() {
    on_two_workers(async {
        let (sender, _) = broadcast::channel(16);
        let (changes, _) = watch::channel(0);
        let (sender, changes) = (Arc::new(sender), Arc::new(changes));
        let (s, c) = (Arc::clone(&sender), Arc::clone(&changes));
        in_tasks(move |mut rng| {
            let (sender, changes) = (Arc::clone(&s), Arc::clone(&c));
            async move {
                let (mut messages, mut latest) = (sender.subscribe(), changes.subscribe());
                for _ in 0..TIMES / 4 {
                    // Each has a receiver, so there always is one.
                    sender.send(rng.below(100)).unwrap();
                    changes.send_modify(|n| *n += 1);
                    let _ = impatient(&mut rng, messages.recv()).await;
                    let _ = impatient(&mut rng, latest.changed()).await;
                    if rng.below(16) == 0 {
                        messages = messages.resubscribe();
                    }
                }
            }
        })
        .await;
        assert_eq!(*changes.borrow(), TASKS as usize * (TIMES / 4));
        assert!(sender.is_empty() && sender.receiver_count() == 0);
    });
}

#[test]
fn of_what_happens_once() {
    on_two_workers(async {
        let mut rng = Rng(7);
        for _ in 0..200 {
            let shared = Arc::new((OnceCell::new(), AtomicUsize::new(0)));
            let seed = rng.below(1 << 20);
            let of_tasks = Arc::clone(&shared);
            in_tasks(move |mut rng| {
                rng.0 += seed;
                let shared = Arc::clone(&of_tasks);
                async move {
                    let compute = || async {
                        yield_now().await;
                        shared.1.fetch_add(1, Ordering::Relaxed)
                    };
                    let _ = impatient(&mut rng, shared.0.get_or_init(compute)).await;
                }
            })
            .await;
            assert!(shared.1.load(Ordering::Relaxed) <= 1);
            let (sender, mut receiver) = oneshot::channel();
            let task = graph_runtime::spawn(async move { sender.send(1).is_ok() });
            let received = impatient(&mut rng, &mut receiver).await.is_some();
            drop(receiver);
            assert!(task.await.unwrap() || !received);
        }
    });
}

/// Two have to come: one patiently, and one that gives up as often as not.
#[test]
fn of_barriers() {
    on_two_workers(async {
        let barrier = Arc::new(Barrier::new(2));
        let waits = Arc::clone(&barrier);
        let patient = graph_runtime::spawn(async move {
            for _ in 0..TIMES {
                waits.wait().await;
            }
        });
        let mut rng = Rng(11);
        while !patient.is_finished() {
            let mut waits = pin!(barrier.wait());
            for _ in 0..1 + rng.below(4) {
                let polled = poll_fn(|context| Poll::Ready(waits.as_mut().poll(context))).await;
                if polled.is_ready() {
                    break;
                }
                yield_now().await;
            }
        }
        patient.await.unwrap();
    });
}
