//! Plain graphs, one file a behaviour.

mod closures;
mod ends;
mod errors;
mod fairness;
mod order;
mod sharing;
mod suspension;

use graph_runtime::dag::{Dag, NodeId};
use graph_runtime::runtime::{Builder, Runtime};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// One runtime of each kind that matters.
fn runtimes() -> Vec<Runtime> {
    let multi =
        |workers| Builder::new_multi_thread().worker_threads(workers).build().expect("it starts");
    vec![Builder::new_current_thread().build().expect("it starts"), multi(1), multi(2), multi(4)]
}

/// When each node began and ended, on a clock that counts events.
struct Log {
    clock: AtomicU64,
    began: Vec<AtomicU64>,
    ended: Vec<AtomicU64>,
}

impl Log {
    fn new(nodes: usize) -> Arc<Self> {
        let zeros = || (0..nodes).map(|_| AtomicU64::new(0)).collect();
        Arc::new(Self { clock: AtomicU64::new(1), began: zeros(), ended: zeros() })
    }

    fn stamp(&self, place: &AtomicU64) {
        let now = self.clock.fetch_add(1, Ordering::SeqCst);
        assert_eq!(place.swap(now, Ordering::SeqCst), 0, "a node runs once");
    }

    /// Every node ran, and after its predecessors.
    fn check(&self, edges: &[(usize, usize)]) {
        let read = |place: &AtomicU64| place.load(Ordering::SeqCst);
        assert!(self.ended.iter().all(|place| read(place) > 0), "every node ran");
        for &(from, to) in edges {
            assert!(read(&self.ended[from]) < read(&self.began[to]), "{from} before {to}");
        }
    }
}

/// A graph whose nodes log themselves; every `pending_every`-th one gives way in the middle.
fn logged(nodes: usize, edges: &[(usize, usize)], pending_every: usize) -> (Dag, Arc<Log>) {
    let log = Log::new(nodes);
    let mut graph = Dag::builder();
    let ids: Vec<NodeId> = (0..nodes)
        .map(|node| {
            let log = Arc::clone(&log);
            graph.node(move || {
                let log = Arc::clone(&log);
                async move {
                    log.stamp(&log.began[node]);
                    if node % pending_every == pending_every - 1 {
                        graph_runtime::task::yield_now().await;
                    }
                    log.stamp(&log.ended[node]);
                }
            })
        })
        .collect();
    for &(from, to) in edges {
        graph.edge(ids[from], ids[to]);
    }
    (graph.build().expect("it has no cycle"), log)
}
