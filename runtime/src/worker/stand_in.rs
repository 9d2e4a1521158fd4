//! A thread that does what a stuck worker would do.
//!
//! ```text
//!   watch                        blocking pool                  worker n, back from its poll
//!   finds n stuck while
//!   something waits ── offer ──► a thread takes the seat of n
//!                                (unless n has gone on)
//!                                polls what it finds in the
//!                                injector and steals, serves
//!                                the reactor of n, sleeps there
//!                                                     ◄──────── takes its seat back, and goes on
//!                                leaves after its step          as if nothing had happened
//! ```
//!
//! A stand-in has no queue, no slot and no slab: what it wakes or spawns goes through the injector,
//! as from any thread that is no worker. So nothing of it has to be cleared up when it leaves, and
//! it may itself be stuck in a poll when the seat is taken from it. What it is given is the *seat*
//! ([`Seat`](scheduler::steal::Seat), where the protocol is): the place in the idle register and in
//! the reactor where worker n sleeps. The worker itself always is the owner of its queue; it lacks
//! the seat only when it wants to sleep, and then waits for the moment that it takes to wake the
//! stand-in.
//!
//! Pinned tasks stay with their worker, and wait for it.

use super::glances::Glances;
use super::sampling::Timing;
use super::spares::{Permission, Spare};
use super::{Injected, Pulse, Remote, Shared};
use crate::context::DrivesTasks;
use crate::runtime::Handle;
use crate::task::Runnable;
use crate::task::coop::{self, BudgetScope};
use primitives::Timestamp;
use primitives::bomb::Bomb;
use primitives::shim::CachePadded;
use scheduler::steal::{Steal, Tenure};
use std::cell::Cell;
use std::sync::Arc;

/// On every so many steps, what is urgent does not come first.
const ORDINARY_INTERVAL: u64 = 32;

/// Who was found stuck, in which step.
#[derive(Debug)]
pub(super) struct Stuck {
    pub(super) worker: usize,
    pub(super) tenure: Tenure,
    pub(super) step: u64,
    /// The stand-in, if it is not the worker itself.
    pub(super) spare: Option<Arc<Spare>>,
}

impl Stuck {
    fn is_so_still(&self, shared: &Shared) -> bool {
        let pulse: &Pulse = match &self.spare {
            Some(spare) => &spare.pulse,
            None => &shared.remotes[self.worker].post.pulse,
        };
        pulse.progress.get() == self.step
    }
}

/// A call for a stand-in.
#[derive(Debug)]
pub(crate) struct Offer {
    pub(super) stuck: Stuck,
    pub(super) _permission: Permission,
}

impl Offer {
    /// The calling thread is the stand-in from now on, until the worker is back, another one comes
    /// in its place, or the runtime shuts down. Nothing, if nobody is stuck any more.
    pub(crate) fn accept(self, handle: &Handle) {
        let shared = handle.shared();
        let worker = self.stuck.worker;
        if shared.is_closing() || !self.stuck.is_so_still(shared) {
            return;
        }
        let Some(tenure) = shared.remotes[worker].post.seat.lend(self.stuck.tenure) else { return };
        let spare = Arc::new(Spare { pulse: CachePadded::default(), worker, tenure });
        // As for workers.
        let bomb = Bomb::new("standing in for a worker");
        let processors = &shared.config.processors;
        // As in `Bench::work`.
        let _ = processors.bind(worker);
        shared.spares.enter(&spare);
        StandIn::new(shared, &spare).run();
        shared.spares.leave(&spare);
        processors.unbind();
        bomb.defuse();
    }
}

struct StandIn<'a> {
    shared: &'a Shared,
    spare: &'a Spare,
    /// Of the worker whose seat it has.
    remote: &'a Remote,
    ticks: Cell<u64>,
    /// Whether the idle register counts this thread as searching.
    searching: Cell<bool>,
    glances: Glances,
    looked_at: Cell<Timestamp>,
}

impl<'a> StandIn<'a> {
    fn new(shared: &'a Shared, spare: &'a Spare) -> Self {
        Self {
            shared,
            spare,
            remote: &shared.remotes[spare.worker],
            ticks: Cell::new(0),
            searching: Cell::new(false),
            glances: Glances::default(),
            looked_at: Cell::new(shared.now()),
        }
    }

    fn run(&self) {
        let _drives = DrivesTasks::enter_as_worker();
        let _budget = BudgetScope::enter(self.shared.config.coop_budget);
        self.spare.pulse.enter_thread();
        while self.begin_step() {
            match self.next() {
                Some(runnable) => self.poll(runnable),
                None => self.sleep(),
            }
        }
        self.stop_search();
    }

