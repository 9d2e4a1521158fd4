//! Deadlines that nobody will live to see.

use crate::support::{ms, poll_once, secs};
use graph_runtime::select;
use graph_runtime::time::{Duration, Instant, interval, interval_at, sleep, sleep_until, timeout};
use std::pin::pin;

const YEAR: u64 = 365 * 24 * 3600;

#[graph_runtime::test]
async fn endless_sleeps_neither_panic_nor_fire() {
    for duration in [Duration::MAX, Duration::from_secs(u64::MAX / 10), secs(1000 * YEAR)] {
        let mut endless = pin!(sleep(duration));
        assert!(poll_once(endless.as_mut()).is_pending());
        assert!(endless.deadline() > Instant::now() + secs(20 * YEAR));
        select! {
            biased;
            () = &mut endless => panic!("that was early"),
            () = sleep(ms(1)) => {}
        }
        assert!(!endless.is_elapsed());
        assert_eq!(timeout(duration, async { 1 }).await, Ok(1));
    }
}

#[graph_runtime::test(start_paused = true)]
async fn years_pass_exactly() {
    for years in [1, 2, 10, 40] {
        let deadline = Instant::now() + secs(years * YEAR);
        sleep_until(deadline).await;
        assert_eq!(Instant::now(), deadline);
    }
}

#[graph_runtime::test(start_paused = true)]
async fn a_paused_clock_gets_past_the_longest_sleeps() {
    for duration in [Duration::MAX, Duration::MAX - ms(1)] {
        let start = Instant::now();
        sleep(duration).await;
        assert_eq!(start.elapsed(), secs(100 * YEAR));
    }
}

#[graph_runtime::test]
async fn an_endless_period_has_one_tick() {
    let mut endless = interval(Duration::MAX);
    endless.tick().await;
    assert!(timeout(ms(1), endless.tick()).await.is_err());
    endless.reset();
    assert!(timeout(ms(1), endless.tick()).await.is_err());
    endless.reset_after(Duration::MAX);
    assert!(timeout(ms(1), endless.tick()).await.is_err());
    let mut later = interval_at(Instant::now() + secs(30 * YEAR), Duration::MAX);
    assert!(timeout(ms(1), later.tick()).await.is_err());
}
