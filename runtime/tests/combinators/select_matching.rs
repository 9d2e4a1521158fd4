//! Conditions, patterns, and what is left when none fits.

use crate::support::{Log, poll_once};
use graph_runtime::select;
use graph_runtime::sync::{mpsc, oneshot};
use std::future::{pending, poll_fn, ready};
use std::pin::pin;
use std::task::Poll;

#[graph_runtime::test]
async fn a_false_condition_disables_but_the_future_is_made() {
    let log = Log::default();
    let make = |name: &str| {
        log.note(format!("make {name}"));
        log.future(name, 1, ())
    };
    select! {
        biased;
        _ = make("a"), if false => unreachable!(),
        _ = make("b"), if true => log.note("handler"),
    }
    let expected = ["make a", "make b", "poll b", "drop a", "drop b", "handler"];
    assert_eq!(log.take(), expected);
}

#[graph_runtime::test]
async fn all_conditions_come_before_all_futures() {
    let log = Log::default();
    let note = |what: &str| {
        log.note(what);
        true
    };
    select! {
        biased;
        _ = ready(note("future a")), if note("condition a") => {}
        _ = ready(note("future b")), if note("condition b") => {}
    }
    assert_eq!(log.take(), ["condition a", "condition b", "future a", "future b"]);
}

#[graph_runtime::test]
async fn a_condition_with_a_name_guards_its_future() {
    let double = |x: Option<u32>| async move {
        select! {
            twice = async move { 2 * x }, if let Some(x) = x => twice,
            else => 0,
        }
    };
    assert_eq!(double(Some(4)).await, 8);
    assert_eq!(double(None).await, 0);
}

#[graph_runtime::test]
async fn a_pattern_that_does_not_match_disables_for_good() {
    // The second poll of the first future would panic.
    let mut polled = false;
    let once = poll_fn(move |_| {
        assert!(!std::mem::replace(&mut polled, true));
        Poll::Ready(None::<()>)
    });
    let (sender, receiver) = oneshot::channel();
    let mut selecting = pin!(async {
        select! {
            Some(()) = once => unreachable!(),
            got = receiver => got.unwrap(),
        }
    });
    assert!(poll_once(selecting.as_mut()).is_pending());
    assert!(poll_once(selecting.as_mut()).is_pending());
    sender.send(5).unwrap();
    assert_eq!(poll_once(selecting), Poll::Ready(5));
}

#[graph_runtime::test]
async fn patterns_of_all_sorts() {
    struct Point {
        x: String,
        y: u32,
    }
    let text = || "text".to_owned();
    select! { Some(mut x) = ready(Some(text())) => { x.push('!'); assert_eq!(x, "text!") } }
    select! { Some(ref x) = ready(Some(text())) => assert_eq!(x, "text") }
    select! { Some(ref mut x) = ready(Some(text())) => { x.clear(); assert_eq!(x, "") } }
    select! { mut x = ready(text()) => { x.push('!'); assert_eq!(x, "text!") } }
    select! { Ok(x) | Err(x) = ready(Err::<u32, u32>(3)) => assert_eq!(x, 3) }
    select! { | Ok(x) | Err(x) = ready(Ok::<u32, u32>(3)) => assert_eq!(x, 3) }
    select! { Point { x: ref a, y: mut b } = ready(Point { x: text(), y: 1 }) => {
        b += 1;
        assert_eq!((a.as_str(), b), ("text", 2));
    } }
    select! { (Some(&x), [first, ..]) = ready((Some(&7), [1, 2])) => assert_eq!(x + first, 8) }
    let mut seven = 7;
    select! { &mut ref mut x = ready(&mut seven) => { *x += 1; assert_eq!(*x, 8) } }
    select! { whole @ Some(1..=9) = ready(Some(5)) => assert_eq!(whole, Some(5)) }
    select! { None::<u32> = ready(None) => {} }
    let refused = select! { Some(0 | 1) = ready(Some(2)) => false, else => true };
    assert!(refused);
}

#[graph_runtime::test]
async fn else_comes_when_nothing_fits() {
    let (sender, mut receiver) = mpsc::channel(1);
    let (other_sender, mut other) = mpsc::channel(1);
    graph_runtime::spawn(async move {
        sender.send(1).await.unwrap();
        other_sender.send(2).await.unwrap();
    });
    let mut sum = 0;
    loop {
        select! {
            Some(x) = receiver.recv() => sum += x,
            Some(x) = other.recv() => sum += x,
            else => break,
        }
    }
    assert_eq!(sum, 3);
}

#[graph_runtime::test]
#[should_panic(expected = "all branches are disabled and there is no else branch")]
async fn no_branch_and_no_else_is_a_panic() {
    select! {
        _ = pending::<()>(), if false => {}
        Some(()) = ready(None) => {}
    }
}
