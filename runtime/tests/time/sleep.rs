//! Sleeping on the machine's clock, on every kind of runtime.

use graph_runtime::runtime::{Builder, Runtime};
use graph_runtime::task::spawn_blocking;
use graph_runtime::time::{Duration, Instant, interval, sleep, sleep_until, timeout, timeout_at};
use std::future::{pending, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread;

fn runtimes() -> [Runtime; 3] {
    [
        Builder::new_current_thread().build().unwrap(),
        Builder::new_multi_thread().worker_threads(1).build().unwrap(),
        Builder::new_multi_thread().worker_threads(4).build().unwrap(),
    ]
}

#[test]
fn a_timer_never_fires_early() {
    for runtime in runtimes() {
        runtime.block_on(async {
            let tasks: Vec<_> = (0..200u64)
                .map(|n| {
                    graph_runtime::spawn(async move {
                        let duration = Duration::from_micros(n * 37);
                        let start = Instant::now();
                        sleep(duration).await;
                        start.elapsed() >= duration
                    })
                })
                .collect();
            for task in tasks {
                assert!(task.await.unwrap());
            }
        });
    }
}

#[test]
fn a_deadline_in_the_past_is_over_at_once() {
    for runtime in runtimes() {
        runtime.block_on(async {
            let past = Instant::now();
            let mut sleep = pin!(sleep_until(past));
            assert!(!sleep.is_elapsed(), "nobody has looked");
            assert!(poll_fn(|cx| Poll::Ready(sleep.as_mut().poll(cx).is_ready())).await);
            assert!(sleep.is_elapsed());
        });
    }
}

#[test]
fn a_timeout_drops_nothing_that_is_ready() {
    for runtime in runtimes() {
        runtime.block_on(async {
            let long_ago = Instant::now() - Duration::from_secs(1);
            assert_eq!(timeout_at(long_ago, async { 1 }).await, Ok(1));
            assert!(timeout_at(long_ago, pending::<()>()).await.is_err());
        });
    }
}

#[test]
fn a_reset_sleep_waits_for_its_new_deadline() {
    for runtime in runtimes() {
        runtime.block_on(async {
            let start = Instant::now();
            let mut sleep = pin!(sleep(Duration::from_secs(3600)));
            let pending = poll_fn(|cx| Poll::Ready(sleep.as_mut().poll(cx).is_pending())).await;
            assert!(pending, "it has registered");
            sleep.as_mut().reset(start + Duration::from_millis(2));
            sleep.as_mut().await;
            assert!(start.elapsed() >= Duration::from_millis(2));
            sleep.as_mut().reset(Instant::now() + Duration::from_millis(1));
            sleep.await;
        });
    }
}

#[test]
fn a_timer_wakes_the_task_that_polled_it_last() {
    for runtime in runtimes() {
        runtime.block_on(async {
            let mut moved = Box::pin(sleep(Duration::from_millis(3)));
            let pending = poll_fn(|cx| Poll::Ready(Pin::new(&mut moved).poll(cx).is_pending()));
            assert!(pending.await);
            graph_runtime::spawn(moved).await.unwrap();
        });
    }
}

#[test]
#[should_panic(expected = "must not be zero")]
fn an_interval_without_a_period_is_refused() {
    let runtime = Builder::new_current_thread().build().unwrap();
    runtime.block_on(async { drop(interval(Duration::ZERO)) });
}

#[test]
#[should_panic(expected = "there is no current graph_runtime runtime")]
fn a_sleep_outside_a_runtime_says_so() {
    drop(sleep(Duration::ZERO));
}

#[test]
fn a_cancelled_timer_lets_go_of_its_waker_before_the_worker_sleeps() {
    struct Nothing;
    impl Wake for Nothing {
        fn wake(self: Arc<Self>) {}
    }
    for runtime in runtimes() {
        let counted = Arc::new(Nothing);
        let waker = Waker::from(Arc::clone(&counted));
        let task = runtime.spawn(async move {
            let mut timer = Box::pin(sleep(Duration::from_secs(3600)));
            assert!(timer.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
            drop((timer, waker));
            // There is nothing else to do, so the worker sleeps.
            spawn_blocking(|| thread::sleep(Duration::from_millis(1))).await.unwrap();
            Arc::strong_count(&counted)
        });
        assert_eq!(runtime.block_on(task).unwrap(), 1);
    }
}

#[test]
fn dropped_timers_leave_nothing_behind() {
    for runtime in runtimes() {
        runtime.block_on(async {
            for _ in 0..1000 {
                let slept = timeout(Duration::ZERO, sleep(Duration::from_secs(3600))).await;
                assert!(slept.is_err());
            }
        });
        let pending: usize = runtime.handle().metrics().pending_timers;
        assert_eq!(pending, 0);
    }
}
