//! Many listeners for one kind.

use crate::support::{hears_nothing, listen, raise, real_time};

#[graph_runtime::test]
async fn all_hear_it() {
    let kind = real_time(5);
    let mut listeners: Vec<_> = (0..10).map(|_| listen(kind)).collect();
    for _ in 0..3 {
        raise(kind);
        for listener in &mut listeners {
            assert_eq!(listener.recv().await, Some(()));
        }
        // Who leaves takes nothing from the others.
        listeners.pop();
    }
}

#[graph_runtime::test]
async fn after_the_last_has_gone_the_process_lives_on() {
    let kind = real_time(6);
    drop(listen(kind));
    raise(kind);
    let mut listener = listen(kind);
    assert!(hears_nothing(&mut listener).await);
    raise(kind);
    assert_eq!(listener.recv().await, Some(()));
}
