//! What handlers may touch, where they may go, and when futures are dropped.

use crate::support::Log;
use graph_runtime::select;
use graph_runtime::sync::oneshot;
use std::future::{Ready, pending, ready};

#[graph_runtime::test]
async fn handlers_use_what_the_futures_borrowed() {
    async fn take(_: &mut u32) {}
    let mut value = 1;
    select! {
        biased;
        () = take(&mut value) => value += 1,
        () = async { pending().await } => value += 10,
        else => value += 100,
    }
    assert_eq!(value, 2);
}

#[graph_runtime::test]
async fn the_losers_stay_usable_if_they_were_lent() {
    let (first_sender, mut first) = oneshot::channel();
    let (second_sender, mut second) = oneshot::channel();
    first_sender.send(1).unwrap();
    second_sender.send(2).unwrap();
    let sum = select! {
        got = &mut first => got.unwrap() + second.await.unwrap(),
        got = &mut second => got.unwrap() + first.await.unwrap(),
    };
    assert_eq!(sum, 3);
}

#[graph_runtime::test]
async fn futures_are_dropped_in_order_before_the_handler() {
    let log = Log::default();
    select! {
        biased;
        _ = log.future("a", 9, ()) => unreachable!(),
        _ = log.future("b", 1, ()) => log.note("handler"),
        _ = log.future("c", 9, ()) => unreachable!(),
    }
    assert_eq!(log.take(), ["poll a", "poll b", "drop a", "drop b", "drop c", "handler"]);
}

#[graph_runtime::test]
async fn handlers_leave_loops_and_functions() {
    async fn first_even(numbers: &[u32]) -> Option<u32> {
        let mut seen = Vec::new();
        'all: for &n in numbers {
            select! {
                x = ready(n) => {
                    if x % 2 == 1 {
                        continue 'all;
                    }
                    if x > 100 {
                        break 'all;
                    }
                    seen.push(x);
                    return Some(x);
                }
            }
        }
        None
    }
    assert_eq!(first_even(&[1, 3, 4]).await, Some(4));
    assert_eq!(first_even(&[1, 3, 102, 4]).await, None);
}

#[graph_runtime::test]
async fn handlers_and_futures_may_fail_and_await() {
    async fn parse(text: &str) -> Result<u32, std::num::ParseIntError> {
        select! {
            parsed = ready(text.parse::<u32>()) => {
                let parsed = parsed?;
                ready(()).await;
                Ok(parsed)
            }
        }
    }
    assert_eq!(parse("7").await, Ok(7));
    assert!(parse("seven").await.is_err());
}

/// What a task carries about is the futures, two words and the state.
#[test]
fn it_is_small() {
    fn size<F: Future>(_: F) -> usize {
        std::mem::size_of::<F>()
    }
    fn done() -> Ready<i32> {
        ready(0)
    }
    assert!(
        size(async {
            select! { _ = done() => {} }
        }) <= 32
    );
    assert!(
        size(async {
            select! { _ = done() => {}, _ = done() => {} }
        }) <= 40
    );
    assert!(
        size(async {
            select! { _ = done() => {}, _ = done() => {}, _ = done() => {} }
        }) <= 48
    );
}

#[test]
fn it_can_be_sent() {
    fn sends<F: Future + Send>(_: F) {}
    let (_sender, mut receiver) = oneshot::channel::<u32>();
    sends(async move {
        select! {
            got = &mut receiver => assert!(got.is_ok()),
            () = pending() => {}
        }
    });
}
