//! Nodes that wait.

use super::runtimes;
use graph_runtime::dag::Dag;
use graph_runtime::time::{Duration, sleep};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

#[test]
fn nodes_wait_side_by_side() {
    for runtime in runtimes() {
        let mut graph = Dag::builder();
        let first = graph.node(|| sleep(Duration::from_millis(1)));
        let last = graph.node(|| async {});
        for _ in 0..500 {
            let node = graph.node(|| sleep(Duration::from_millis(2)));
            graph.edge(first, node);
            graph.edge(node, last);
        }
        runtime.block_on(graph.build().unwrap().run_on(runtime.handle())).unwrap();
    }
}

#[test]
fn a_future_too_large_for_the_runners_memory_gets_its_own() {
    for runtime in runtimes() {
        let sum = Arc::new(AtomicUsize::new(0));
        let mut graph = Dag::builder();
        for node in 0..100 {
            let sum = Arc::clone(&sum);
            graph.node(move || {
                let sum = Arc::clone(&sum);
                async move {
                    let numbers = [node; 1000];
                    if node % 2 == 0 {
                        graph_runtime::task::yield_now().await;
                    }
                    sum.fetch_add(numbers.iter().sum::<usize>(), Ordering::Relaxed);
                }
            });
        }
        runtime.block_on(graph.build().unwrap().run_on(runtime.handle())).unwrap();
        assert_eq!(sum.load(Ordering::Relaxed), 1000 * (0..100).sum::<usize>());
    }
}

#[test]
fn every_future_is_dropped_once() {
    struct Counted(Arc<AtomicUsize>);
    impl Drop for Counted {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    for runtime in runtimes() {
        let drops = Arc::new(AtomicUsize::new(0));
        let mut graph = Dag::builder();
        for node in 0..300 {
            let drops = Arc::clone(&drops);
            graph.node(move || {
                let counted = Counted(Arc::clone(&drops));
                async move {
                    let _counted = counted;
                    if node % 3 == 0 {
                        sleep(Duration::from_micros(100)).await;
                    }
                }
            });
        }
        runtime.block_on(graph.build().unwrap().run_on(runtime.handle())).unwrap();
        assert_eq!(drops.load(Ordering::Relaxed), 300);
    }
}
