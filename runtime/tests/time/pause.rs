//! Where the clock can be stopped, and what it shows then.

use crate::support::{ms, secs};
use graph_runtime::runtime::Builder;
use graph_runtime::seam::{Clock, Seams};
use graph_runtime::time::{Instant, advance, pause, resume, sleep};
use graph_runtime::{Timestamp, spawn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

/// What `body` says when it panics.
fn panic_of(body: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(body)).expect_err("it panics");
    match payload.downcast::<String>() {
        Ok(message) => *message,
        Err(payload) => (*payload.downcast::<&str>().unwrap()).to_owned(),
    }
}

#[graph_runtime::test]
async fn the_clock_stands_still_and_runs_on() {
    pause();
    let stopped = Instant::now();
    thread::sleep(ms(2));
    assert_eq!(Instant::now(), stopped);
    assert_eq!(stopped.elapsed(), ms(0));
    resume();
    thread::sleep(ms(2));
    let ran = stopped.elapsed();
    assert!(ran >= ms(2), "{ran:?}");
    pause();
    let again = Instant::now();
    assert!(again >= stopped + ran, "it never goes backwards");
}

#[graph_runtime::test(start_paused = true)]
async fn it_may_start_paused() {
    let start = Instant::now();
    thread::sleep(ms(2));
    assert_eq!(Instant::now(), start);
}

#[graph_runtime::test]
async fn a_task_may_stop_it() {
    let stopped = spawn(async {
        pause();
        Instant::now()
    });
    assert_eq!(stopped.await.unwrap(), Instant::now());
}

#[graph_runtime::test(start_paused = true)]
async fn stopping_it_twice_is_a_panic() {
    assert!(panic_of(pause).contains("time is already frozen"));
}

#[graph_runtime::test]
async fn a_running_clock_can_neither_be_resumed_nor_advanced() {
    assert!(panic_of(resume).contains("time is not frozen"));
    let error = spawn(advance(ms(1))).await.unwrap_err();
    assert!(error.to_string().contains("time is not frozen"), "{error}");
}

#[test]
fn outside_a_runtime_there_is_no_clock_to_stop() {
    for change in [pause, resume] {
        let message = panic_of(change);
        assert!(message.contains("from outside a runtime"), "{message}");
    }
}

#[graph_runtime::test(flavor = "multi_thread", worker_threads = 1)]
async fn workers_cannot_be_stopped() {
    assert!(panic_of(pause).contains("requires the `current_thread` runtime"));
    let error = spawn(async { pause() }).await.unwrap_err();
    assert!(error.is_panic());
}

#[test]
fn a_builder_that_cannot_start_paused_says_so() {
    let error = Builder::new_multi_thread().worker_threads(1).start_paused(true).build();
    let error = error.unwrap_err();
    assert!(error.is_config() && error.to_string().contains("`current_thread`"), "{error}");
    let seams = Seams { clock: Clock::supplied(|| Timestamp::ZERO), ..Seams::default() };
    let error = Builder::new_current_thread().seams(seams).start_paused(true).build();
    assert!(error.unwrap_err().to_string().contains("supplied"));
}

#[test]
fn every_runtime_has_a_clock_of_its_own() {
    let paused = Builder::new_current_thread().start_paused(true).build().unwrap();
    let running = Builder::new_current_thread().build().unwrap();
    let start = paused.block_on(async {
        let start = Instant::now();
        advance(secs(3600)).await;
        assert_eq!(start.elapsed(), secs(3600));
        start
    });
    let elsewhere = running.block_on(async { Instant::now() });
    assert!(elsewhere < start + secs(3600));
    assert!(Instant::now() < start + secs(3600), "nor does it concern threads without a runtime");
    let _entered = paused.enter();
    assert_eq!(Instant::now(), start + secs(3600));
}

#[graph_runtime::test]
async fn timers_of_a_resumed_clock_wait_for_the_real_time() {
    // A timer is armed for an hour from now, ...
    let distant = spawn(sleep(secs(3600)));
    sleep(ms(1)).await;
    // ... of which all but a moment passes at once.
    pause();
    advance(secs(3600) - ms(20)).await;
    assert!(!distant.is_finished());
    resume();
    let real = std::time::Instant::now();
    distant.await.unwrap();
    assert!(real.elapsed() < secs(60), "{:?}", real.elapsed());
}
