//! Failures, panics, cancellation: the run ends once nothing of it runs any more.

use super::runtimes;
use graph_runtime::dag::{Dag, DagError};
use graph_runtime::runtime::Builder;
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::{Duration, Instant};

/// A node, a bad one after it, and one more after that, which must not run.
fn three<F, R>(bad: F) -> (Dag, Arc<AtomicUsize>)
where
    F: Fn() -> R + Send + Sync + 'static,
    R: Future<Output = Result<(), String>> + Send + 'static,
{
    let ran = Arc::new(AtomicUsize::new(0));
    let count = |ran: &Arc<AtomicUsize>| {
        let ran = Arc::clone(ran);
        move || {
            ran.fetch_add(1, Ordering::Relaxed);
            async {}
        }
    };
    let mut graph = Dag::builder();
    let first = graph.node(count(&ran));
    let bad = graph.node(bad);
    let last = graph.node(count(&ran));
    graph.edge(first, bad);
    graph.edge(bad, last);
    (graph.build().unwrap(), ran)
}

#[test]
fn an_error_ends_the_run() {
    for runtime in runtimes() {
        for wait in [false, true] {
            let (graph, ran) = three(move || async move {
                if wait {
                    graph_runtime::task::yield_now().await;
                }
                Err("no".to_owned())
            });
            let error = runtime.block_on(graph.run_on(runtime.handle())).unwrap_err();
            assert_eq!(error.to_string(), "node 1 failed: no");
            assert!(error.is_failure());
            assert_eq!(ran.load(Ordering::Relaxed), 1);
        }
    }
}

#[test]
fn a_panic_ends_the_run_and_nothing_else() {
    for runtime in runtimes() {
        for wait in [false, true] {
            let (graph, ran) = three(move || async move {
                if wait {
                    graph_runtime::task::yield_now().await;
                }
                panic!("boom")
            });
            let error = runtime.block_on(graph.run_on(runtime.handle())).unwrap_err();
            assert_eq!(error.to_string(), "node 1 panicked: boom");
            assert_eq!(ran.load(Ordering::Relaxed), 1);
        }
        assert_eq!(runtime.block_on(runtime.spawn(async { 1 })).unwrap(), 1);
    }
}

#[test]
fn a_closure_that_panics_is_the_nodes_panic() {
    for runtime in runtimes() {
        let (graph, _) = three(|| -> std::future::Ready<_> { panic!("early") });
        let error = runtime.block_on(graph.run_on(runtime.handle())).unwrap_err();
        assert_eq!(error.to_string(), "node 1 panicked: early");
    }
}

#[test]
fn a_panic_in_the_drop_of_a_nodes_future_is_the_nodes_panic() {
    struct Bad;
    impl Drop for Bad {
        fn drop(&mut self) {
            panic!("late");
        }
    }
    for runtime in runtimes() {
        for wait in [false, true] {
            let (graph, ran) = three(move || {
                let (bad, mut waits) = (Bad, wait);
                std::future::poll_fn(move |context| {
                    let _dropped_with_the_future = &bad;
                    if std::mem::take(&mut waits) {
                        context.waker().wake_by_ref();
                        return Poll::Pending;
                    }
                    Poll::Ready(Ok(()))
                })
            });
            let error = runtime.block_on(graph.run_on(runtime.handle())).unwrap_err();
            assert_eq!(error.to_string(), "node 1 panicked: late", "waits: {wait}");
            assert_eq!(ran.load(Ordering::Relaxed), 1);
        }
    }
}

