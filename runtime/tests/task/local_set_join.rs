//! Tasks of local sets in join sets and trackers.

use crate::support::{each_runtime, multi, watched};
use graph_runtime::task::{self, JoinSet, LocalSet, TaskTracker};
use std::future::pending;
use std::rc::Rc;

#[test]
fn join_sets_and_trackers_take_local_tasks() {
    each_runtime(|runtime| {
        let (local, tracker) = (LocalSet::new(), TaskTracker::new());
        let mut joined = JoinSet::new();
        let not_send = Rc::new(3);
        let clone = Rc::clone(&not_send);
        joined.spawn_local_on(async move { clone }, &local);
        assert!(joined.try_join_next().is_none());
        drop(tracker.spawn_local_on(task::yield_now(), &local));
        let outputs = local.block_on(runtime, async {
            drop(tracker.spawn_local(task::yield_now()));
            let clone = Rc::clone(&not_send);
            joined.spawn_local(async move { clone });
            tracker.close();
            tracker.wait().await;
            joined.join_all().await
        });
        assert_eq!(outputs, [Rc::new(3), Rc::new(3)]);
    });
}

#[test]
fn a_join_set_shut_down_drops_local_tasks() {
    watched(|| {
        let runtime = multi(2);
        let (local, kept) = (LocalSet::new(), Rc::new(()));
        let mut set = JoinSet::new();
        for _ in 0..8 {
            let kept = Rc::clone(&kept);
            set.spawn_local_on(
                async move {
                    let _kept = kept;
                    pending::<()>().await;
                },
                &local,
            );
        }
        local.block_on(&runtime, set.shutdown());
        assert!(set.is_empty());
        assert_eq!(Rc::strong_count(&kept), 1);
    });
}