    /// False if there is nothing to stand in for any more.
    fn begin_step(&self) -> bool {
        let ticks = self.ticks.get() + 1;
        self.ticks.set(ticks);
        self.spare.pulse.progress.set(ticks);
        if self.shared.is_closing() || !self.remote.post.seat.is_held_in(self.spare.tenure) {
            return false;
        }
        if self.glances.is_due(ticks) {
            self.glance();
            if self.shared.idle.has_surplus() {
                self.step_down();
            }
        }
        true
    }

    /// Hands out what is ready or due, without waiting.
    fn glance(&self) {
        self.shared.serve(self.remote);
        let now = self.shared.now();
        self.shared.coarse.set(now);
        let interval = u64::from(self.shared.config.event_interval);
        self.glances.took(now - self.looked_at.replace(now), self.ticks.get(), interval);
        let others = self.shared.remotes.len();
        let other = self.glances.next_other(self.spare.worker, others);
        self.shared.help(&self.shared.remotes[other], now);
    }

    fn next(&self) -> Option<Runnable> {
        let ordered = &self.shared.ordered;
        let is_turn_of_urgent = !self.ticks.get().is_multiple_of(ORDINARY_INTERVAL);
        if is_turn_of_urgent
            && ordered.holding().is_urgent()
            && let Some(runnable) = ordered.pop_urgent()
        {
            return Some(runnable);
        }
        let ordinary = self.next_injected().or_else(|| self.search());
        ordinary.or_else(|| ordered.pop_urgent()).or_else(|| ordered.pop_deferrable())
    }

    fn next_injected(&self) -> Option<Runnable> {
        match self.shared.injector.pop()? {
            Injected::One(first) => Some(first),
            Injected::Many(mut batch) => {
                let first = batch.next();
                if batch.len() > 0 {
                    self.shared.inject(Injected::Many(batch));
                }
                first
            }
        }
    }

    /// Takes one task of some worker, beginning with the one whose seat this is.
    fn search(&self) -> Option<Runnable> {
        if !self.searching.get() {
            if !self.shared.idle.start_search() {
                return None;
            }
            self.searching.set(true);
        }
        let remotes = &self.shared.remotes;
        let from_here = || remotes.iter().cycle().skip(self.spare.worker).take(remotes.len());
        let stolen = from_here().find_map(|remote| {
            loop {
                match remote.stealer.steal() {
                    Steal::Item(runnable) => return Some(runnable),
                    Steal::Empty => return None,
                    // Whoever was first has got on.
                    Steal::Contended => primitives::shim::hint::spin_loop(),
                }
            }
        });
        let withheld = || from_here().filter(|it| it.withholds()).find_map(|it| it.lifo.take());
        stolen.or_else(withheld)
    }

    fn poll(&self, runnable: Runnable) {
        self.stop_search();
        coop::begin_poll();
        let (id, is_picked) = runnable.task().id_and_mark();
        self.spare.pulse.begin_poll(id.as_u64());
        let (shared, counts) = (self.shared, &self.shared.poll_counts[self.spare.worker]);
        let again = shared.run_watched(runnable, is_picked, counts, |timing| match timing {
            Timing::Delay(delay) => shared.spares.times().record_delay(delay),
            Timing::Length(length) => shared.spares.times().record_length(length),
        });
        shared.spares.count_poll();
        again.into_iter().for_each(|it| shared.inject(Injected::One(it)));
    }

    fn stop_search(&self) {
        if self.searching.replace(false) {
            self.shared.stop_search();
        }
    }

    /// Sleeps in the worker's reactor until there is something to do, or the worker wants its seat.
    fn sleep(&self) {
        let (shared, worker) = (self.shared, self.spare.worker);
        if !self.remote.post.seat.fall_asleep(self.spare.tenure) {
            return;
        }
        shared.idle.fall_asleep(worker, self.searching.replace(false));
        if shared.sees_work() {
            self.get_up();
            shared.announce_rest();
            return;
        }
        shared.tell_if_idle();
        self.rest();
    }

    /// Sleeps because too many are awake, if that is so. It has nothing to give away.
    fn step_down(&self) {
        if !self.remote.post.seat.fall_asleep(self.spare.tenure) {
            return;
        }
        if self.shared.idle.step_down(self.spare.worker, self.searching.get()) {
            self.searching.set(false);
            self.rest();
        } else {
            self.stand_up();
        }
    }

    /// Sleeps in the reactor as one that is entered among the sleepers.
    fn rest(&self) {
        let shared = self.shared;
        let turn = self.remote.reactor.park_then(&|| shared.now(), None, || {
            self.get_up();
            shared.tell_awake();
        });
        shared.spares.count_io_events(turn.io_events);
        let now = shared.now();
        shared.coarse.set(now);
        self.looked_at.set(now);
        self.glances.restart(self.ticks.get());
    }

    fn get_up(&self) {
        self.searching.set(self.shared.idle.wake_up(self.spare.worker));
        self.stand_up();
    }

    fn stand_up(&self) {
        if !self.remote.post.seat.wake_up(self.spare.tenure) {
            self.remote.bell.unpark();
        }
    }
}
