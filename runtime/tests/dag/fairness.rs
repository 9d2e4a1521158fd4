//! A run shares its workers with other tasks, however short its nodes are.

use graph_runtime::dag::Dag;
use graph_runtime::runtime::{Builder, Runtime};
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

/// Runtimes on which the run and the other task have to share one thread.
fn single_threads() -> [Runtime; 2] {
    [
        Builder::new_current_thread().build().expect("it starts"),
        Builder::new_multi_thread().worker_threads(1).build().expect("it starts"),
    ]
}

/// Some hundred nanoseconds of work.
fn short_work() {
    for step in 0..200 {
        black_box(step);
    }
}

/// Turns that another task gets in every hundred milliseconds of the run.
fn turns_beside(runtime: &Runtime, graph: &Dag) -> u128 {
    let (over, turns) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let other = {
        let (over, turns) = (Arc::clone(&over), Arc::clone(&turns));
        async move {
            while !over.load(Ordering::Relaxed) {
                turns.fetch_add(1, Ordering::Relaxed);
                graph_runtime::task::yield_now().await;
            }
        }
    };
    let took = runtime.block_on(runtime.spawn({
        let graph = graph.clone();
        async move {
            let other = graph_runtime::spawn(other);
            let began = Instant::now();
            graph.run().await.unwrap();
            let took = began.elapsed();
            over.store(true, Ordering::Relaxed);
            other.await.unwrap();
            took
        }
    }));
    turns.load(Ordering::Relaxed) as u128 * 100 / took.unwrap().as_millis().max(1)
}

#[test]
fn a_chain_of_short_nodes_gives_way() {
    let mut graph = Dag::builder();
    let mut last = graph.node(|| async { short_work() });
    for _ in 0..100_000 {
        let node = graph.node(|| async { short_work() });
        graph.edge(std::mem::replace(&mut last, node), node);
    }
    let graph = graph.build().unwrap();
    for runtime in single_threads() {
        let turns = turns_beside(&runtime, &graph);
        assert!(turns >= 20, "only {turns} turns in 100 ms");
    }
}

#[test]
fn a_wide_graph_of_short_nodes_gives_way() {
    let mut graph = Dag::builder();
    for _ in 0..100_000 {
        graph.node(|| async { short_work() });
    }
    let graph = graph.build().unwrap();
    for runtime in single_threads() {
        let turns = turns_beside(&runtime, &graph);
        assert!(turns >= 20, "only {turns} turns in 100 ms");
    }
}

/// What follows a node that waited starts soon, and not when the runners have nothing else to do.
#[test]
fn what_follows_a_node_that_waited_does_not_wait_for_the_rest() {
    const REST: usize = 100_000;
    for runtime in single_threads() {
        let (done, seen) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(REST)));
        let mut graph = Dag::builder();
        let mut last = graph.node(graph_runtime::task::yield_now);
        let follower = {
            let (done, seen) = (Arc::clone(&done), Arc::clone(&seen));
            graph.node(move || {
                seen.store(done.load(Ordering::Relaxed), Ordering::Relaxed);
                async {}
            })
        };
        graph.edge(last, follower);
        for number in 0..REST {
            let done = Arc::clone(&done);
            let node = graph.node(move || {
                short_work();
                done.fetch_add(1, Ordering::Relaxed);
                async {}
            });
            if number > 0 {
                graph.edge(last, node);
            }
            last = node;
        }
        runtime.block_on(graph.build().unwrap().run_on(runtime.handle())).unwrap();
        let seen = seen.load(Ordering::Relaxed);
        assert!(seen < REST / 2, "it started after {seen} of {REST}");
    }
}
