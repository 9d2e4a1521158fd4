//! Limiting the time of a future.

use crate::support::{ms, secs};
use graph_runtime::time::error::Elapsed;
use graph_runtime::time::{Instant, sleep, timeout, timeout_at};
use std::future::{pending, ready};
use std::io;

#[graph_runtime::test(start_paused = true)]
async fn the_future_is_polled_first() {
    assert_eq!(timeout(ms(0), ready(1)).await, Ok(1));
    let past = Instant::now() - secs(1);
    assert_eq!(timeout_at(past, async { 1 }).await, Ok(1));
    assert!(timeout_at(past, pending::<()>()).await.is_err());
}

#[graph_runtime::test(start_paused = true)]
async fn whatever_is_sooner_wins_at_its_time() {
    let start = Instant::now();
    assert!(timeout(ms(100), sleep(ms(50))).await.is_ok());
    assert_eq!(start.elapsed(), ms(50));
    assert!(timeout(ms(100), sleep(ms(150))).await.is_err());
    assert_eq!(start.elapsed(), ms(150));
    assert!(timeout(ms(100), sleep(ms(100))).await.is_ok(), "in doubt it is in time");
    assert!(timeout_at(start + ms(300), pending::<()>()).await.is_err());
    assert_eq!(start.elapsed(), ms(300));
}

#[graph_runtime::test(start_paused = true)]
async fn the_error_says_what_happened() {
    let elapsed: Elapsed = timeout(ms(1), pending::<()>()).await.unwrap_err();
    assert_eq!(elapsed.to_string(), "deadline has elapsed");
    let error: io::Error = elapsed.into();
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
}

#[graph_runtime::test(start_paused = true)]
async fn the_future_can_be_had_back() {
    let mut limited = timeout(ms(1), ready(5));
    assert_eq!(limited.get_ref().clone().await, 5);
    *limited.get_mut() = ready(6);
    assert_eq!(limited.into_inner().await, 6);
}
