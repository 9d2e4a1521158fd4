//! One run of a graph.

use super::csr::Graph;
use super::item::Item;
use super::resume::resume;
use super::runner::roam;
use super::scratch::Suspended;
use super::{DagError, NodeId};
use crate::runtime::Handle;
use crate::task::AbortHandle;
use crate::worker::Local;
use primitives::join_counters::JoinCounters;
use primitives::shim::CachePadded;
use primitives::shim::Mutex;
use primitives::shim::atomic::{AtomicBool, AtomicUsize, Ordering};
use scheduler::steal::{Stealer, WorkStealingQueue};
use std::collections::HashMap;
use std::num::NonZeroU64;
use std::panic::Location;
use std::sync::Arc;
use std::task::Waker;

/// What the runners of one run share.
pub(super) struct Run {
    pub(super) graph: Arc<Graph>,
    /// How many predecessors of each node have ended.
    pub(super) counters: JoinCounters,
    /// Each of packed [`Item`]s.
    pub(super) stealers: Box<[Stealer<NonZeroU64>]>,
    handle: Handle,
    seats: Mutex<Seats>,
    /// Runners that have, or are about to take, a seat.
    runners: CachePadded<AtomicUsize>,
    /// Runners and suspended nodes: at zero the run is over.
    live: CachePadded<AtomicUsize>,
    finished: AtomicUsize,
    /// Read before every node.
    stopped: CachePadded<AtomicBool>,
    /// A runner found nothing to steal. Read after every node of a chunk.
    asked: CachePadded<AtomicBool>,
    end: Mutex<End>,
}

/// The deques nobody uses, and the work of those who found none.
struct Seats {
    free: Vec<Seat>,
    overflow: Vec<Item>,
}

/// A runner's deque, with its number among the stealers.
pub(super) struct Seat {
    pub(super) index: usize,
    pub(super) queue: WorkStealingQueue<NonZeroU64>,
}

#[derive(Default)]
struct End {
    error: Option<DagError>,
    waker: Option<Waker>,
    /// Nodes that wait; `None` for one that was done before its handle came here. Bounded by the
    /// nodes of the graph.
    suspended: HashMap<u32, Option<AbortHandle>>,
}

/// Counts as live until it is dropped.
pub(super) struct Live(pub(super) Arc<Run>);

impl Run {
    pub(super) fn new(graph: Arc<Graph>, handle: Handle) -> Self {
        let config = &handle.shared().config;
        // Without stealing every runner would sit in the queue of the worker that started it.
        let runners = if config.work_stealing { config.workers } else { 1 };
        let seats: Vec<Seat> =
            (0..runners).map(|index| Seat { index, queue: WorkStealingQueue::new() }).collect();
        Self {
            counters: JoinCounters::new(graph.node_count()),
            graph,
            stealers: seats.iter().map(|seat| seat.queue.stealer()).collect(),
            handle,
            seats: Mutex::new(Seats { free: seats, overflow: Vec::new() }),
            runners: CachePadded::new(AtomicUsize::new(0)),
            live: CachePadded::new(AtomicUsize::new(0)),
            finished: AtomicUsize::new(0),
            stopped: CachePadded::new(AtomicBool::new(false)),
            asked: CachePadded::new(AtomicBool::new(false)),
            end: Mutex::default(),
        }
    }

    /// A free seat, or the item is left for whoever has one.
    pub(super) fn take_seat(&self, item: Option<Item>) -> Option<(Seat, Option<Item>)> {
        let mut seats = self.seats.lock();
        match seats.free.pop() {
            Some(seat) => Some((seat, item)),
            None => {
                seats.overflow.extend(item);
                None
            }
        }
    }

    /// What was left for whoever has a seat.
    pub(super) fn take_overflow(&self) -> Vec<Item> {
        std::mem::take(&mut self.seats.lock().overflow)
    }

    /// Gives the seat back, unless somebody left work for it.
    pub(super) fn leave_seat(&self, seat: Seat) -> Result<(), (Seat, Item)> {
        let mut seats = self.seats.lock();
        match seats.overflow.pop() {
            Some(item) => Err((seat, item)),
            None => {
                seats.free.push(seat);
                // ORDERING: Relaxed; only a hint for `share`.
                self.runners.fetch_sub(1, Ordering::Relaxed);
                Ok(())
            }
        }
    }

    /// Counts a runner that takes a seat without having been started for it.
    pub(super) fn count_runner(&self) {
        // ORDERING: Relaxed; see `share`.
        self.runners.fetch_add(1, Ordering::Relaxed);
    }

    /// A runner that was started found no seat.
    pub(super) fn give_up_runner(&self) {
        // ORDERING: Relaxed; see `share`.
        self.runners.fetch_sub(1, Ordering::Relaxed);
    }

    /// There is work to share: starts another runner if there is a seat for it.
    #[inline]
    pub(super) fn share(self: &Arc<Self>) {
        // ORDERING: Relaxed; a runner too few or too many is a matter of speed only, because
        // whoever owns a deque empties it.
        let runners = self.runners.load(Ordering::Relaxed);
        if runners < self.stealers.len() {
            self.start_runner(runners, None);
        }
    }

    /// Asks whoever holds a chunk to share it, also for the next who comes.
    pub(super) fn ask(&self) {
        // ORDERING: Relaxed, here and where it is read and answered: an answer too few or too many
        // is a matter of speed only, because whoever holds a chunk comes to its end.
        self.asked.store(true, Ordering::Relaxed);
    }