#[test]
fn nothing_starts_after_a_failure() {
    let runtime = Builder::new_current_thread().build().unwrap();
    for chained in [false, true] {
        let failed = Arc::new(AtomicUsize::new(0));
        let started_late = Arc::new(AtomicUsize::new(0));
        let mut graph = Dag::builder();
        let mut last = None;
        for number in 0..1000 {
            let (failed, late) = (Arc::clone(&failed), Arc::clone(&started_late));
            let node = graph.node(move || {
                late.fetch_add(failed.load(Ordering::Relaxed), Ordering::Relaxed);
                let fails = number == 500;
                failed.fetch_add(usize::from(fails), Ordering::Relaxed);
                async move { if fails { Err("no") } else { Ok(()) } }
            });
            if let Some(last) = last.replace(node)
                && chained
            {
                graph.edge(last, node);
            }
        }
        let graph = graph.build().unwrap();
        assert!(runtime.block_on(graph.run_on(runtime.handle())).unwrap_err().is_failure());
        assert_eq!(started_late.load(Ordering::Relaxed), 0);
    }
}

#[test]
fn a_cancelled_run_drops_what_waits() {
    for runtime in runtimes() {
        let (graph, ran) = three(pending);
        runtime.block_on(async {
            let mut run = graph.run();
            while ran.load(Ordering::Relaxed) == 0 {
                graph_runtime::task::yield_now().await;
            }
            run.cancel();
            let error = (&mut run).await.unwrap_err();
            assert!(matches!(error, DagError::Cancelled { nodes: 3, .. }), "{error}");
            // The last task says that the run is over just before it ends itself.
            while runtime.handle().metrics().tasks.live > 0 {
                graph_runtime::task::yield_now().await;
            }
        });
        assert_eq!(ran.load(Ordering::Relaxed), 1);
    }
}

#[test]
fn a_dropped_run_is_cancelled() {
    for runtime in runtimes() {
        let (graph, ran) = three(pending);
        runtime.block_on(async {
            drop(graph.run());
            while runtime.handle().metrics().tasks.live > 0 {
                graph_runtime::task::yield_now().await;
            }
        });
        assert!(ran.load(Ordering::Relaxed) <= 1);
    }
}

#[test]
fn a_runtime_that_goes_away_cancels_the_run() {
    for workers in [1, 3] {
        let runtime = Builder::new_multi_thread().worker_threads(workers).build().unwrap();
        let (graph, _) = three(pending);
        let run = graph.run_on(runtime.handle());
        drop(runtime);
        let other = Builder::new_current_thread().build().unwrap();
        assert!(other.block_on(run).unwrap_err().is_cancelled());
    }
}

#[test]
fn a_runtime_that_goes_away_in_the_middle_drops_every_future() {
    struct Live(Arc<AtomicUsize>);
    impl Drop for Live {
        fn drop(&mut self) {
            self.0.fetch_sub(1, Ordering::Relaxed);
        }
    }
    let live = Arc::new(AtomicUsize::new(0));
    let mut graph = Dag::builder();
    let mut nodes = Vec::new();
    for number in 0..2_000 {
        let live = Arc::clone(&live);
        let node = graph.node(move || {
            live.fetch_add(1, Ordering::Relaxed);
            let live = Live(Arc::clone(&live));
            async move {
                let _live = live;
                match number % 10 {
                    0 => graph_runtime::task::yield_now().await,
                    1 if number > 1_000 => pending().await,
                    _ => {}
                }
            }
        });
        nodes.push(node);
        if number > 0 {
            graph.edge(nodes[(number - 1) / 2], node);
        }
    }
    let graph = graph.build().unwrap();
    let other = Builder::new_current_thread().build().unwrap();
    for round in 0..60 {
        let runtime = Builder::new_multi_thread().worker_threads(1 + round % 3).build().unwrap();
        let runs = [graph.run_on(runtime.handle()), graph.run_on(runtime.handle())];
        // From before the first node to after the last that can end.
        let begun = Instant::now();
        while live.load(Ordering::Relaxed) < round {
            assert!(begun.elapsed() < Duration::from_secs(60), "{round} nodes are never begun");
            std::thread::yield_now();
        }
        drop(runtime);
        assert_eq!(live.load(Ordering::Relaxed), 0);
        for run in runs {
            assert!(other.block_on(run).unwrap_err().is_cancelled());
        }
    }
}
