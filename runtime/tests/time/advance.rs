//! Setting the clock forward by hand.

use crate::support::{Flag, ms, poll_once, secs};
use graph_runtime::spawn;
use graph_runtime::sync::mpsc;
use graph_runtime::time::{Duration, Instant, advance, sleep, sleep_until};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker};

#[graph_runtime::test(start_paused = true)]
async fn it_is_exact_to_the_nanosecond() {
    for nanos in [1, 999, 1_000, 250_000, 1_000_000, 51_592_001, 3_141_592_653] {
        let start = Instant::now();
        advance(Duration::from_nanos(nanos)).await;
        assert_eq!(start.elapsed(), Duration::from_nanos(nanos));
    }
}

#[graph_runtime::test(start_paused = true)]
async fn a_timer_is_due_when_the_steps_add_up() {
    let flag = Arc::new(Flag::default());
    let waker = Waker::from(Arc::clone(&flag));
    let mut timer = pin!(sleep(ms(1)));
    assert!(timer.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    for _ in 0..3 {
        advance(Duration::from_micros(250)).await;
        assert!(!flag.is_set() && !timer.is_elapsed());
        assert!(timer.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    }
    advance(Duration::from_micros(250)).await;
    assert!(flag.is_set(), "it has been woken when `advance` returns");
    assert!(timer.as_mut().poll(&mut Context::from_waker(&waker)).is_ready());
}

#[graph_runtime::test(start_paused = true)]
async fn tasks_whose_time_has_come_run_before_it_returns() {
    let (sender, mut receiver) = mpsc::unbounded_channel();
    for n in 1..=4 {
        let sender = sender.clone();
        spawn(async move {
            sleep(secs(n)).await;
            sender.send(n).unwrap();
        });
    }
    advance(ms(1)).await;
    advance(secs(2)).await;
    assert_eq!((receiver.try_recv(), receiver.try_recv()), (Ok(1), Ok(2)));
    assert!(receiver.try_recv().is_err());
    assert_eq!(receiver.recv().await, Some(3));
}

#[graph_runtime::test(start_paused = true)]
async fn it_works_in_the_middle_of_another_poll() {
    let start = Instant::now();
    for polled in [true, false] {
        let mut timer = Box::pin(sleep_until(Instant::now() + ms(300)));
        if polled {
            assert!(poll_once(timer.as_mut()).is_pending());
        }
        advance(ms(100)).await;
        assert!(poll_once(timer.as_mut()).is_pending());
        advance(ms(200)).await;
        assert!(poll_once(timer.as_mut()).is_ready());
    }
    assert_eq!(start.elapsed(), ms(600));
}

#[graph_runtime::test(start_paused = true)]
async fn more_timers_than_fit_into_one_turn() {
    let timers: Vec<_> = (0..10_000).map(|n| spawn(sleep(Duration::from_micros(n)))).collect();
    advance(ms(0)).await;
    advance(secs(1)).await;
    for timer in timers {
        timer.await.unwrap();
    }
}