    #[inline]
    pub(super) fn is_asked(&self) -> bool {
        // ORDERING: Relaxed; see `ask`.
        self.asked.load(Ordering::Relaxed)
    }

    pub(super) fn stop_asking(&self) {
        // ORDERING: Relaxed; see `ask`.
        self.asked.store(false, Ordering::Relaxed);
    }

    #[cold]
    pub(super) fn start_runner(self: &Arc<Self>, seen: usize, item: Option<Item>) {
        // ORDERING: Relaxed; see `share`.
        let claimed =
            self.runners.compare_exchange(seen, seen + 1, Ordering::Relaxed, Ordering::Relaxed);
        if claimed.is_ok() {
            let runner = roam(self.enter(), item);
            drop(self.handle.shared().spawn_to(runner, Location::caller(), Local::push_offered));
        }
    }

    /// Somebody more is live.
    fn enter(self: &Arc<Self>) -> Live {
        // ORDERING: Relaxed; whoever enters is let in by somebody who is live.
        self.live.fetch_add(1, Ordering::Relaxed);
        Live(Arc::clone(self))
    }

    /// Makes a task of a node that waits.
    #[cold]
    pub(super) fn suspend(self: &Arc<Self>, node: u32, future: Suspended) {
        let waiting = resume(self.enter(), node, future);
        let task = self.handle.shared().spawn_to(waiting, Location::caller(), Local::push_offered);
        let abort = task.abort_handle();
        let mut end = self.end.lock();
        // Unless it is done already: its handle would stay here until the end of the run.
        if end.suspended.remove(&node).is_none() {
            end.suspended.insert(node, Some(abort.clone()));
        }
        drop(end);
        if self.is_stopped() {
            abort.abort();
        }
    }

    /// A node that waited is done.
    pub(super) fn resumed(&self, node: u32) {
        let mut end = self.end.lock();
        let abort = end.suspended.remove(&node);
        if abort.is_none() {
            end.suspended.insert(node, None);
        }
        drop(end);
        // A handle may be the last that its task has, so it is dropped outside the lock.
        drop(abort);
    }

    /// Nodes of a runner that has come to a halt.
    pub(super) fn count_finished(&self, nodes: usize) {
        // ORDERING: Relaxed; read by `result`, after `is_over`.
        self.finished.fetch_add(nodes, Ordering::Relaxed);
    }

    #[inline]
    pub(super) fn is_stopped(&self) -> bool {
        // ORDERING: Relaxed; it only has to be seen some time soon.
        self.stopped.load(Ordering::Relaxed)
    }

    /// Whether nothing of the run runs any more. It then never will again.
    pub(super) fn is_over(&self) -> bool {
        // ORDERING: Acquire pairs with the AcqRel in `Live::drop`.
        self.live.load(Ordering::Acquire) == 0
    }

    /// Lets `waker` be woken when the run is over.
    pub(super) fn set_waker(&self, waker: Waker) {
        let old = self.end.lock().waker.replace(waker);
        drop(old);
    }

    /// Starts nothing more, and drops what waits.
    pub(super) fn stop(&self, error: Option<DagError>) {
        // ORDERING: Relaxed; see `is_stopped`.
        self.stopped.store(true, Ordering::Relaxed);
        let mut end = self.end.lock();
        // The first reason is the one that is told; a later error is dropped outside the lock.
        let unused =
            if end.error.is_none() { std::mem::replace(&mut end.error, error) } else { error };
        let suspended = std::mem::take(&mut end.suspended);
        drop(end);
        drop(unused);
        for abort in suspended.into_values().flatten() {
            abort.abort();
        }
    }

    /// How it went, once it is over.
    pub(super) fn result(&self) -> Result<(), DagError> {
        if let Some(error) = self.end.lock().error.take() {
            return Err(error);
        }
        // ORDERING: Relaxed; `is_over` has acquired what the runners counted.
        let (finished, nodes) = (self.finished.load(Ordering::Relaxed), self.graph.node_count());
        if finished == nodes { Ok(()) } else { Err(DagError::Cancelled { finished, nodes }) }
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        // ORDERING: AcqRel, so that whoever sees zero sees what every runner did.
        if self.0.live.fetch_sub(1, Ordering::AcqRel) == 1 {
            let waker = self.0.end.lock().waker.take();
            if let Some(waker) = waker {
                waker.wake();
            }
        }
    }
}

/// Names a node in an error.
pub(super) fn panicked(node: u32, message: &str) -> DagError {
    DagError::Panicked { node: NodeId(node), message: message.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::Run;
    use crate::dag::Dag;
    use crate::dag::item::Item;
    use crate::runtime::Builder;
    use crate::task::yield_now;
    use std::sync::Arc;

    #[test]
    fn nothing_is_kept_of_a_node_that_waited() {
        let runtime = Builder::new_multi_thread().worker_threads(2).build().unwrap();
        let mut graph = Dag::builder();
        for _ in 0..2_000 {
            graph.node(yield_now);
        }
        let graph = graph.build().unwrap().graph;
        for _ in 0..10 {
            let run = Arc::new(Run::new(Arc::clone(&graph), runtime.handle().clone()));
            run.start_runner(0, graph.roots().map(Item::Released));
            while !run.is_over() {
                std::thread::yield_now();
            }
            assert!(run.end.lock().suspended.is_empty());
            assert!(run.result().is_ok());
        }
    }
}
