//! Tokens below tokens.

use crate::support::{Wakes, multi, poll_once, watched};
use graph_runtime::cancel::CancellationToken;
use std::pin::Pin;
use std::sync::Arc;

type Waiting<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

/// Futures that wait for the tokens, polled once.
fn wait_for<'a>(
    tokens: impl IntoIterator<Item = &'a CancellationToken>,
    wakes: &Arc<Wakes>,
) -> Vec<Waiting<'a>> {
    let wait = |token: &'a CancellationToken| {
        let mut waiting: Waiting<'a> = Box::pin(token.cancelled());
        assert!(poll_once(waiting.as_mut(), wakes).is_pending());
        waiting
    };
    tokens.into_iter().map(wait).collect()
}

#[test]
fn all_below_are_cancelled_and_nobody_else() {
    let top = CancellationToken::new();
    let (middle, sibling) = (top.child_token(), top.child_token());
    let (left, right) = (middle.child_token(), middle.child_token());
    let lowest = left.child_token().child_token();
    let tokens = [&top, &sibling, &middle, &left, &right, &lowest];
    let wakes = Arc::new(Wakes::default());
    let mut waiting = wait_for(tokens, &wakes);
    middle.cancel();
    assert_eq!(wakes.count(), 4);
    let cancelled = tokens.map(CancellationToken::is_cancelled);
    assert_eq!(cancelled, [false, false, true, true, true, true]);
    for (waiting, is_cancelled) in waiting.iter_mut().zip(cancelled) {
        assert_eq!(poll_once(waiting.as_mut(), &wakes).is_ready(), is_cancelled);
    }
    top.cancel();
    assert_eq!(wakes.count(), 6);
}

#[test]
fn a_child_of_a_cancelled_token_is_cancelled_in_whatever_order_they_go() {
    for child_first in [true, false] {
        let token = CancellationToken::new();
        token.cancel();
        let child = token.child_token();
        assert!(child.is_cancelled() && child.child_token().is_cancelled());
        if child_first {
            drop(child);
            drop(token);
        } else {
            drop(token);
            assert!(child.is_cancelled());
        }
    }
}

#[test]
fn dropping_tokens_cancels_nothing_and_keeps_ancestry() {
    let top = CancellationToken::new();
    let middle = top.child_token();
    let (left, right) = (middle.child_token(), middle.child_token());
    let below = left.child_token();
    drop(middle);
    drop(left);
    assert!(!below.is_cancelled() && !right.is_cancelled());
    let wakes = Arc::new(Wakes::default());
    let _waiting = wait_for([&below, &right], &wakes);
    top.cancel();
    assert_eq!(wakes.count(), 2);
}

#[test]
fn the_top_may_go_first() {
    let top = CancellationToken::new();
    let children: Vec<_> = (0..3).map(|_| top.child_token()).collect();
    drop(top);
    let below = children[1].child_token();
    children[1].cancel();
    assert!(below.is_cancelled());
    assert!(!children[0].is_cancelled() && !children[2].is_cancelled());
}

#[test]
fn children_may_go_in_any_order() {
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2], [1, 2, 0]] {
        let top = CancellationToken::new();
        let mut children: Vec<_> = (0..3).map(|_| Some(top.child_token())).collect();
        for (gone, number) in order.into_iter().enumerate() {
            children[number] = None;
            let more = top.child_token();
            assert!(!top.is_cancelled());
            assert_eq!(children.iter().flatten().count(), 2 - gone);
            more.cancel();
        }
        top.cancel();
        assert!(top.child_token().is_cancelled());
    }
}

#[test]
fn a_hundred_thousand_wide_and_deep() {
    watched(|| {
        const COUNT: usize = 100_000;
        let top = CancellationToken::new();
        let wide: Vec<_> = (0..COUNT).map(|_| top.child_token()).collect();
        let mut deep = vec![top.child_token()];
        for _ in 0..COUNT {
            deep.push(deep[deep.len() - 1].child_token());
        }
        let wakes = Arc::new(Wakes::default());
        let waiting = wait_for(wide.iter().chain(&deep), &wakes);
        top.cancel();
        assert_eq!(wakes.count(), 2 * COUNT + 1);
        drop(waiting);
        let last = deep.pop().unwrap();
        drop(deep);
        assert!(last.is_cancelled());
    });
}

#[test]
fn trees_grow_and_shrink_while_they_are_cancelled() {
    watched(|| {
        let runtime = multi(3);
        for _ in 0..200 {
            let top = CancellationToken::new();
            let growers: Vec<_> = (0..3)
                .map(|_| {
                    let mut token = top.child_token();
                    runtime.spawn(async move {
                        let mut kept = Vec::new();
                        for step in 0..200 {
                            let child = token.child_token();
                            if step % 3 == 0 {
                                kept.push(std::mem::replace(&mut token, child));
                            }
                            if step % 50 == 0 {
                                kept.clear();
                            }
                        }
                        token.cancelled().await;
                        assert!(kept.iter().all(CancellationToken::is_cancelled));
                    })
                })
                .collect();
            top.cancel();
            for grower in growers {
                runtime.block_on(grower).unwrap();
            }
        }
    });
}
