//! What tasks do: real work on real threads.

use crate::case::Phase;
use crate::server::Clients;
use graph_runtime::task::yield_now;
use graph_runtime::time::sleep;
use graph_runtime::{Graph, TaskError};
use std::hint::black_box;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What a task of each kind waits for, or works on.
const TIMER: Duration = Duration::from_millis(10);
const MIXED_TIMER: Duration = Duration::from_millis(5);
const SPINS: u64 = 200_000;
const MIXED_SPINS: u64 = 60_000;
/// Bytes that a cache-bound task goes over, and how often, making way for others in between.
const BUFFER_BYTES: usize = 1 << 20;
const PASSES: usize = 12;

/// A kind of work, each with its knee elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Load {
    /// Waits for a timer: the more in flight the better.
    Timers,
    /// Computes: as many as cores, more do no harm.
    Cpu,
    /// Goes over its own memory again and again: as many as fit into the caches.
    Cache,
    /// Asks a server over TCP that is fastest with sixteen requests at a time.
    Server,
    /// Waits, then computes: enough in flight to keep the cores busy.
    Mixed,
}

impl Load {
    /// The name of its tasks, by which they are told apart.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Timers => "timers",
            Self::Cpu => "cpu",
            Self::Cache => "cache",
            Self::Server => "server",
            Self::Mixed => "mixed",
        }
    }

    /// Tasks that take about half a second with the best limit on two cores.
    pub(crate) fn tasks(self) -> usize {
        match self {
            Self::Timers => 24_000,
            Self::Cpu => 6_000,
            Self::Cache => 6_000,
            Self::Server => 2_000,
            Self::Mixed => 18_000,
        }
    }
}

/// What tasks share.
#[derive(Clone)]
pub(crate) struct World {
    clients: Clients,
    buffers: Arc<Mutex<Vec<Box<[u64]>>>>,
}

impl World {
    pub(crate) fn new(clients: Clients) -> Self {
        Self { clients, buffers: Arc::default() }
    }

    /// A graph of independent tasks of one kind.
    pub(crate) fn graph(&self, Phase { load, tasks }: Phase) -> Graph {
        let mut graph = Graph::new();
        for _ in 0..tasks {
            let world = self.clone();
            graph.task(load.name(), move |_| world.clone().work(load)).add();
        }
        graph
    }

    async fn work(self, load: Load) -> Result<(), TaskError> {
        match load {
            Load::Timers => sleep(TIMER).await,
            Load::Cpu => spin(SPINS),
            Load::Cache => self.go_over_memory().await,
            Load::Server => self.clients.ask().await?,
            Load::Mixed => {
                sleep(MIXED_TIMER).await;
                spin(MIXED_SPINS);
            }
        }
        Ok(())
    }

    async fn go_over_memory(&self) {
        let kept = self.buffers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let words = BUFFER_BYTES / size_of::<u64>();
        let mut buffer = kept.unwrap_or_else(|| vec![1; words].into());
        for _ in 0..PASSES {
            // One word of each cache line.
            buffer.iter_mut().step_by(8).for_each(|word| *word = word.wrapping_mul(3));
            yield_now().await;
        }
        // The one used last is the one most likely to be in a cache still.
        self.buffers.lock().unwrap_or_else(PoisonError::into_inner).push(black_box(buffer));
    }
}

fn spin(times: u64) {
    let product = (0..times).fold(1, |product: u64, n| black_box(product.wrapping_mul(n | 1)));
    black_box(product);
}
