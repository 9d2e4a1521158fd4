//! Waiting for all, or for the first error.

use crate::support::{Log, poll_once};
use graph_runtime::sync::oneshot;
use graph_runtime::try_join;
use std::future::{pending, ready};
use std::pin::pin;
use std::task::Poll;

#[graph_runtime::test]
async fn values_come_as_a_tuple_in_order() {
    assert_eq!(try_join!(ready(Ok::<_, ()>(1))), Ok((1,)));
    assert_eq!(try_join!(biased; ready(Ok::<_, ()>(1)), ready(Ok("two")),), Ok((1, "two")));
}

#[graph_runtime::test]
async fn nothing_is_joined_at_once() {
    let nothing: Result<(), ()> = try_join!();
    assert_eq!(nothing, Ok(()));
    let nothing: Result<(), ()> = try_join!(biased;);
    assert_eq!(nothing, Ok(()));
}

#[test]
fn the_first_error_ends_it_and_drops_the_rest() {
    let log = Log::default();
    let (sender, receiver) = oneshot::channel::<u32>();
    let never = async {
        let _noted = log.future("other", 1, ());
        pending::<Result<(), oneshot::error::RecvError>>().await
    };
    let mut joining = Box::pin(async { try_join!(never, receiver).map(|((), it)| it) });
    assert!(poll_once(joining.as_mut()).is_pending());
    drop(sender);
    assert!(matches!(poll_once(joining.as_mut()), Poll::Ready(Err(_))));
    assert_eq!(log.take(), ["drop other"]);
}

#[graph_runtime::test]
async fn the_caller_may_pass_the_error_on() {
    async fn sum(words: [&str; 2]) -> Result<u32, std::num::ParseIntError> {
        let parse = |word: &'static str| async move { word.parse::<u32>() };
        let _ = parse("0").await?;
        let [a, b] = words.map(|word| ready(word.parse::<u32>()));
        let (a, b) = try_join!(a, b)?;
        Ok(a + b)
    }
    assert_eq!(sum(["1", "2"]).await, Ok(3));
    assert!(sum(["1", "two"]).await.is_err());
}

#[test]
fn it_waits_for_all_values() {
    let (sender, receiver) = oneshot::channel();
    let mut joining = pin!(async { try_join!(ready(Ok(1)), receiver) });
    assert!(poll_once(joining.as_mut()).is_pending());
    sender.send(2).unwrap();
    assert_eq!(poll_once(joining), Poll::Ready(Ok((1, 2))));
}
