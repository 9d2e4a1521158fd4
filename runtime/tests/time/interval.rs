//! Ticking, and what happens to ticks that come late.

use crate::support::{ms, poll_once};
use graph_runtime::time::{
    Instant, Interval, MissedTickBehavior, advance, interval, interval_at, sleep,
};
use graph_runtime::{spawn, task};
use std::pin::pin;
use std::task::Poll;

/// One poll.
fn poll(interval: &mut Interval) -> Poll<Instant> {
    poll_once(pin!(interval.tick()))
}

/// The ticks that are there, in milliseconds since `start`.
fn ticks(interval: &mut Interval, start: Instant) -> Vec<u128> {
    let mut ticks = Vec::new();
    while let Poll::Ready(tick) = poll(interval) {
        ticks.push((tick - start).as_millis());
    }
    ticks
}

/// An interval of 300 ms, and what ticks there are after each step of so many milliseconds.
async fn check(behavior: MissedTickBehavior, steps: &[(u64, &[u128])]) {
    let start = Instant::now();
    let mut interval = interval_at(start, ms(300));
    assert_eq!(interval.missed_tick_behavior(), MissedTickBehavior::Burst);
    interval.set_missed_tick_behavior(behavior);
    assert_eq!(interval.missed_tick_behavior(), behavior);
    assert_eq!(ticks(&mut interval, start), [0]);
    for (number, (step, expected)) in steps.iter().enumerate() {
        advance(ms(*step)).await;
        assert_eq!(ticks(&mut interval, start), *expected, "step {number}");
    }
}

#[graph_runtime::test(start_paused = true)]
async fn bursts_catch_up() {
    let steps: [(u64, &[u128]); 6] = [
        (299, &[]),
        (1, &[300]),
        (650, &[600, 900]),
        (249, &[]),
        (1, &[1200]),
        (1000, &[1500, 1800, 2100]),
    ];
    check(MissedTickBehavior::Burst, &steps).await;
}

#[graph_runtime::test(start_paused = true)]
async fn delays_start_over_from_the_late_tick() {
    let steps: [(u64, &[u128]); 5] =
        [(300, &[300]), (650, &[600]), (299, &[]), (1, &[1250]), (300, &[1550])];
    check(MissedTickBehavior::Delay, &steps).await;
}

#[graph_runtime::test(start_paused = true)]
async fn skips_stay_on_the_schedule() {
    let steps: [(u64, &[u128]); 5] =
        [(300, &[300]), (650, &[600]), (249, &[]), (1, &[1200]), (300, &[1500])];
    check(MissedTickBehavior::Skip, &steps).await;
}

#[graph_runtime::test(start_paused = true)]
async fn a_tick_a_little_late_is_on_time() {
    for behavior in [MissedTickBehavior::Delay, MissedTickBehavior::Skip] {
        check(behavior, &[(305, &[300]), (295, &[600]), (300, &[900])]).await;
    }
    check(MissedTickBehavior::Delay, &[(306, &[300]), (299, &[]), (1, &[606])]).await;
}

#[graph_runtime::test(start_paused = true)]
async fn a_tick_tells_when_it_was_due() {
    let start = Instant::now();
    let mut interval = interval(ms(10));
    assert_eq!(interval.period(), ms(10));
    assert_eq!(interval.tick().await, start);
    sleep(ms(25)).await;
    assert_eq!(interval.tick().await, start + ms(10));
    assert_eq!(start.elapsed(), ms(25));
}

#[graph_runtime::test(start_paused = true)]
async fn resets_move_the_next_tick_and_the_schedule() {
    let start = Instant::now();
    let mut interval = interval_at(start, ms(300));
    assert_eq!(ticks(&mut interval, start), [0]);
    advance(ms(100)).await;
    interval.reset();
    advance(ms(299)).await;
    assert_eq!(ticks(&mut interval, start), [0; 0]);
    advance(ms(1)).await;
    assert_eq!(ticks(&mut interval, start), [400]);

    advance(ms(50)).await;
    interval.reset_immediately();
    assert_eq!(ticks(&mut interval, start), [450]);
    advance(ms(300)).await;
    assert_eq!(ticks(&mut interval, start), [750]);

    interval.reset_after(ms(20));
    advance(ms(20)).await;
    assert_eq!(ticks(&mut interval, start), [770]);

    interval.reset_at(start + ms(800));
    advance(ms(30)).await;
    assert_eq!(ticks(&mut interval, start), [800]);
    advance(ms(300)).await;
    assert_eq!(ticks(&mut interval, start), [1100]);
}

#[graph_runtime::test(start_paused = true)]
async fn a_dropped_tick_is_not_lost() {
    let start = Instant::now();
    let mut interval = interval(ms(10));
    interval.tick().await;
    assert!(poll(&mut interval).is_pending());
    advance(ms(10)).await;
    assert_eq!(interval.tick().await, start + ms(10));
}

#[graph_runtime::test(start_paused = true)]
async fn two_tasks_tick_beside_each_other() {
    let start = Instant::now();
    let count = |period: u64| {
        spawn(async move {
            let mut interval = interval(ms(period));
            let mut count = 0;
            while interval.tick().await < start + ms(1000) {
                count += 1;
                task::yield_now().await;
            }
            count
        })
    };
    let (fast, slow) = (count(10), count(250));
    assert_eq!((fast.await.unwrap(), slow.await.unwrap()), (100, 4));
}
