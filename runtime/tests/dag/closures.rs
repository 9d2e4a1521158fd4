//! Closures of any size and type: each runs as often as its graph does, and is dropped once.

use super::runtimes;
use graph_runtime::dag::{Dag, DagBuilder, NodeId};
use graph_runtime::runtime::Builder;
use proptest::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What a closure captures: it counts its runs and its drops.
struct Counted {
    runs: Arc<Vec<AtomicUsize>>,
    drops: Arc<Vec<AtomicUsize>>,
    node: usize,
}

impl Counted {
    fn run(&self) {
        self.runs[self.node].fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.drops[self.node].fetch_add(1, Ordering::Relaxed);
    }
}

#[repr(align(64))]
struct Aligned(Counted);

/// Adds a node whose closure is one of six types.
fn add(graph: &mut DagBuilder, kind: u8, counted: Counted) -> NodeId {
    match kind {
        0 => graph.node(move || {
            counted.run();
            async {}
        }),
        1 => {
            let padded = ([7u8; 3], counted);
            graph.node(move || {
                assert_eq!(padded.0, [7; 3]);
                padded.1.run();
                async {}
            })
        }
        2 => {
            let largest_inline = ([9u64; 29], counted);
            graph.node(move || {
                assert_eq!(largest_inline.0, [9; 29]);
                largest_inline.1.run();
                async {}
            })
        }
        3 => {
            let large = ([5u8; 1000], counted);
            graph.node(move || {
                assert_eq!(large.0, [5; 1000]);
                large.1.run();
                async {}
            })
        }
        4 => {
            let aligned = Aligned(counted);
            graph.node(move || {
                let aligned = &aligned;
                assert_eq!(std::ptr::from_ref(aligned).addr() % 64, 0);
                aligned.0.run();
                async {}
            })
        }
        // Captures nothing; what it would count is counted here.
        _ => {
            counted.run();
            graph.node(|| async {})
        }
    }
}

/// A chain of nodes of these kinds, and the counts of their runs and drops.
fn chain(kinds: &[u8]) -> (DagBuilder, [Arc<Vec<AtomicUsize>>; 2]) {
    let zeros = || Arc::new(kinds.iter().map(|_| AtomicUsize::new(0)).collect::<Vec<_>>());
    let (runs, drops) = (zeros(), zeros());
    let mut graph = Dag::builder();
    let mut last = None;
    for (node, &kind) in kinds.iter().enumerate() {
        let counted = Counted { runs: Arc::clone(&runs), drops: Arc::clone(&drops), node };
        let id = add(&mut graph, kind, counted);
        if let Some(last) = last.replace(id) {
            graph.edge(last, id);
        }
    }
    (graph, [runs, drops])
}

fn counts(of: &[AtomicUsize]) -> Vec<usize> {
    of.iter().map(|it| it.load(Ordering::Relaxed)).collect()
}

/// Stretches of closures of one type, so that plain pages become mixed ones at any place.
fn kinds() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec((0u8..6, 1usize..300), 1..8).prop_map(|stretches| {
        stretches.into_iter().flat_map(|(kind, length)| vec![kind; length]).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn each_runs_with_its_graph_and_is_dropped_once(kinds in kinds(), rounds in 0usize..3) {
        let runtime = Builder::new_current_thread().build().unwrap();
        let (graph, [runs, drops]) = chain(&kinds);
        let graph = graph.build().unwrap();
        for _ in 0..rounds {
            runtime.block_on(graph.run_on(runtime.handle())).unwrap();
        }
        let captures = |kind: u8| kind < 5;
        let expected: Vec<_> =
            kinds.iter().map(|&kind| if captures(kind) { rounds } else { 1 }).collect();
        prop_assert_eq!(counts(&runs), expected);
        let dropped_early: Vec<_> =
            kinds.iter().map(|&kind| usize::from(!captures(kind))).collect();
        prop_assert_eq!(counts(&drops), dropped_early);
        drop(graph);
        prop_assert_eq!(counts(&drops), vec![1; kinds.len()]);
    }

    #[test]
    fn a_graph_that_is_never_built_drops_them_too(kinds in kinds()) {
        let (graph, [_, drops]) = chain(&kinds);
        drop(graph);
        prop_assert_eq!(counts(&drops), vec![1; kinds.len()]);
    }
}

#[test]
fn a_refused_graph_drops_its_closures() {
    let (mut graph, [_, drops]) = chain(&[0, 1, 0, 3]);
    let last = graph.node(|| async {});
    graph.edge(last, last);
    assert!(graph.build().unwrap_err().is_cycle());
    assert_eq!(counts(&drops), [1; 4]);
}

#[test]
fn a_cancelled_run_leaves_the_graph_whole() {
    for runtime in runtimes() {
        let (graph, [runs, drops]) = chain(&[0, 1, 2, 3, 4].repeat(100));
        let graph = graph.build().unwrap();
        drop(graph.run_on(runtime.handle()));
        runtime.block_on(graph.run_on(runtime.handle())).unwrap();
        assert!(counts(&runs).iter().all(|runs| (1..=2).contains(runs)));
        assert_eq!(counts(&drops), [0; 500]);
        // A runner that was cancelled may hold on to the graph for a moment.
        drop((graph, runtime));
        assert_eq!(counts(&drops), [1; 500]);
    }
}

#[test]
fn a_panic_in_the_drop_of_one_closure_spares_the_others() {
    struct Bad(Counted);
    impl Drop for Bad {
        fn drop(&mut self) {
            assert_ne!(self.0.node, 20, "boom");
        }
    }
    for mixed in [false, true] {
        let zeros = || Arc::new((0..600).map(|_| AtomicUsize::new(0)).collect::<Vec<_>>());
        let (runs, drops) = (zeros(), zeros());
        let mut graph = Dag::builder();
        for node in 0..600 {
            let counted = Counted { runs: Arc::clone(&runs), drops: Arc::clone(&drops), node };
            let bad = Bad(counted);
            if mixed && node % 2 == 1 {
                add(&mut graph, 1, Counted { runs: bad.0.runs.clone(), drops: zeros(), node: 0 });
            }
            graph.node(move || {
                bad.0.run();
                async {}
            });
        }
        let graph = graph.build().unwrap();
        assert!(catch_unwind(AssertUnwindSafe(|| drop(graph))).is_err());
        assert_eq!(counts(&drops), [1; 600], "mixed: {mixed}");
    }
}
