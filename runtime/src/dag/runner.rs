//! A runner: whoever takes nodes that are ready and runs them, one after another.

use super::item::{Edges, Item};
use super::join::Pending;
use super::run::{Live, Seat, panicked};
use super::scratch::{Scratch, Started};
use super::{DagError, NodeId};
use crate::task::{panic_message, yield_now};
use scheduler::steal::{Steal, WorkStealingQueue};
use std::num::NonZeroU64;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// A runner gives way to other tasks after this time.
const TURN: Duration = Duration::from_micros(200);
/// Edges of a fan-out that a runner keeps to itself, at most and at first. In between the number
/// follows how long their targets take.
const CHUNK_MAX: u32 = 32;
const CHUNK_FIRST: u32 = 1;
/// What a chunk should take: much longer than sharing it would, much shorter than anybody
/// notices.
const CHUNK_TIME: Duration = Duration::from_micros(4);
/// Nodes between two looks at the clock, at most. In between the number follows how long they
/// take: one look costs as much as some ten short nodes.
const STRIDE_MAX: u32 = 64;
/// What the nodes between two looks should take together.
const STRIDE_TIME: Duration = Duration::from_micros(10);
/// Rounds of looking for something to steal before a runner ends.
const STEAL_ROUNDS: u32 = 64;
/// The round in which a runner that found nothing asks those who hold a chunk to share it.
const ASK_ROUND: u32 = 16;

/// A runner in its seat.
pub(super) struct Runner {
    live: Live,
    /// Taken only by `leave`.
    seat: Option<Seat>,
    scratch: Scratch,
    pending: Pending,
    /// What did not fit into the deque. Nobody can steal it, but nothing is lost either.
    spill: Vec<Item>,
    chunk: u32,
    /// The node whose code runs, for the report of a panic.
    current: u32,
    finished: usize,
    /// Nodes between two looks at the clock, and until the next one.
    stride: u32,
    until_look: u32,
    last_look: Instant,
    turn_began: Instant,
    /// The last look at the clock said that the turn is over. Everybody who asks is told so until
    /// the next turn begins: who asks first is not who gives way.
    turn_over: bool,
}

/// A runner that starts with an item, or with what it can steal.
pub(super) async fn roam(live: Live, item: Option<Item>) {
    match live.0.take_seat(item) {
        Some((seat, item)) => Runner::new(live, seat).run(item).await,
        None => live.0.give_up_runner(),
    }
}

/// Why a runner stops taking nodes.
#[derive(PartialEq, Eq)]
enum Halt {
    /// Its turn is over; there may be more.
    Turn,
    /// There is nothing left to do, or nothing may be done any more.
    Done,
}

impl Runner {
    pub(super) fn new(live: Live, seat: Seat) -> Self {
        Self {
            live,
            seat: Some(seat),
            scratch: Scratch::new(),
            pending: Pending::default(),
            spill: Vec::new(),
            chunk: CHUNK_FIRST,
            current: 0,
            finished: 0,
            stride: 1,
            until_look: 1,
            last_look: Instant::now(),
            turn_began: Instant::now(),
            turn_over: false,
        }
    }

    /// Runs until there is nothing left to do.
    pub(super) async fn run(mut self, first: Option<Item>) {
        self.push_back(first);
        loop {
            let worked = catch_unwind(AssertUnwindSafe(|| self.work()));
            self.live.0.count_finished(std::mem::take(&mut self.finished));
            match worked {
                Ok(Halt::Turn) => {
                    yield_now().await;
                    self.take_overflow();
                }
                Ok(Halt::Done) => match self.leave() {
                    Some(item) => self.push_back(Some(item)),
                    None => return,
                },
                Err(payload) => {
                    let message = panic_message(&*payload);
                    self.live.0.stop(Some(panicked(self.current, message)));
                }
            }
            self.begin_turn();
        }
    }

    /// Shares what nodes that waited have left to be done, having found no seat. Once a turn, or
    /// it would wait until somebody here has nothing else to do.
    fn take_overflow(&mut self) {
        for item in self.live.0.take_overflow() {
            self.push(item);
        }
    }

    fn begin_turn(&mut self) {
        self.turn_began = Instant::now();
        self.last_look = self.turn_began;
        self.turn_over = false;
    }

    /// Leaves the seat, or says what else there is to do.
    fn leave(&mut self) -> Option<Item> {
        let seat = self.seat.take().expect("a runner has a seat until it leaves");
        match self.live.0.leave_seat(seat) {
            Ok(()) => None,
            Err((seat, item)) => {
                self.seat = Some(seat);
                Some(item)
            }
        }
    }

    fn work(&mut self) -> Halt {
        loop {
            if self.live.0.is_stopped() {
                self.discard();
                return Halt::Done;
            }
            match self.next() {
                Some(Item::Ready(node)) => self.run_chain(node),
                Some(Item::Released(edges)) => self.run_chunk(edges),
                None => return Halt::Done,
            }
            if self.turn_is_over() {
                self.settle_all();
                return Halt::Turn;
            }
        }
    }

    /// The next item: what was pending, what is in the own deque, what can be stolen.
    fn next(&mut self) -> Option<Item> {
        if let Some(node) = self.settle() {
            return Some(Item::Ready(node));
        }
        let own = self.queue().pop().map(Item::unpack);
        own.or_else(|| self.spill.pop()).or_else(|| self.steal())
    }

