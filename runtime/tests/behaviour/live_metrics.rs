//! Counters by tokio's names, read at any time and after the end.

use crate::support::{Gate, current, multi, until, watched};
use graph_runtime::net::{TcpListener, TcpStream};
use graph_runtime::runtime::{Builder, RuntimeMetrics};
use graph_runtime::task::{consume_budget, yield_now};
use graph_runtime::time::{Duration, sleep};
use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, Mutex, mpsc};
use std::task::Poll;
use std::thread;

/// A number of each worker, summed up.
fn sum(metrics: &RuntimeMetrics, of: fn(&RuntimeMetrics, usize) -> u64) -> u64 {
    (0..metrics.num_workers()).map(|worker| of(metrics, worker)).sum()
}

#[test]
fn tasks_are_counted_while_they_live() {
    for runtime in [current(), multi(2)] {
        let metrics = runtime.handle().metrics();
        assert_eq!((metrics.num_alive_tasks(), metrics.spawned_tasks_count()), (0, 0));
        let gate = Gate::default();
        let waiting = gate.clone();
        let task = runtime.spawn(async move { waiting.pass().await });
        assert_eq!((metrics.num_alive_tasks(), metrics.spawned_tasks_count()), (1, 1));
        gate.open();
        runtime.block_on(task).unwrap();
        assert_eq!((metrics.num_alive_tasks(), metrics.spawned_tasks_count()), (0, 1));
    }
    assert_eq!(current().handle().metrics().num_workers(), 1);
    assert_eq!(multi(3).handle().metrics().num_workers(), 3);
}

#[test]
fn blocking_threads_and_closures_are_counted() {
    watched(|| {
        let runtime = Builder::new_current_thread().max_blocking_threads(1).build().unwrap();
        let metrics = runtime.handle().metrics();
        assert_eq!(metrics.num_blocking_threads(), 0);
        let ready = Arc::new(Mutex::new(()));
        let held = ready.lock().unwrap();
        let wait = |_| {
            let ready = Arc::clone(&ready);
            runtime.spawn_blocking(move || drop(ready.lock().unwrap()))
        };
        let closures: Vec<_> = (0..3).map(wait).collect();
        assert!(metrics.blocking_queue_depth() >= 2);
        assert_eq!((metrics.num_blocking_threads(), metrics.num_idle_blocking_threads()), (1, 0));
        drop(held);
        for closure in closures {
            runtime.block_on(closure).unwrap();
        }
        until("it is idle", || metrics.num_idle_blocking_threads() == 1);
        assert_eq!((metrics.num_blocking_threads(), metrics.blocking_queue_depth()), (1, 0));
    });
}

#[test]
fn where_tasks_are_queued_is_counted() {
    let runtime = current();
    let metrics = runtime.handle().metrics();
    let handle = runtime.handle().clone();
    let outside = thread::spawn(move || handle.spawn(async {})).join().unwrap();
    assert_eq!((metrics.remote_schedule_count(), metrics.global_queue_depth()), (1, 1));
    runtime.block_on(outside).unwrap();
    assert_eq!((metrics.worker_local_schedule_count(0), metrics.global_queue_depth()), (0, 0));
    runtime.block_on(async {
        let task = graph_runtime::spawn(yield_now());
        assert_eq!(metrics.worker_local_queue_depth(0), 1);
        task.await.unwrap();
    });
    assert_eq!(metrics.worker_local_schedule_count(0), 2, "spawned, and queued by itself");
    assert_eq!(metrics.remote_schedule_count(), 1);
}

#[test]
fn a_full_queue_is_counted() {
    let runtime = current();
    let metrics = runtime.handle().metrics();
    runtime.block_on(async {
        let tasks: Vec<_> = (0..400).map(|_| graph_runtime::spawn(async {})).collect();
        assert!(metrics.worker_overflow_count(0) >= 1);
        assert!(metrics.global_queue_depth() >= 1);
        for task in tasks {
            task.await.unwrap();
        }
    });
}

