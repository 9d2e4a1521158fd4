//! What a runner holds is shared when others have nothing to do.

use graph_runtime::dag::Dag;
use graph_runtime::runtime::Builder;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// As many as a runner keeps to itself at most.
const CHUNK: usize = 32;
const SHORT: usize = 32 * CHUNK - CHUNK;
const LONG: Duration = Duration::from_millis(10);

/// A runner learns how long nodes take from those before. That lets it take long nodes that come
/// right after short ones for short ones too, but not for longer than one of them takes.
#[test]
fn long_nodes_right_after_short_ones_are_shared() {
    let runtime = Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let (inside, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let mut graph = Dag::builder();
    let first = graph.node(|| async {});
    for _ in 0..SHORT {
        let node = graph.node(|| async {});
        graph.edge(first, node);
    }
    for _ in 0..CHUNK {
        let (inside, most) = (Arc::clone(&inside), Arc::clone(&most));
        let node = graph.node(move || {
            let now_inside = inside.fetch_add(1, Ordering::Relaxed) + 1;
            most.fetch_max(now_inside, Ordering::Relaxed);
            let began = Instant::now();
            while began.elapsed() < LONG {
                std::thread::yield_now();
            }
            inside.fetch_sub(1, Ordering::Relaxed);
            async {}
        });
        graph.edge(first, node);
    }
    let graph = graph.build().unwrap();
    for _ in 0..5 {
        most.store(0, Ordering::Relaxed);
        runtime.block_on(graph.run_on(runtime.handle())).unwrap();
        assert_eq!(most.load(Ordering::Relaxed), 2, "both workers take part");
    }
}
