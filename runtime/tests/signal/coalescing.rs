//! How often a signal is heard.

use crate::support::{hears_nothing, listen, raise, real_time};

#[graph_runtime::test]
async fn as_often_as_somebody_listens_in_between() {
    let kind = real_time(1);
    let mut listener = listen(kind);
    for _ in 0..10 {
        raise(kind);
        assert_eq!(listener.recv().await, Some(()));
    }
    assert!(hears_nothing(&mut listener).await);
}

#[graph_runtime::test]
async fn once_if_nobody_listened_in_between() {
    let kind = real_time(2);
    let mut listener = listen(kind);
    // More than the socket holds.
    for _ in 0..5_000 {
        raise(kind);
    }
    assert_eq!(listener.recv().await, Some(()));
    assert!(hears_nothing(&mut listener).await);
    raise(kind);
    assert_eq!(listener.recv().await, Some(()));
}

#[graph_runtime::test]
async fn not_if_it_came_before() {
    let kind = real_time(3);
    let _handled = listen(kind);
    raise(kind);
    assert!(hears_nothing(&mut listen(kind)).await);
}

#[graph_runtime::test]
async fn still_if_the_one_who_waited_gave_up() {
    let kind = real_time(4);
    let mut listener = listen(kind);
    for _ in 0..3 {
        assert!(hears_nothing(&mut listener).await);
        raise(kind);
        assert_eq!(listener.recv().await, Some(()));
    }
}
