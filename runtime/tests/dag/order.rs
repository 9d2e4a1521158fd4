//! Every node runs once, after its predecessors.

use super::{logged, runtimes};
use graph_runtime::dag::Dag;
use graph_runtime::runtime::Builder;
use proptest::prelude::*;

const NEVER: usize = usize::MAX;

#[test]
fn shapes_of_every_kind() {
    let chain: Vec<_> = (1..5_000).map(|n| (n - 1, n)).collect();
    let fan: Vec<_> = (1..4_999).flat_map(|n| [(0, n), (n, 4_999)]).collect();
    let fork: Vec<_> = (1..5_000).map(|n| ((n - 1) / 2, n)).collect();
    let reduce: Vec<_> = (1..5_000).map(|n| (n, (n - 1) / 2)).collect();
    let comb: Vec<_> = (1..5_000).map(|n| (n - 1 - (n - 1) % 2, n)).collect();
    let grid: Vec<_> = (0..5_000)
        .flat_map(|n| [(n % 50 < 49).then_some((n, n + 1)), (n < 4_950).then_some((n, n + 50))])
        .flatten()
        .collect();
    for edges in [chain, fan, fork, reduce, comb, grid, vec![]] {
        for runtime in runtimes() {
            for pending_every in [NEVER, 1, 7] {
                let (graph, log) = logged(5_000, &edges, pending_every);
                runtime.block_on(graph.run_on(runtime.handle())).unwrap();
                log.check(&edges);
            }
        }
    }
}

#[test]
fn an_empty_graph_ends_at_once() {
    let graph = Dag::builder().build().unwrap();
    for runtime in runtimes() {
        runtime.block_on(graph.run_on(runtime.handle())).unwrap();
    }
}

#[test]
fn a_graph_runs_again_and_many_times_at_once() {
    for runtime in runtimes() {
        let mut graph = Dag::builder();
        let first = graph.node(|| async {});
        for _ in 0..100 {
            let next = graph.node(|| async {});
            graph.edge(first, next);
        }
        let graph = graph.build().unwrap();
        runtime.block_on(async {
            let runs: Vec<_> = (0..50).map(|_| graph.run()).collect();
            for run in runs {
                run.await.unwrap();
            }
        });
    }
}

#[test]
fn a_graph_may_run_a_graph() {
    for runtime in runtimes() {
        let mut inner = Dag::builder();
        for _ in 0..10 {
            inner.node(|| async {});
        }
        let inner = inner.build().unwrap();
        let mut outer = Dag::builder();
        for _ in 0..20 {
            let inner = inner.clone();
            outer.node(move || inner.run());
        }
        runtime.block_on(outer.build().unwrap().run_on(runtime.handle())).unwrap();
    }
}

#[test]
fn without_work_stealing_one_runner_does_it_all() {
    let runtime =
        Builder::new_multi_thread().worker_threads(4).work_stealing(false).build().unwrap();
    let edges: Vec<_> = (1..5_000).map(|n| (0, n)).collect();
    let (graph, log) = logged(5_000, &edges, NEVER);
    runtime.block_on(graph.run_on(runtime.handle())).unwrap();
    log.check(&edges);
    assert_eq!(runtime.handle().metrics().tasks.spawned, 1);
}

/// Random edges that lead from lower to higher numbers, some of them doubled.
fn random_edges() -> impl Strategy<Value = (usize, Vec<(usize, usize)>)> {
    (2usize..120).prop_flat_map(|nodes| {
        let edge = (0..nodes - 1)
            .prop_flat_map(move |from| (Just(from), from + 1..nodes))
            .prop_map(|edge| edge);
        (Just(nodes), prop::collection::vec(edge, 0..nodes * 4))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn random_graphs(
        (nodes, edges) in random_edges(),
        workers in 1usize..5,
        pending_every in 1usize..9,
    ) {
        let runtime = Builder::new_multi_thread().worker_threads(workers).build().unwrap();
        let (graph, log) = logged(nodes, &edges, pending_every);
        runtime.block_on(graph.run_on(runtime.handle())).unwrap();
        log.check(&edges);
    }
}