#[test]
fn polls_sleeps_and_time_are_counted_also_after_the_end() {
    watched(|| {
        for runtime in [current(), multi(2)] {
            let metrics = runtime.handle().metrics();
            runtime.block_on(async {
                for _ in 0..5 {
                    graph_runtime::spawn(yield_now()).await.unwrap();
                }
                sleep(Duration::from_millis(1)).await;
            });
            drop(runtime);
            assert_eq!(sum(&metrics, RuntimeMetrics::worker_poll_count), 10);
            for worker in 0..metrics.num_workers() {
                let parks = metrics.worker_park_count(worker);
                assert!(parks >= 1);
                assert_eq!(metrics.worker_park_unpark_count(worker), 2 * parks, "it is awake");
                assert!(metrics.worker_noop_count(worker) >= 1, "the timer, or the end, woke it");
                assert!(metrics.worker_total_busy_duration(worker) > Duration::ZERO);
            }
            let means = (0..metrics.num_workers()).map(|it| metrics.worker_mean_poll_time(it));
            assert!(means.max().unwrap() > Duration::ZERO);
        }
    });
}

#[test]
fn a_sleeping_worker_shows() {
    watched(|| {
        let runtime = multi(1);
        let metrics = runtime.handle().metrics();
        until("it sleeps", || metrics.worker_park_unpark_count(0) % 2 == 1);
        let (begun, wait) = mpsc::channel();
        let (go_on, stop) = mpsc::channel::<()>();
        let task = runtime.spawn(async move {
            begun.send(thread::current().id()).unwrap();
            stop.recv().unwrap();
        });
        let thread = wait.recv().unwrap();
        assert_eq!(metrics.worker_park_unpark_count(0) % 2, 0);
        assert_eq!(metrics.worker_thread_id(0), Some(thread));
        go_on.send(()).unwrap();
        runtime.block_on(task).unwrap();
    });
}

#[test]
fn stolen_tasks_are_counted() {
    watched(|| {
        let runtime = multi(2);
        let metrics = runtime.handle().metrics();
        runtime.block_on(async {
            let outer = graph_runtime::spawn(async {
                let (sender, receiver) = mpsc::channel();
                drop(graph_runtime::spawn(async move { sender.send(()).unwrap() }));
                // Takes the LIFO slot, so that the other one can be stolen.
                drop(graph_runtime::spawn(async {}));
                receiver.recv().unwrap();
            });
            outer.await.unwrap();
        });
        drop(runtime);
        assert!(sum(&metrics, RuntimeMetrics::worker_steal_count) >= 1);
        assert!(sum(&metrics, RuntimeMetrics::worker_steal_operations) >= 1);
    });
}

/// Uses the budget up and is refused once.
async fn until_refused() {
    let mut refused = false;
    poll_fn(|context| {
        while !refused {
            refused = pin!(consume_budget()).poll(context).is_pending();
            if refused {
                return Poll::Pending;
            }
        }
        Poll::Ready(())
    })
    .await;
}

#[test]
fn a_poll_that_is_cut_short_counts_once() {
    for runtime in [current(), multi(1)] {
        let metrics = runtime.handle().metrics();
        runtime.block_on(until_refused());
        assert_eq!(metrics.budget_forced_yield_count(), 1);
        runtime.block_on(async {
            futures_lite::future::zip(until_refused(), until_refused()).await;
        });
        assert_eq!(metrics.budget_forced_yield_count(), 2);
    }
}

#[test]
fn sources_and_their_events_are_counted() {
    watched(|| {
        let runtime = current();
        let metrics = runtime.handle().metrics();
        assert_eq!(metrics.io_driver_fd_registered_count(), 0);
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let accepted = graph_runtime::spawn(async move { drop(listener.accept().await) });
            // The listener waits first, and is registered for that.
            yield_now().await;
            let _stream = TcpStream::connect(address).await.unwrap();
            accepted.await.unwrap();
        });
        let registered = metrics.io_driver_fd_registered_count();
        assert!(registered >= 1);
        assert_eq!(metrics.io_driver_fd_deregistered_count(), registered, "all are gone");
        assert!(metrics.io_driver_ready_count() >= 1);
    });
}
