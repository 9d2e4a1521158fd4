//! What the counters say.

use graph_runtime::runtime::{Builder, Handle};
use graph_runtime::task::yield_now;
use std::time::Duration;

#[test]
fn a_worker_that_never_sleeps_shows_its_busy_time() {
    let runtime = Builder::new_multi_thread().worker_threads(1).build().unwrap();
    let shown = runtime.spawn(async {
        // Far more polls than there are between two publications.
        for _ in 0..10_000 {
            yield_now().await;
            let worker = Handle::current().metrics().workers[0];
            if worker.busy > Duration::ZERO {
                return Some(worker.parks);
            }
        }
        None
    });
    let parks = runtime.block_on(shown).unwrap();
    assert!(parks.is_some_and(|parks| parks <= 1), "it slept at most before it began: {parks:?}");
}
