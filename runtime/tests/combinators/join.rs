//! Waiting for all.

use crate::support::{Log, poll_once};
use graph_runtime::sync::oneshot;
use graph_runtime::{join, task};
use std::convert::Infallible;
use std::future::{IntoFuture, Ready, pending, ready};
use std::pin::pin;
use std::task::Poll;

#[graph_runtime::test]
async fn outputs_come_as_a_tuple_in_order() {
    assert_eq!(join!(ready(1)), (1,));
    assert_eq!(join!(ready(1),), (1,));
    assert_eq!(join!(ready(1), ready("two")), (1, "two"));
    assert_eq!(join!(biased; ready(1), ready("two"), ready('3'),), (1, "two", '3'));
}

#[graph_runtime::test]
#[allow(clippy::unit_cmp)]
async fn nothing_is_joined_at_once() {
    assert_eq!(join!(), ());
    assert_eq!(join!(biased;), ());
}

#[test]
fn it_waits_for_the_slowest() {
    let (first, first_ready) = oneshot::channel();
    let (second, second_ready) = oneshot::channel();
    let mut joining = pin!(async { join!(first_ready, second_ready) });
    assert!(poll_once(joining.as_mut()).is_pending());
    second.send(2).unwrap();
    assert!(poll_once(joining.as_mut()).is_pending());
    first.send("one").unwrap();
    assert_eq!(poll_once(joining), Poll::Ready((Ok("one"), Ok(2))));
}

/// The names of the futures in the order of their polls, when each is polled three times.
async fn order(biased: bool) -> String {
    let log = Log::default();
    let future = |name: &'static str| {
        let log = log.clone();
        async move {
            for _ in 0..3 {
                log.note(name);
                task::yield_now().await;
            }
        }
    };
    if biased {
        join!(biased; future("a"), future("b"), future("c"));
    } else {
        join!(future("a"), future("b"), future("c"));
    }
    log.take().concat()
}

#[graph_runtime::test]
async fn another_future_comes_first_each_time() {
    assert_eq!(order(false).await, "abcbcacab");
    assert_eq!(order(true).await, "abcabcabc");
}

#[graph_runtime::test]
async fn anything_that_becomes_a_future_will_do() {
    struct Three;
    impl IntoFuture for Three {
        type Output = u32;
        type IntoFuture = Ready<u32>;
        fn into_future(self) -> Ready<u32> {
            ready(3)
        }
    }
    assert_eq!(join!(Three, async { 4 }), (3, 4));
}

#[graph_runtime::test]
async fn names_of_ours_are_not_the_callers() {
    let (first, next, futures, future0) = (1, 2, 3, 4);
    assert_eq!(join!(async { first + next }, async { futures + future0 }), (3, 7));
}

#[test]
fn finished_outputs_are_dropped_with_it() {
    let log = Log::default();
    let mut joining =
        Box::pin(async { join!(ready(log.future("output", 1, ())), pending::<()>()) });
    assert!(poll_once(joining.as_mut()).is_pending());
    assert_eq!(log.take(), [""; 0]);
    drop(joining);
    assert_eq!(log.take(), ["drop output"]);
}

#[test]
#[deny(unreachable_code)]
fn an_output_that_cannot_be_warns_nobody() {
    let mut joining = pin!(async { join!(pending::<Infallible>(), async { 1 }) });
    assert!(poll_once(joining.as_mut()).is_pending());
    let mut joining = pin!(async { join!(biased; async { 1 }, pending::<Infallible>()) });
    assert!(poll_once(joining.as_mut()).is_pending());
}

#[test]
fn it_is_small() {
    fn size<F: Future>(_: F) -> usize {
        std::mem::size_of::<F>()
    }
    assert!(size(async { join!(ready(0i32)) }) <= 32);
    assert!(size(async { join!(ready(0i32), ready(0i32)) }) <= 48);
    assert!(size(async { join!(biased; ready(0i32), ready(0i32)) }) <= 40);
}