    fn steal(&self) -> Option<Item> {
        let (run, own) = (&self.live.0, self.seat().index);
        for round in 0..STEAL_ROUNDS {
            for offset in 1..run.stealers.len() {
                let victim = (own + offset) % run.stealers.len();
                if let Steal::Item(item) = run.stealers[victim].steal() {
                    return Some(Item::unpack(item));
                }
            }
            if round == ASK_ROUND {
                run.ask();
            }
            primitives::shim::hint::spin_loop();
        }
        None
    }

    /// Counts down the targets of a range of edges, and runs those that become ready. What does
    /// not fit into a chunk, or into the turn, is left to be shared.
    fn run_chunk(&mut self, mut edges: Edges) {
        while edges.len() > self.chunk {
            let (lower, upper) = edges.halves();
            self.push(Item::Released(upper));
            edges = lower;
        }
        let (began, whole) = (Instant::now(), edges.len() == self.chunk);
        while edges.len() > 0 {
            if self.turn_over {
                self.push(Item::Released(edges));
                return;
            }
            let target = self.live.0.graph.target(edges.first);
            edges.first += 1;
            if let Some(node) = self.release(target) {
                self.run_chain(node);
            }
            if self.live.0.is_asked() {
                edges = self.answer(edges);
            }
        }
        if whole {
            self.adapt_chunk(began.elapsed());
        }
    }

    /// Somebody found nothing to do: shares half of the rest of a chunk, and what is pending.
    #[cold]
    fn answer(&mut self, rest: Edges) -> Edges {
        self.live.0.stop_asking();
        self.settle_all();
        if rest.len() == 0 {
            return rest;
        }
        let (lower, upper) = rest.halves();
        self.push(Item::Released(upper));
        lower
    }

    fn adapt_chunk(&mut self, took: Duration) {
        self.chunk = if took < CHUNK_TIME {
            (self.chunk * 2).min(CHUNK_MAX)
        } else {
            (self.chunk / 2).max(CHUNK_FIRST)
        };
    }

    /// Runs a node, then a successor that became ready by that, and so on.
    fn run_chain(&mut self, mut node: u32) {
        while self.run_node(node) {
            let Some(edges) = self.live.0.graph.edges_of(node) else { return };
            if edges.len() > CHUNK_MAX {
                self.push(Item::Released(edges));
                return;
            }
            let Some(next) = self.release_all(edges) else { return };
            // The next node may take long: nobody should have to wait for it.
            self.settle_all();
            if self.turn_is_over() {
                self.push(Item::Ready(next));
                return;
            }
            node = next;
        }
    }

    /// Counts down the targets of a few edges: the first node that becomes ready by that. The
    /// others are left to be shared.
    #[inline]
    fn release_all(&mut self, edges: Edges) -> Option<u32> {
        let mut next = None;
        for edge in edges.first..edges.end {
            let target = self.live.0.graph.target(edge);
            if let Some(ready) = self.release(target)
                && let Some(other) = next.replace(ready)
            {
                self.push(Item::Ready(other));
            }
        }
        next
    }

    #[inline]
    fn release(&mut self, target: u32) -> Option<u32> {
        let run = &self.live.0;
        self.pending.release(&run.graph, &run.counters, target)
    }

    /// True if the node has ended and its successors may go on. Starts nothing once the run was
    /// stopped.
    #[inline]
    fn run_node(&mut self, node: u32) -> bool {
        let run = &self.live.0;
        if run.is_stopped() {
            return false;
        }
        self.current = node;
        match run.graph.closures.start(node, &mut self.scratch) {
            Started::Ended(Ok(())) => {
                self.finished += 1;
                true
            }
            Started::Ended(Err(source)) => {
                run.stop(Some(DagError::Failed { node: NodeId(node), source }));
                false
            }
            Started::Suspended(future) => {
                run.suspend(node, future);
                false
            }
        }
    }

    /// Called after every node or two; looks at the clock only now and then.
    #[inline]
    fn turn_is_over(&mut self) -> bool {
        self.until_look = self.until_look.saturating_sub(1);
        if self.until_look == 0 {
            self.look_at_clock();
        }
        self.turn_over
    }

    fn look_at_clock(&mut self) {
        let now = Instant::now();
        let stride_took = now - std::mem::replace(&mut self.last_look, now);
        self.stride = if stride_took < STRIDE_TIME {
            (self.stride * 2).min(STRIDE_MAX)
        } else {
            (self.stride / 2).max(1)
        };
        self.until_look = self.stride;
        self.turn_over = now - self.turn_began > TURN;
    }

    /// Counts what is pending: the node that becomes ready by that.
    #[inline]
    fn settle(&mut self) -> Option<u32> {
        let run = &self.live.0;
        self.pending.settle(&run.graph, &run.counters)
    }

    /// Makes what is pending available to others.
    #[inline]
    fn settle_all(&mut self) {
        if let Some(ready) = self.settle() {
            self.push(Item::Ready(ready));
        }
    }

    /// Leaves an item to be shared.
    #[inline]
    fn push(&mut self, item: Item) {
        self.push_back(Some(item));
        self.live.0.share();
    }

    fn push_back(&mut self, item: Option<Item>) {
        if let Some(item) = item
            && self.queue().push(item.pack()).is_err()
        {
            self.spill.push(item);
        }
    }

    /// The run was stopped: forgets what was to be done.
    fn discard(&mut self) {
        while self.queue().pop().is_some() {}
        self.spill.clear();
        self.pending = Pending::default();
    }

    #[inline]
    fn queue(&self) -> &WorkStealingQueue<NonZeroU64> {
        &self.seat().queue
    }

    #[inline]
    fn seat(&self) -> &Seat {
        self.seat.as_ref().expect("a runner has a seat until it leaves")
    }
}
