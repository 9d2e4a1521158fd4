//! Who is woken.

use crate::support::watched;
use futures_lite::future::poll_once;
use graph_runtime::io::Interest;
use std::future::poll_fn;
use std::io::Write;
use std::sync::Arc;

#[graph_runtime::test]
async fn everybody_who_waits() {
    let (here, mut there) = watched();
    let here = Arc::new(here);
    here.writable().await.expect("there is room").clear_ready();
    let both = Interest::READABLE | Interest::WRITABLE;
    let waiting: Vec<_> = [Interest::READABLE, Interest::READABLE, both]
        .map(|interest| {
            let here = Arc::clone(&here);
            graph_runtime::spawn(async move { here.ready(interest).await.map(|it| it.ready()) })
        })
        .into_iter()
        .collect();
    for _ in 0..10 {
        graph_runtime::task::yield_now().await;
    }
    there.write_all(b"x").expect("there is room");
    for waiter in waiting {
        let ready = waiter.await.expect("it does not panic").expect("it was sent");
        assert!(ready.is_readable());
    }
}

#[graph_runtime::test]
async fn by_hand() {
    let (mut here, mut there) = watched();
    assert!(poll_once(poll_fn(|context| here.poll_read_ready(context).map(drop))).await.is_none());
    there.write_all(b"x").expect("there is room");
    poll_fn(|context| here.poll_read_ready(context).map_ok(|mut guard| guard.clear_ready()))
        .await
        .expect("it was sent");
    let pending = poll_fn(|context| here.poll_read_ready_mut(context).map(drop));
    assert!(poll_once(pending).await.is_none());
    poll_fn(|context| here.poll_write_ready(context).map(|guard| guard.map(drop)))
        .await
        .expect("there is room");
    poll_fn(|context| here.poll_write_ready_mut(context).map(|guard| guard.map(drop)))
        .await
        .expect("there is room");
}
