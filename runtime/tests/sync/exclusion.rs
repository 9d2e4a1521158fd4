//! Locks keep others out, on several workers and across awaits.

use crate::support::on_two_workers;
use graph_runtime::sync::{Mutex, RwLock, Semaphore};
use graph_runtime::task::yield_now;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const TASKS: usize = 8;
const TIMES: usize = 2_000;

/// Spawns tasks and awaits all of them.
async fn tasks<F>(make: impl Fn(usize) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let tasks: Vec<_> = (0..TASKS).map(|n| graph_runtime::spawn(make(n))).collect();
    for task in tasks {
        task.await.unwrap();
    }
}

#[test]
fn a_mutex_lets_in_one() {
    let total = on_two_workers(async {
        let mutex = Arc::new(Mutex::new(0));
        tasks(|n| {
            let mutex = Arc::clone(&mutex);
            async move {
                for time in 0..TIMES {
                    let mut guard = mutex.lock().await;
                    let before = *guard;
                    if (n + time) % 16 == 0 {
                        yield_now().await;
                    }
                    *guard = before + 1;
                }
            }
        })
        .await;
        *mutex.lock().await
    });
    assert_eq!(total, TASKS * TIMES);
}

#[test]
fn a_semaphore_lets_in_as_many_as_it_has_permits() {
    let most = on_two_workers(async {
        let semaphore = Arc::new(Semaphore::new(3));
        let inside = Arc::new(AtomicUsize::new(0));
        let most = Arc::new(AtomicUsize::new(0));
        tasks(|n| {
            let (semaphore, inside) = (Arc::clone(&semaphore), Arc::clone(&inside));
            let most = Arc::clone(&most);
            async move {
                for time in 0..TIMES {
                    let many = 1 + (n + time) % 3;
                    let permit = semaphore.acquire_many(many as u32).await.unwrap();
                    let now = inside.fetch_add(many, Ordering::SeqCst) + many;
                    most.fetch_max(now, Ordering::SeqCst);
                    if time % 4 == 0 {
                        yield_now().await;
                    }
                    inside.fetch_sub(many, Ordering::SeqCst);
                    drop(permit);
                }
            }
        })
        .await;
        assert_eq!(semaphore.available_permits(), 3);
        most.load(Ordering::SeqCst)
    });
    assert_eq!(most, 3);
}

#[test]
fn a_rwlock_lets_in_readers_or_one_writer() {
    let written = on_two_workers(async {
        let lock = Arc::new(RwLock::new((0, 0)));
        tasks(|n| {
            let lock = Arc::clone(&lock);
            async move {
                for time in 0..TIMES {
                    if (n + time) % 4 == 0 {
                        let mut pair = lock.write().await;
                        pair.0 += 1;
                        if time % 8 == 0 {
                            yield_now().await;
                        }
                        pair.1 += 1;
                    } else {
                        let pair = lock.read().await;
                        assert_eq!(pair.0, pair.1, "half a write");
                    }
                }
            }
        })
        .await;
        lock.read().await.0
    });
    assert_eq!(written, TASKS * TIMES / 4);
}
